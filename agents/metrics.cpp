#include "agents/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <optional>
#include <set>

#include "engine/base/parallel.h"
#include "engine/base/statistics.h"
#include "engine/ranks/packing.h"

namespace throng {
namespace {

/// Empty for a share of nothing.
std::optional<double> share(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// What a metric is the mean of: a value of a session; empty: it has none.
struct SessionValue {
  std::string name;
  std::function<std::optional<double>(const Outcome&)> of;
};

std::vector<SessionValue> of_the_headline() {
  return {
      {"p_view", [](const Outcome& o) { return share(o.viewed, o.shown); }},
      {"n_like", [](const Outcome& o) { return o.liked; }},
      {"p_like", [](const Outcome& o) { return share(o.liked, o.shown); }},
      {"n_exit", [](const Outcome& o) { return o.pages; }},
      {"s_sat", [](const Outcome& o) { return o.score; }},
  };
}

std::vector<SessionValue> of_alignment() {
  return {
      {"p_hidden", [](const Outcome& o) { return share(o.hidden, o.judged); }},
      {"align_precision", [](const Outcome& o) { return share(o.hidden_aligned, o.aligned); }},
      {"align_recall", [](const Outcome& o) { return share(o.hidden_aligned, o.hidden); }},
  };
}

std::vector<SessionValue> of_optional_actions(const AllowedActions& allowed) {
  std::vector<SessionValue> values;
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const ActionInfo& info = action_kinds()[i];
    if (info.is_optional && is_allowed(info, allowed))
      values.push_back({"n_" + std::string(info.name), [i](const Outcome& o) { return o.optional[i]; }});
  }
  if (allowed.search) {
    values.push_back({"n_search", [](const Outcome& o) { return o.searches; }});
    values.push_back({"p_found", [](const Outcome& o) { return share(o.found_viewed, o.found); }});
  }
  return values;
}

std::vector<SessionValue> of_adverts() {
  return {
      {"p_advert_view", [](const Outcome& o) { return share(o.adverts_viewed, o.adverts); }},
      {"p_advert_like", [](const Outcome& o) { return share(o.adverts_liked, o.adverts); }},
  };
}

/// By agent, each agent's in their order; without those that were abandoned.
std::vector<const Outcome*> of_agents_that_stayed(std::span<const Outcome> outcomes) {
  std::set<AgentId> abandoned;
  for (const Outcome& outcome : outcomes) {
    if (outcome.abandoned) abandoned.insert(outcome.agent);
  }
  std::vector<const Outcome*> stayed;
  stayed.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    if (!abandoned.contains(outcome.agent)) stayed.push_back(&outcome);
  }
  const auto agent = [](const Outcome* outcome) { return outcome->agent; };
  if (!std::ranges::is_sorted(stayed, {}, agent)) std::ranges::stable_sort(stayed, {}, agent);
  return stayed;
}

/// Calls `take(agent, value, pages)` with each agent's mean over those of its sessions that have a value, and the pages of these.
template <class Take>
void for_each_agent(const SessionValue& value, std::span<const Outcome* const> by_agent, const Take& take) {
  for (std::size_t i = 0; i < by_agent.size();) {
    const AgentId agent = by_agent[i]->agent;
    double sum = 0;
    double sessions = 0;
    std::uint64_t pages = 0;
    for (; i < by_agent.size() && by_agent[i]->agent == agent; ++i) {
      const std::optional<double> of_session = value.of(*by_agent[i]);
      if (!of_session) continue;
      sum += *of_session;
      ++sessions;
      pages += by_agent[i]->pages;
    }
    if (sessions > 0) take(agent, sum / sessions, pages);
  }
}

std::vector<MetricValues> all_by_agent(const std::vector<SessionValue>& values,
                                       std::span<const Outcome> outcomes) {
  const std::vector<const Outcome*> stayed = of_agents_that_stayed(outcomes);
  std::vector<MetricValues> all;
  for (const SessionValue& value : values) {
    MetricValues& of_value = all.emplace_back(MetricValues{.name = value.name});
    for_each_agent(value, stayed, [&](AgentId agent, double mean, std::uint64_t pages) {
      of_value.agents.push_back({.agent = agent, .value = mean});
      of_value.pages += pages;
    });
  }
  return all;
}

/// What some agents' values sum up to. The sum is exact, so that it does not matter how agents are spread over threads and ranks.
struct ValueSums {
  std::uint64_t agents = 0;
  std::uint64_t pages = 0;
  ExactSum values;

  void merge(const ValueSums& other) {
    agents += other.agents;
    pages += other.pages;
    values.merge(other.values);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(agents, pages, values);
  }
};

/// Of each metric.
struct AllSums {
  std::vector<ValueSums> of;

  void merge(const AllSums& other) {
    for (std::size_t i = 0; i < of.size(); ++i) of[i].merge(other.of[i]);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(of);
  }
};

/// Collective: sums over all ranks' agents of what `term(metric, value)` makes of their values.
template <class Term>
AllSums sums_of(const std::vector<SessionValue>& metrics, std::span<const Outcome* const> by_agent,
                const Term& term, Ranks& ranks) {
  constexpr std::size_t kOutcomesPerChunk = 8192;
  std::vector<std::size_t> bounds{0};  // an agent's outcomes stay together
  while (bounds.back() < by_agent.size()) {
    std::size_t end = std::min(bounds.back() + kOutcomesPerChunk, by_agent.size());
    while (end < by_agent.size() && by_agent[end]->agent == by_agent[end - 1]->agent) ++end;
    bounds.push_back(end);
  }
  std::vector<AllSums> chunks(bounds.size() - 1, AllSums{std::vector<ValueSums>(metrics.size())});
  parallel_for(chunks.size(), [&](std::size_t chunk) {
    const auto own = by_agent.subspan(bounds[chunk], bounds[chunk + 1] - bounds[chunk]);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      ValueSums& sums = chunks[chunk].of[i];
      for_each_agent(metrics[i], own, [&](AgentId /*agent*/, double value, std::uint64_t pages) {
        ++sums.agents;
        sums.pages += pages;
        sums.values.add(term(i, value));
      });
    }
  });
  AllSums all{std::vector<ValueSums>(metrics.size())};
  for (const AllSums& chunk : chunks) all.merge(chunk);
  return merged_over(ranks, all);
}

double mean_of(const ValueSums& sums) {
  return sums.agents == 0 ? 0 : sums.values.value() / static_cast<double>(sums.agents);
}

/// Collective.
std::vector<Metric> means(const std::vector<SessionValue>& values, std::span<const Outcome> outcomes,
                          Ranks& ranks) {
  const std::vector<const Outcome*> stayed = of_agents_that_stayed(outcomes);
  const AllSums sums = sums_of(
      values, stayed, [](std::size_t /*metric*/, double value) { return value; }, ranks);
  std::vector<Metric> metrics;
  for (std::size_t i = 0; i < values.size(); ++i)
    metrics.push_back({.name = values[i].name,
                       .mean = mean_of(sums.of[i]),
                       .agents = sums.of[i].agents,
                       .pages = sums.of[i].pages});
  const AllSums squares = sums_of(
      values, stayed,
      [&](std::size_t metric, double value) { return std::pow(value - metrics[metric].mean, 2); }, ranks);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto count = static_cast<double>(metrics[i].agents);
    if (count > 1) metrics[i].standard_error = std::sqrt(squares.of[i].values.value() / (count - 1) / count);
  }
  return metrics;
}

/// Collective: whether it is so on any rank.
bool on_any(Ranks& ranks, bool here) {
  return std::ranges::count(ranks.all_gather(here ? "yes" : ""), "yes") > 0;
}

}  // namespace

std::vector<Metric> means_of(std::span<const MetricValues> all) {
  std::vector<Metric> metrics;
  for (const MetricValues& values : all) {
    std::vector<double> plain;
    for (const AgentValue& agent : values.agents) plain.push_back(agent.value);
    metrics.push_back({.name = values.name,
                       .mean = mean_of(plain),
                       .standard_error = standard_error_of(plain),
                       .agents = plain.size(),
                       .pages = values.pages});
  }
  return metrics;
}

bool has_adverts(std::span<const Outcome> outcomes) {
  return std::ranges::any_of(outcomes, [](const Outcome& outcome) { return outcome.adverts > 0; });
}

Outcome outcome_of(const SessionRecord& session) {
  Outcome outcome{.agent = session.agent, .round = session.round, .abandoned = session.abandoned()};
  if (session.interview) outcome.score = session.interview->score;
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    ++outcome.pages;
    const auto done = [&](ActionKind kind) {
      return static_cast<std::uint32_t>(count_of(page.actions, kind));
    };
    for (std::size_t i = 0; i < kActionKinds; ++i) {
      if (action_kinds()[i].is_optional) outcome.optional[i] += done(action_kinds()[i].kind);
    }
    if (!page.decision->search.empty()) ++outcome.searches;
    (page.shows_results() ? outcome.found : outcome.shown) +=
        static_cast<std::uint32_t>(page.impressions.size());
    (page.shows_results() ? outcome.found_viewed : outcome.viewed) += done(ActionKind::view);
    if (page.shows_results()) continue;
    outcome.liked += static_cast<std::uint32_t>(std::ranges::count_if(page.actions, is_like));
    for (const Impression& shown : page.impressions) {
      if (!shown.hidden) continue;
      ++outcome.judged;
      if (shown.aligned) ++outcome.aligned;
      if (*shown.hidden) ++outcome.hidden;
      if (*shown.hidden && shown.aligned) ++outcome.hidden_aligned;
    }
    outcome.adverts += static_cast<std::uint32_t>(page.words.size());
    for (const WordsBeside& advert : page.words) {
      if (value_of(page.actions, advert.position, ActionKind::view) > 0) ++outcome.adverts_viewed;
      if (value_of(page.actions, advert.position, ActionKind::rate) >= kLikedRating) ++outcome.adverts_liked;
    }
  }
  return outcome;
}

std::vector<MetricValues> headline_values(std::span<const Outcome> outcomes) {
  return all_by_agent(of_the_headline(), outcomes);
}

std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes, Ranks& ranks) {
  return means(of_the_headline(), outcomes, ranks);
}

std::vector<MetricValues> alignment_values(std::span<const Outcome> outcomes) {
  return all_by_agent(of_alignment(), outcomes);
}

std::vector<MetricValues> action_values(std::span<const Outcome> outcomes, const AllowedActions& allowed) {
  std::vector<SessionValue> values = of_optional_actions(allowed);
  std::ranges::move(of_adverts(), std::back_inserter(values));
  return all_by_agent(values, outcomes);
}

std::vector<Metric> run_metrics(std::span<const Outcome> outcomes, const AllowedActions& allowed,
                                Ranks& ranks) {
  const bool knows_hidden =
      on_any(ranks, std::ranges::any_of(outcomes, [](const Outcome& outcome) { return outcome.judged > 0; }));
  const bool shows_adverts = on_any(ranks, has_adverts(outcomes));
  std::vector<SessionValue> values = of_the_headline();
  if (knows_hidden) std::ranges::move(of_alignment(), std::back_inserter(values));
  std::ranges::move(of_optional_actions(allowed), std::back_inserter(values));
  if (shows_adverts) std::ranges::move(of_adverts(), std::back_inserter(values));
  return means(values, outcomes, ranks);
}

std::span<const OfflineFigure, 2> offline_figures() {
  static constexpr std::array figures{
      OfflineFigure{"offline_recall", "Recall offline", "Recall@20",
                    "Of a user's test items, the share among the 20 best that the recommender of the round "
                    "ranks for it; mean over users.",
                    &RankingMetrics::recall},
      OfflineFigure{"offline_ndcg", "NDCG offline", "NDCG@20",
                    "How near the top a user's test items are among the 20 best that the recommender of the "
                    "round ranks for it; mean over users.",
                    &RankingMetrics::ndcg}};
  return figures;
}

std::span<const PositionFigure, 3> position_figures() {
  static constexpr std::array figures{
      PositionFigure{"aligned", "share of the items shown there", 0, 1, &PositionFigures::aligned},
      PositionFigure{"viewed", "share of the items shown there", 0, 1, &PositionFigures::viewed},
      PositionFigure{"rating", "mean rating", 1, 5, &PositionFigures::rating}};
  return figures;
}

namespace {

void reach(std::vector<PositionCounts::At>& places, std::size_t count) {
  if (places.size() < count) places.resize(count);
}

void merge_places(std::vector<PositionCounts::At>& places, const std::vector<PositionCounts::At>& others) {
  reach(places, others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    places[i].shown += others[i].shown;
    places[i].aligned += others[i].aligned;
    places[i].viewed += others[i].viewed;
    places[i].ratings += others[i].ratings;
  }
}

}  // namespace

void PositionCounts::add(const SessionRecord& session) {
  reach(by_page_, session.pages.size());
  for (std::size_t number = 0; number < session.pages.size(); ++number) {
    const PageRecord& page = session.pages[number];
    if (page.degraded() || page.shows_results()) continue;
    reach(by_position_, page.impressions.size());
    At& of_page = by_page_[number];
    of_page.shown += page.impressions.size();
    for (std::size_t i = 0; i < page.impressions.size(); ++i) {
      const unsigned aligned = page.impressions[i].aligned ? 1 : 0;
      ++by_position_[i].shown;
      by_position_[i].aligned += aligned;
      of_page.aligned += aligned;
    }
    for (const Action& action : page.actions) {
      for (At* place : {&by_position_[action.position - 1U], &of_page}) {
        if (action.kind == ActionKind::view) ++place->viewed;
        if (action.kind == ActionKind::rate) place->ratings += action.value;
      }
    }
  }
}

void PositionCounts::merge(const PositionCounts& other) {
  merge_places(by_position_, other.by_position_);
  merge_places(by_page_, other.by_page_);
}

}  // namespace throng
