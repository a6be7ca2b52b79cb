#include "scenarios/report/run_figures.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "engine/base/statistics.h"

namespace throng {
namespace {

/// The ends of each trait's scale in Agent4Rec's words.
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

}  // namespace

MetricWords words_of(const Metric& metric) {
  static const std::map<std::string, MetricWords, std::less<>> words{
      {"p_view", {"P_view", "share of shown items that were viewed"}},
      {"n_like", {"N_like", "items rated 4 or 5"}},
      {"p_like", {"P_like", "share of shown items rated 4 or 5"}},
      {"n_exit", {"N_exit", "pages visited"}},
      {"s_sat", {"S_sat", "interview score, 1 to 10"}},
      {"p_hidden", {"P_hidden", "share of shown items that are hidden positives"}},
      {"align_precision", {"Precision", "share of aligned items that are hidden positives"}},
      {"align_recall", {"Recall", "share of shown hidden positives that were aligned"}},
      {"n_search", {"N_search", "searches"}},
      {"p_found", {"P_found", "share of items found by searches that were viewed"}},
      {"p_advert_view", {"P_advert_view", "share of advertised items that were viewed"}},
      {"p_advert_like", {"P_advert_like", "share of advertised items rated 4 or 5"}},
  };
  if (!metric.title.empty()) {
    const char* const between = metric.is_mean || metric.unit.empty() ? "" : ", ";
    return {metric.title, metric.unit + between + (metric.is_mean ? "" : "one number of the whole run")};
  }
  for (const ActionInfo& info : action_kinds()) {
    if (info.is_optional && metric.name == fmt::format("n_{}", info.name))
      return {fmt::format("N_{}", info.name), std::string(info.counted)};
  }
  const auto known = words.find(metric.name);
  return known == words.end() ? MetricWords{.label = metric.name, .meaning = ""} : known->second;
}

std::optional<double> half_width_of(const Metric& metric) {
  return metric.is_mean ? half_width_95(metric.standard_error, metric.agents) : std::nullopt;
}

const TraitGroups& traits_of(AgentId agent, std::span<const TraitGroups> traits) {
  if (index(agent) < traits.size()) return traits[index(agent)];
  throw Failure(
      ErrorKind::data,
      fmt::format("run.db is damaged: table agents lacks agent {}, which has sessions", index(agent)));
}

std::vector<TraitGroupFigures> trait_group_figures(std::span<const Outcome> outcomes,
                                                   std::span<const TraitGroups> traits) {
  std::vector<TraitGroupFigures> figures;
  for (const Trait& trait : kTraits) {
    for (std::uint8_t group = 1; group <= 3; ++group) {
      std::vector<Outcome> members;
      std::ranges::copy_if(outcomes, std::back_inserter(members), [&](const Outcome& outcome) {
        return traits_of(outcome.agent, traits).*trait.group == group;
      });
      figures.push_back({.trait = std::string(trait.name),
                         .group = group,
                         .word = std::string(trait.words[group - 1U]),
                         .metrics = headline_metrics(members)});
      if (has_adverts(outcomes))
        std::ranges::move(means_of(action_values(members, {})), std::back_inserter(figures.back().metrics));
    }
  }
  return figures;
}

std::vector<std::size_t> exit_page_counts(std::span<const Outcome> outcomes) {
  std::vector<std::size_t> counts;
  for (const Outcome& outcome : outcomes) {
    if (outcome.pages > counts.size()) counts.resize(outcome.pages, 0);
    if (outcome.pages > 0) ++counts[outcome.pages - 1];
  }
  return counts;
}

std::vector<Metric> metrics_so_far(const RunReader& run, std::span<const Outcome> outcomes) {
  std::vector<Metric> metrics = run.metrics();
  return metrics.empty() ? run_metrics(outcomes, run.actions()) : metrics;
}

std::string item_name_of(const RunReader& run) {
  const std::string name = run.meta("item_name");
  return name.empty() ? Dataset().item_name : name;  // runs of versions that did not know
}

std::vector<std::string> caveats_of(const RunReader& run) {
  std::vector<std::string> sentences;
  run.with_meta("caveats", [&](const Json& json) { sentences = json.get<std::vector<std::string>>(); });
  run.with_meta("metric_faults", [&](const Json& faults) {
    for (const auto& [metric, fault] : faults.items())
      sentences.push_back(
          fmt::format("The metric {} has no value: {}", metric, fault.get_ref<const std::string&>()));
  });
  return sentences;
}

bool has_figures(std::span<const Metric> metrics) {
  return std::ranges::any_of(metrics, [](const Metric& metric) { return metric.agents > 0; });
}

Json half_width_json(double standard_error, std::size_t values) {
  const std::optional<double> half_width = half_width_95(standard_error, values);
  return half_width ? Json(*half_width) : Json();
}

const std::string& name_of(const ItemFigures& item) {
  return item.title.empty() ? item.external_id : item.title;
}

std::string answer_text(const Answer& answer) {
  const std::string value = answer.score ? std::to_string(*answer.score) : answer.choice;
  return fmt::format("{}: {}{}{}", answer.question, value, value.empty() || answer.words.empty() ? "" : "; ",
                     answer.words);
}

}  // namespace throng
