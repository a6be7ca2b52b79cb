#include "agents/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

namespace throng {
namespace {

/// Empty for a share of nothing.
std::optional<double> share(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// The mean over agents of each agent's mean over those of its sessions that have a value; `outcomes` by
/// agent.
Metric mean_over_agents(std::string name, std::span<const Outcome> outcomes,
                        const std::function<std::optional<double>(const Outcome&)>& value) {
  Metric metric{.name = std::move(name)};
  std::vector<double> means;
  for (std::size_t i = 0; i < outcomes.size();) {
    double sum = 0;
    double sessions = 0;
    for (const AgentId agent = outcomes[i].agent; i < outcomes.size() && outcomes[i].agent == agent; ++i) {
      const std::optional<double> of_session = value(outcomes[i]);
      if (!of_session) continue;
      sum += *of_session;
      ++sessions;
      metric.pages += outcomes[i].pages;
    }
    if (sessions > 0) means.push_back(sum / sessions);
  }
  metric.agents = means.size();
  if (means.empty()) return metric;
  const double count = static_cast<double>(means.size());
  for (const double mean : means) metric.mean += mean;
  metric.mean /= count;
  if (means.size() < 2) return metric;
  double squares = 0;
  for (const double mean : means) squares += std::pow(mean - metric.mean, 2);
  metric.standard_error = std::sqrt(squares / (count - 1) / count);
  return metric;
}

}  // namespace

Outcome outcome_of(const SessionRecord& session) {
  Outcome outcome{.agent = session.agent,
                  .round = session.round,
                  .pages = static_cast<std::uint32_t>(session.pages.size()),
                  .score = session.interview.score};
  for (const PageRecord& page : session.pages) {
    for (const Impression& impression : page.impressions) {
      ++outcome.shown;
      if (impression.viewed) ++outcome.viewed;
      if (impression.rating >= kLikedRating) ++outcome.liked;
    }
  }
  return outcome;
}

std::vector<Metric> headline_metrics(std::span<const Outcome> unordered) {
  std::vector<Outcome> outcomes(unordered.begin(), unordered.end());
  std::ranges::stable_sort(outcomes, {}, &Outcome::agent);
  return {
      mean_over_agents("p_view", outcomes, [](const Outcome& o) { return share(o.viewed, o.shown); }),
      mean_over_agents("n_like", outcomes, [](const Outcome& o) { return o.liked; }),
      mean_over_agents("p_like", outcomes, [](const Outcome& o) { return share(o.liked, o.shown); }),
      mean_over_agents("n_exit", outcomes, [](const Outcome& o) { return o.pages; }),
      mean_over_agents("s_sat", outcomes, [](const Outcome& o) { return o.score; }),
  };
}

}  // namespace throng
