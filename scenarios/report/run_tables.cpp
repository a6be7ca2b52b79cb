#include "scenarios/report/run_tables.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/report/call_table.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

constexpr std::size_t kBarWidth = 40;

std::string percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// Rows "value, count, share, bar" for counts of values 1, 2, ...
std::string distribution(const std::string& what, const std::string& count_name,
                         std::span<const std::size_t> counts) {
  const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const std::size_t greatest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string text = fmt::format("  {:<8}{:>10}{:>9}\n", what, count_name, "share");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("  {:<8}{:>10}{:>9}  {}\n", i + 1, counts[i], percent(counts[i], total),
                        bar(static_cast<double>(counts[i]), static_cast<double>(greatest), kBarWidth));
  }
  return text;
}

std::string trait_table(std::span<const TraitGroupFigures> groups) {
  Table table({"trait group", "agents", "P_view", "N_like", "P_like", "N_exit", "S_sat"});
  for (const TraitGroupFigures& group : groups) {
    std::vector<std::string> row{fmt::format("{} {} {}", group.trait, group.group, group.word),
                                 std::to_string(group.agents())};
    for (const Metric& metric : group.metrics) {
      row.push_back(metric.agents == 0 ? "-" : fmt::format("{:.3f}", metric.mean));
    }
    table.add_row(std::move(row));
  }
  return table.text();
}

}  // namespace

std::string metrics_table(std::span<const Metric> metrics) {
  std::string text = fmt::format("  {:<8}{:>8}{:>10}{:>9}{:>9}  {}\n", "metric", "mean", "± 95 %", "agents",
                                 "pages", "mean over agents of the");
  for (const Metric& metric : metrics) {
    const auto& [name, meaning] = words_of(metric);
    const std::optional<double> half_width = half_width_95(metric.standard_error, metric.agents);
    text += fmt::format("  {:<8}{:>8}{:>10}{:>9}{:>9}  {}\n", name,
                        metric.agents > 0 ? fmt::format("{:.3f}", metric.mean) : "-",
                        half_width ? fmt::format("{:.4f}", *half_width) : "-", metric.agents, metric.pages,
                        meaning);
  }
  return text + "  ± 95 %: half the width of the 95 % confidence interval over agents (Student's t)\n";
}

std::string run_tables(const RunReader& run) {
  const std::vector<Outcome> outcomes = run.outcomes();
  const std::vector<Metric> metrics = metrics_so_far(run, outcomes);
  std::string text;
  for (const std::string& sentence : caveats_of(run))
    text += fmt::format("  note: {}\n", printable(sentence));
  if (!text.empty()) text += "\n";
  text += has_figures(metrics) ? metrics_table(metrics) + "\n" : "  No agent has finished a session yet.\n";
  if (run.meta("store") == "summary")
    return text + "  Only what sums the run up was kept (--store summary).\n";
  run.with_meta("llm", [&](const Json& llm) { text += call_table(llm) + "\n"; });
  run.with_meta("rankings", [&](const Json& rankings) { text += ranking_line(rankings) + "\n"; });
  if (outcomes.empty()) return text;
  return fmt::format("{}{}\n{}\n{}", text, distribution("rating", "items", run.rating_counts()),
                     distribution("exit on", "sessions", exit_page_counts(outcomes)),
                     trait_table(trait_group_figures(outcomes, run.traits())));
}

}  // namespace throng
