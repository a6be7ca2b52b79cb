#include "scenarios/report/run_tables.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "scenarios/report/table.h"

namespace throng {
namespace {

constexpr std::size_t kBarWidth = 40;

std::string percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// A trait with a word for each of its groups 1 to 3.
struct Trait {
  std::string_view name;
  std::uint8_t TraitGroups::*group;
  std::array<std::string_view, 3> words;
};

constexpr std::array<Trait, 3> kTraits{{
    {"activity", &TraitGroups::activity, {"occasional", "regular", "devoted"}},
    {"conformity", &TraitGroups::conformity, {"follower", "balanced", "maverick"}},
    {"diversity", &TraitGroups::diversity, {"selective", "open", "explorer"}},
}};

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

std::vector<std::size_t> exit_page_counts(std::span<const Outcome> outcomes) {
  std::vector<std::size_t> counts;
  for (const Outcome& outcome : outcomes) {
    if (outcome.pages > counts.size()) counts.resize(outcome.pages, 0);
    if (outcome.pages > 0) ++counts[outcome.pages - 1];
  }
  return counts;
}

std::string trait_table(std::span<const Outcome> outcomes, std::span<const TraitGroups> traits) {
  Table table({"trait group", "agents", "P_view", "N_like", "P_like", "N_exit", "S_sat"});
  for (const Trait& trait : kTraits) {
    for (std::uint8_t group = 1; group <= 3; ++group) {
      std::vector<Outcome> members;
      std::copy_if(
          outcomes.begin(), outcomes.end(), std::back_inserter(members),
          [&](const Outcome& outcome) { return traits[index(outcome.agent)].*trait.group == group; });
      std::vector<std::string> row{fmt::format("{} {} {}", trait.name, group, trait.words[group - 1U]),
                                   std::to_string(members.size())};
      for (const Metric& metric : headline_metrics(members)) {
        row.push_back(members.empty() ? "-" : fmt::format("{:.3f}", metric.mean));
      }
      table.add_row(std::move(row));
    }
  }
  return table.text();
}

}  // namespace

std::string metrics_table(std::span<const Metric> metrics) {
  static const std::map<std::string, std::pair<std::string, std::string>> words{
      {"p_view", {"P_view", "share of shown items that were viewed"}},
      {"n_like", {"N_like", "items rated 4 or 5"}},
      {"p_like", {"P_like", "share of shown items rated 4 or 5"}},
      {"n_exit", {"N_exit", "pages visited"}},
      {"s_sat", {"S_sat", "interview score, 1 to 10"}},
  };
  std::string text = fmt::format("  {:<8}{:>8}{:>10}{:>9}{:>9}  {}\n", "metric", "mean", "std.err.", "agents",
                                 "pages", "mean over agents of the");
  for (const Metric& metric : metrics) {
    const auto& [name, meaning] = words.at(metric.name);
    text += fmt::format("  {:<8}{:>8.3f}{:>10.4f}{:>9}{:>9}  {}\n", name, metric.mean, metric.standard_error,
                        metric.agents, metric.pages, meaning);
  }
  return text;
}

std::string run_tables(const RunReader& run) {
  const std::vector<Outcome> outcomes = run.outcomes();
  const std::vector<Metric> metrics = headline_metrics(outcomes);
  return fmt::format(
      "{}\n{}\n{}\n{}", metrics_table(metrics), distribution("rating", "items", run.rating_counts()),
      distribution("exit on", "agents", exit_page_counts(outcomes)), trait_table(outcomes, run.traits()));
}

}  // namespace throng
