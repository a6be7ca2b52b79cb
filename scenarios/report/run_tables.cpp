#include "scenarios/report/run_tables.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

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
  std::string text = fmt::format("  {:<8}{:>8}{:>10}{:>9}{:>9}  {}\n", "metric", "mean", "std.err.", "agents",
                                 "pages", "mean over agents of the");
  for (const Metric& metric : metrics) {
    const auto& [name, meaning] = words_of(metric);
    text += fmt::format("  {:<8}{:>8.3f}{:>10.4f}{:>9}{:>9}  {}\n", name, metric.mean, metric.standard_error,
                        metric.agents, metric.pages, meaning);
  }
  return text;
}

std::string run_tables(const RunReader& run) {
  const std::vector<Outcome> outcomes = run.outcomes();
  const std::vector<Metric> metrics = metrics_so_far(run, outcomes);
  if (run.meta("store") == "summary") {
    return metrics_table(metrics) + "\n  Only what sums the run up was kept (--store summary).\n";
  }
  const std::string llm = run.meta("llm");
  const std::string rankings = run.meta("rankings");
  return fmt::format("{}\n{}{}{}\n{}\n{}", metrics_table(metrics),
                     llm.empty() ? "" : call_table(Json::parse(llm)) + "\n",
                     rankings.empty() ? "" : ranking_line(Json::parse(rankings)) + "\n",
                     distribution("rating", "items", run.rating_counts()),
                     distribution("exit on", "agents", exit_page_counts(outcomes)),
                     trait_table(trait_group_figures(outcomes, run.traits())));
}

}  // namespace throng
