#include "agents/metrics.h"

#include <algorithm>
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
    for (const Impression& impression : page.impressions) {
      ++outcome.shown;
      if (impression.viewed) ++outcome.viewed;
      if (impression.rating >= kLikedRating) ++outcome.liked;
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

}  // namespace throng
