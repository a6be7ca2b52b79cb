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
  std::function<std::optional<double>(const Outcome&)> value;
};

std::vector<SessionValue> headline() {
  return {
      {"p_view", [](const Outcome& o) { return share(o.viewed, o.shown); }},
      {"n_like", [](const Outcome& o) { return o.liked; }},
      {"p_like", [](const Outcome& o) { return share(o.liked, o.shown); }},
      {"n_exit", [](const Outcome& o) { return o.pages; }},
      {"s_sat", [](const Outcome& o) { return o.score; }},
  };
}

std::vector<SessionValue> alignment() {
  return {
      {"p_hidden", [](const Outcome& o) { return share(o.hidden, o.judged); }},
      {"align_precision", [](const Outcome& o) { return share(o.hidden_aligned, o.aligned); }},
      {"align_recall", [](const Outcome& o) { return share(o.hidden_aligned, o.hidden); }},
  };
}

std::vector<SessionValue> optional_actions(const AllowedActions& allowed) {
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

std::vector<SessionValue> adverts() {
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

/// Calls `add(agent, value, pages)` with each agent's mean over those of its sessions that have a value, and the pages of these.
template <class Add>
void for_each_agent(const SessionValue& metric, std::span<const Outcome* const> by_agent, const Add& add) {
  for (std::size_t i = 0; i < by_agent.size();) {
    const AgentId agent = by_agent[i]->agent;
    double sum = 0;
    double sessions = 0;
    std::uint64_t pages = 0;
    for (; i < by_agent.size() && by_agent[i]->agent == agent; ++i) {
      const std::optional<double> of_session = metric.value(*by_agent[i]);
      if (!of_session) continue;
      sum += *of_session;
      ++sessions;
      pages += by_agent[i]->pages;
    }
    if (sessions > 0) add(agent, sum / sessions, pages);
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

/// What some agents' values come to. Sums are exact, so that it does not matter how agents are spread over threads and ranks.
struct AgentSums {
  std::uint64_t agents = 0;
  std::uint64_t pages = 0;
  ExactSum sum;

  void merge(const AgentSums& other) {
    agents += other.agents;
    pages += other.pages;
    sum.merge(other.sum);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(agents, pages, sum);
  }
};

/// Of several metrics.
struct MetricSums {
  std::vector<AgentSums> metrics;

  void merge(const MetricSums& other) {
    for (std::size_t i = 0; i < metrics.size(); ++i) metrics[i].merge(other.metrics[i]);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(metrics);
  }
};

/// An agent's outcomes stay together.
std::vector<std::span<const Outcome* const>> chunks_of(std::span<const Outcome* const> by_agent) {
  constexpr std::size_t kOutcomesPerChunk = 8192;
  std::vector<std::span<const Outcome* const>> chunks;
  while (!by_agent.empty()) {
    std::size_t size = std::min(kOutcomesPerChunk, by_agent.size());
    while (size < by_agent.size() && by_agent[size]->agent == by_agent[size - 1]->agent) ++size;
    chunks.push_back(by_agent.first(size));
    by_agent = by_agent.subspan(size);
  }
  return chunks;
}

/// Collective: sums up, over the agents of all ranks, `term(metric, value)` of their values.
template <class Term>
MetricSums sums_over_agents(const std::vector<SessionValue>& metrics,
                            std::span<const Outcome* const> by_agent, const Term& term, Ranks& ranks) {
  const std::vector<std::span<const Outcome* const>> chunks = chunks_of(by_agent);
  const MetricSums none{std::vector<AgentSums>(metrics.size())};
  std::vector<MetricSums> of_chunks(chunks.size(), none);
  parallel_for(chunks.size(), [&](std::size_t chunk) {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      AgentSums& sums = of_chunks[chunk].metrics[i];
      for_each_agent(metrics[i], chunks[chunk], [&](AgentId /*agent*/, double value, std::uint64_t pages) {
        ++sums.agents;
        sums.pages += pages;
        sums.sum.add(term(i, value));
      });
    }
  });
  MetricSums all = none;
  for (const MetricSums& of_chunk : of_chunks) all.merge(of_chunk);
  return merged_over(ranks, all);
}

/// Without a standard error.
Metric metric_of(std::string name, const AgentSums& values) {
  Metric metric{.name = std::move(name), .agents = values.agents, .pages = values.pages};
  if (values.agents > 0) metric.mean = values.sum.value() / static_cast<double>(values.agents);
  return metric;
}

/// `squares`: of the deviations from the mean.
double standard_error(const ExactSum& squares, std::size_t agents) {
  const auto count = static_cast<double>(agents);
  return agents > 1 ? std::sqrt(squares.value() / (count - 1) / count) : 0;
}

/// Collective.
std::vector<Metric> means(const std::vector<SessionValue>& metrics, std::span<const Outcome> outcomes,
                          Ranks& ranks) {
  const std::vector<const Outcome*> stayed = of_agents_that_stayed(outcomes);
  const MetricSums sums = sums_over_agents(
      metrics, stayed, [](std::size_t /*metric*/, double value) { return value; }, ranks);
  std::vector<Metric> all;
  for (std::size_t i = 0; i < metrics.size(); ++i) all.push_back(metric_of(metrics[i].name, sums.metrics[i]));
  const MetricSums squares = sums_over_agents(
      metrics, stayed,
      [&](std::size_t metric, double value) { return std::pow(value - all[metric].mean, 2); }, ranks);
  for (std::size_t i = 0; i < metrics.size(); ++i)
    all[i].standard_error = standard_error(squares.metrics[i].sum, all[i].agents);
  return all;
}

}  // namespace

std::vector<Metric> means_of(std::span<const MetricValues> all) {
  std::vector<Metric> metrics;
  for (const MetricValues& values : all) {
    AgentSums sums{.agents = values.agents.size(), .pages = values.pages};
    for (const AgentValue& agent : values.agents) sums.sum.add(agent.value);
    Metric& metric = metrics.emplace_back(metric_of(values.name, sums));
    ExactSum squares;
    for (const AgentValue& agent : values.agents) squares.add(std::pow(agent.value - metric.mean, 2));
    metric.standard_error = standard_error(squares, metric.agents);
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
  return all_by_agent(headline(), outcomes);
}

std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes, Ranks& ranks) {
  return means(headline(), outcomes, ranks);
}

std::vector<MetricValues> alignment_values(std::span<const Outcome> outcomes) {
  return all_by_agent(alignment(), outcomes);
}

std::vector<MetricValues> action_values(std::span<const Outcome> outcomes, const AllowedActions& allowed) {
  std::vector<SessionValue> values = optional_actions(allowed);
  std::ranges::move(adverts(), std::back_inserter(values));
  return all_by_agent(values, outcomes);
}

std::vector<Metric> run_metrics(std::span<const Outcome> outcomes, const AllowedActions& allowed,
                                Ranks& ranks) {
  const bool knows_hidden = is_on_any(
      ranks, std::ranges::any_of(outcomes, [](const Outcome& outcome) { return outcome.judged > 0; }));
  const bool shows_adverts = is_on_any(ranks, has_adverts(outcomes));
  std::vector<SessionValue> values = headline();
  if (knows_hidden) std::ranges::move(alignment(), std::back_inserter(values));
  std::ranges::move(optional_actions(allowed), std::back_inserter(values));
  if (shows_adverts) std::ranges::move(adverts(), std::back_inserter(values));
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
