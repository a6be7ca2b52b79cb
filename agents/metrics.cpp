#include "agents/metrics.h"

#include <cmath>
#include <functional>

namespace throng {
namespace {

double share(std::uint32_t part, std::uint32_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Metric mean_over_agents(std::string name, std::span<const Outcome> outcomes,
                        const std::function<double(const Outcome&)>& value) {
  Metric metric{.name = std::move(name), .agents = outcomes.size()};
  if (outcomes.empty()) return metric;
  const double count = static_cast<double>(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    metric.mean += value(outcome) / count;
    metric.pages += outcome.pages;
  }
  if (outcomes.size() < 2) return metric;
  double squares = 0;
  for (const Outcome& outcome : outcomes) squares += std::pow(value(outcome) - metric.mean, 2);
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

std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes) {
  return {
      mean_over_agents("p_view", outcomes, [](const Outcome& o) { return share(o.viewed, o.shown); }),
      mean_over_agents("n_like", outcomes, [](const Outcome& o) { return o.liked; }),
      mean_over_agents("p_like", outcomes, [](const Outcome& o) { return share(o.liked, o.shown); }),
      mean_over_agents("n_exit", outcomes, [](const Outcome& o) { return o.pages; }),
      mean_over_agents("s_sat", outcomes, [](const Outcome& o) { return o.score; }),
  };
}

}  // namespace throng
