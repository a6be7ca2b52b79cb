#include "agents/calibration/behaviour.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agents/calibration/agreement.h"
#include "agents/metrics.h"
#include "engine/base/random.h"
#include "engine/base/statistics.h"

namespace throng {
namespace {

constexpr Purpose kResample{"calibration/resample"};
constexpr std::uint16_t kResamples = 200;

void add(Behaviour::Figure& figure, double value) {
  figure.sum.add(value);
  ++figure.agents;
}

void merge(Behaviour::Figure& figure, const Behaviour::Figure& other) {
  figure.sum.merge(other.sum);
  figure.agents += other.agents;
}

/// Every gap, in order.
std::vector<std::optional<double>> gaps_between(const Behaviour& recorded, const Behaviour& simulated) {
  std::vector<std::optional<double>> gaps;
  for (std::size_t i = 0; i < Behaviour::kDistributions.size(); ++i) {
    const auto distribution = static_cast<Behaviour::Distribution>(i);
    gaps.push_back(jensen_shannon(recorded.counts(distribution), simulated.counts(distribution)));
  }
  const std::vector<Behaviour::Figure> before = recorded.figures();
  const std::vector<Behaviour::Figure> after = simulated.figures();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::optional<double> a = before[i].mean();
    const std::optional<double> b = i < after.size() ? after[i].mean() : std::nullopt;
    gaps.push_back(a && b ? std::optional<double>(*b - *a) : std::nullopt);
  }
  return gaps;
}

/// As many agents as there are, drawn with replacement.
Behaviour resample(std::span<const Behaviour> agents, const Draws& draws, std::uint16_t number) {
  Behaviour sample;
  for (std::uint32_t i = 0; i < agents.size(); ++i) {
    const std::uint64_t drawn = draws.below(agents.size(), kResample, {.agent = i, .round = number});
    sample.merge(agents[drawn]);
  }
  return sample;
}

}  // namespace

void Behaviour::count(Distribution distribution, std::size_t value) {
  std::vector<double>& counts = counts_[static_cast<std::size_t>(distribution)];
  if (counts.size() <= value) counts.resize(value + 1, 0);
  ++counts[value];
}

void Behaviour::add(const SessionRecord& session, const TraitGroups& traits) {
  if (session.abandoned()) return;
  std::vector<Figure> at;
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    count(Distribution::views_per_page, count_of(page.actions, ActionKind::view));
    if (at.size() < page.impressions.size()) at.resize(page.impressions.size());
    for (std::size_t i = 0; i < page.impressions.size(); ++i)
      throng::add(at[i], value_of(page.actions, i + 1, ActionKind::view) > 0 ? 1 : 0);
    for (const Action& action : page.actions) {
      if (action.kind == ActionKind::rate) count(Distribution::ratings, action.value - 1U);
    }
  }
  const Outcome outcome = outcome_of(session);
  if (outcome.pages > 0) count(Distribution::exit_pages, outcome.pages - 1);
  if (outcome.score) count(Distribution::interview_scores, *outcome.score - 1);
  if (outcome.shown > 0) {
    const double p_view = static_cast<double>(outcome.viewed) / outcome.shown;
    throng::add(fixed_[0], p_view);
    throng::add(fixed_[1], static_cast<double>(outcome.liked) / outcome.shown);
    throng::add(fixed_[4 + traits.activity - 1U], p_view);
  }
  throng::add(fixed_[2], outcome.pages);
  if (outcome.score) throng::add(fixed_[3], *outcome.score);
  if (viewed_at_.size() < at.size()) viewed_at_.resize(at.size());
  for (std::size_t i = 0; i < at.size(); ++i) throng::add(viewed_at_[i], *at[i].mean());
}

void Behaviour::merge(const Behaviour& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i].size() < other.counts_[i].size()) counts_[i].resize(other.counts_[i].size(), 0);
    for (std::size_t k = 0; k < other.counts_[i].size(); ++k) counts_[i][k] += other.counts_[i][k];
  }
  for (std::size_t i = 0; i < kFixed; ++i) throng::merge(fixed_[i], other.fixed_[i]);
  if (viewed_at_.size() < other.viewed_at_.size()) viewed_at_.resize(other.viewed_at_.size());
  for (std::size_t i = 0; i < other.viewed_at_.size(); ++i) throng::merge(viewed_at_[i], other.viewed_at_[i]);
}

std::vector<Behaviour::Figure> Behaviour::figures() const {
  std::vector<Figure> all(fixed_.begin(), fixed_.end());
  all.insert(all.end(), viewed_at_.begin(), viewed_at_.end());
  return all;
}

std::vector<std::string> Behaviour::figure_names() const {
  std::vector<std::string> names{"P_view",          "P_like",         "N_exit", "S_sat", "P_view, occasional",
                                 "P_view, regular", "P_view, devoted"};
  for (std::size_t i = 1; i <= viewed_at_.size(); ++i) names.push_back(fmt::format("viewed at place {}", i));
  return names;
}

std::vector<BehaviourGap> behaviour_gaps(std::span<const Behaviour> recorded, const Behaviour& simulated,
                                         std::uint64_t luck) {
  Behaviour all;
  for (const Behaviour& agent : recorded) all.merge(agent);
  std::vector<BehaviourGap> gaps;
  for (const std::string_view name : Behaviour::kDistributions)
    gaps.push_back({.name = std::string(name), .is_divergence = true});
  const std::vector<Behaviour::Figure> before = all.figures();
  const std::vector<Behaviour::Figure> after = simulated.figures();
  const std::vector<std::string> names = all.figure_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    gaps.push_back({.name = names[i],
                    .recorded = before[i].mean(),
                    .simulated = i < after.size() ? after[i].mean() : std::nullopt});
  }
  const std::vector<std::optional<double>> between = gaps_between(all, simulated);
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i].gap = between[i];

  const Draws draws(luck);
  std::vector<std::vector<double>> by_chance(gaps.size());
  for (std::uint16_t pair = 0; pair < kResamples; ++pair) {
    const auto number = static_cast<std::uint16_t>(2 * pair);
    const auto chance = gaps_between(resample(recorded, draws, number),
                                     resample(recorded, draws, static_cast<std::uint16_t>(number + 1)));
    for (std::size_t i = 0; i < gaps.size() && i < chance.size(); ++i) {
      if (chance[i]) by_chance[i].push_back(std::abs(*chance[i]));
    }
  }
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    gaps[i].floor_mean = mean_of(by_chance[i]);
    gaps[i].floor_95 = percentile(by_chance[i], 95);
  }
  return gaps;
}

Json gaps_json(std::span<const BehaviourGap> gaps) {
  const auto json_of = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  Json list = Json::array();
  for (const BehaviourGap& gap : gaps) {
    list.push_back({{"name", gap.name},
                    {"kind", gap.is_divergence ? "divergence" : "difference"},
                    {"recorded", json_of(gap.recorded)},
                    {"simulated", json_of(gap.simulated)},
                    {"gap", json_of(gap.gap)},
                    {"floor_mean", gap.floor_mean},
                    {"floor_95", gap.floor_95}});
  }
  return list;
}

}  // namespace throng
