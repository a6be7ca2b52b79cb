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

Outcome outcome_of(const SessionRecord& session) {
  Outcome outcome{.agent = session.agent, .round = session.round, .abandoned = session.abandoned()};
  if (session.interview) outcome.score = session.interview->score;
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    ++outcome.pages;
    outcome.shown += static_cast<std::uint32_t>(page.impressions.size());
    for (const Action& action : page.actions) {
      if (action.kind == ActionKind::view) ++outcome.viewed;
      if (is_like(action)) ++outcome.liked;
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
  std::vector<Metric> metrics;
  for (const MetricValues& values : headline_values(outcomes)) metrics.push_back(mean_over_agents(values));
  return metrics;
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
    if (page.degraded()) continue;
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

void Exposure::add(const SessionRecord& session) {
  std::vector<std::uint32_t> genre_counts(catalogue_->genre_names.size(), 0);
  std::uint32_t items = 0;
  const auto met = [&](ItemId item) {
    ++items;
    ++impressions_[index(item)];
    for (const GenreId genre : (*catalogue_)[item].genres) ++genre_counts[index(genre)];
  };
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    if (of_ == Of::shown) {
      for (const Impression& shown : page.impressions) met(shown.item);
    } else {
      for (const Action& action : page.actions) {
        if (action.kind == ActionKind::view) met(page.item_of(action));
      }
    }
  }
  if (items == 0) return;
  ++agents_;
  const auto greatest = std::max_element(genre_counts.begin(), genre_counts.end());
  if (greatest != genre_counts.end()) top_genre_share_sum_ += static_cast<double>(*greatest) / items;
  distinct_genres_sum_ += static_cast<double>(
      std::count_if(genre_counts.begin(), genre_counts.end(), [](std::uint32_t count) { return count > 0; }));
}

void Exposure::merge(const Exposure& other) {
  std::ranges::transform(impressions_, other.impressions_, impressions_.begin(), std::plus<>());
  agents_ += other.agents_;
  top_genre_share_sum_ += other.top_genre_share_sum_;
  distinct_genres_sum_ += other.distinct_genres_sum_;
}

double Exposure::mean(double sum) const {
  return sum / static_cast<double>(std::max<std::size_t>(1, agents_));
}

double Exposure::top_genre_share() const { return mean(top_genre_share_sum_); }
double Exposure::distinct_genres() const { return mean(distinct_genres_sum_); }
double Exposure::gini() const {
  return throng::gini(std::vector<double>(impressions_.begin(), impressions_.end()));
}
double Exposure::coverage() const {
  const auto reached = std::ranges::count_if(impressions_, [](std::uint32_t count) { return count > 0; });
  return static_cast<double>(reached) / static_cast<double>(std::max<std::size_t>(1, impressions_.size()));
}

std::span<const RoundFigure> round_figures() {
  static constexpr std::array<RoundFigure, 4> figures{{
      {.name = "top_genre_share",
       .title = "Share of the top genre",
       .unit = "share of an agent's items",
       .note = "Of an agent's items, the share that carries its most frequent genre; mean over agents.",
       .most = 1,
       .value = &Exposure::top_genre_share},
      {.name = "distinct_genres",
       .title = "Distinct genres",
       .unit = "genres per agent",
       .note = "How many genres an agent's items have; mean over agents.",
       .most = std::nullopt,
       .value = &Exposure::distinct_genres},
      {.name = "gini",
       .title = "Exposure Gini",
       .unit = "Gini coefficient",
       .note = "0: all items alike; 1: one has it all.",
       .most = 1,
       .value = &Exposure::gini},
      {.name = "coverage",
       .title = "Catalogue coverage",
       .unit = "share of the catalogue",
       .note = "Items that at least one agent met.",
       .most = 1,
       .value = &Exposure::coverage},
  }};
  return figures;
}

}  // namespace throng
