#include "agents/metrics.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <set>

#include "engine/base/statistics.h"

namespace throng {
namespace {

/// Empty for a share of nothing.
std::optional<double> share(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Each agent's mean over those of its sessions that have a value; `outcomes` by agent.
MetricValues values_by_agent(std::string name, std::span<const Outcome> outcomes,
                             const std::function<std::optional<double>(const Outcome&)>& value) {
  MetricValues values{.name = std::move(name)};
  for (std::size_t i = 0; i < outcomes.size();) {
    const AgentId agent = outcomes[i].agent;
    double sum = 0;
    double sessions = 0;
    for (; i < outcomes.size() && outcomes[i].agent == agent; ++i) {
      const std::optional<double> of_session = value(outcomes[i]);
      if (!of_session) continue;
      sum += *of_session;
      ++sessions;
      values.pages += outcomes[i].pages;
    }
    if (sessions > 0) values.agents.push_back({.agent = agent, .value = sum / sessions});
  }
  return values;
}

Metric mean_over_agents(const MetricValues& values) {
  Metric metric{.name = values.name, .agents = values.agents.size(), .pages = values.pages};
  std::vector<double> plain;
  for (const AgentValue& agent : values.agents) plain.push_back(agent.value);
  metric.mean = mean_of(plain);
  metric.standard_error = standard_error_of(plain);
  return metric;
}

/// By agent; without those that were abandoned.
std::vector<Outcome> of_agents_that_stayed(std::span<const Outcome> outcomes) {
  std::set<AgentId> abandoned;
  for (const Outcome& outcome : outcomes) {
    if (outcome.abandoned) abandoned.insert(outcome.agent);
  }
  std::vector<Outcome> stayed;
  std::ranges::copy_if(outcomes, std::back_inserter(stayed),
                       [&](const Outcome& outcome) { return !abandoned.contains(outcome.agent); });
  std::ranges::stable_sort(stayed, {}, &Outcome::agent);
  return stayed;
}

}  // namespace

std::vector<Metric> means_of(std::span<const MetricValues> all) {
  std::vector<Metric> metrics;
  for (const MetricValues& values : all) metrics.push_back(mean_over_agents(values));
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

std::vector<MetricValues> headline_values(std::span<const Outcome> unordered) {
  std::vector<Outcome> outcomes = of_agents_that_stayed(unordered);
  return {
      values_by_agent("p_view", outcomes, [](const Outcome& o) { return share(o.viewed, o.shown); }),
      values_by_agent("n_like", outcomes, [](const Outcome& o) { return o.liked; }),
      values_by_agent("p_like", outcomes, [](const Outcome& o) { return share(o.liked, o.shown); }),
      values_by_agent("n_exit", outcomes, [](const Outcome& o) { return o.pages; }),
      values_by_agent("s_sat", outcomes, [](const Outcome& o) { return o.score; }),
  };
}

std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes) {
  return means_of(headline_values(outcomes));
}

std::vector<MetricValues> alignment_values(std::span<const Outcome> unordered) {
  const std::vector<Outcome> outcomes = of_agents_that_stayed(unordered);
  return {
      values_by_agent("p_hidden", outcomes, [](const Outcome& o) { return share(o.hidden, o.judged); }),
      values_by_agent("align_precision", outcomes,
                      [](const Outcome& o) { return share(o.hidden_aligned, o.aligned); }),
      values_by_agent("align_recall", outcomes,
                      [](const Outcome& o) { return share(o.hidden_aligned, o.hidden); }),
  };
}

std::vector<MetricValues> action_values(std::span<const Outcome> unordered, const AllowedActions& allowed) {
  const std::vector<Outcome> outcomes = of_agents_that_stayed(unordered);
  std::vector<MetricValues> all;
  const auto add = [&](std::string name, const auto& value) {
    all.push_back(values_by_agent(std::move(name), outcomes, value));
  };
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const ActionInfo& info = action_kinds()[i];
    if (info.is_optional && is_allowed(info, allowed))
      add("n_" + std::string(info.name), [i](const Outcome& o) { return o.optional[i]; });
  }
  if (allowed.search) {
    add("n_search", [](const Outcome& o) { return o.searches; });
    add("p_found", [](const Outcome& o) { return share(o.found_viewed, o.found); });
  }
  add("p_advert_view", [](const Outcome& o) { return share(o.adverts_viewed, o.adverts); });
  add("p_advert_like", [](const Outcome& o) { return share(o.adverts_liked, o.adverts); });
  return all;
}

std::vector<Metric> run_metrics(std::span<const Outcome> outcomes, const AllowedActions& allowed) {
  std::vector<Metric> metrics = headline_metrics(outcomes);
  if (std::ranges::any_of(outcomes, [](const Outcome& outcome) { return outcome.judged > 0; }))
    std::ranges::move(means_of(alignment_values(outcomes)), std::back_inserter(metrics));
  std::vector<MetricValues> further = action_values(outcomes, allowed);
  if (!has_adverts(outcomes))
    std::erase_if(further, [](const MetricValues& values) { return values.name.starts_with("p_advert_"); });
  std::ranges::move(means_of(further), std::back_inserter(metrics));
  return metrics;
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
