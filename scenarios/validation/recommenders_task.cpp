#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/calibration/agreement.h"
#include "agents/metrics.h"
#include "engine/base/statistics.h"
#include "recsys/models/registry.h"
#include "recsys/recommender/evaluate.h"
#include "scenarios/validation/tasks.h"

namespace throng {
namespace {

constexpr std::size_t kRanked = 20;
constexpr const char* kTask = "recommenders";

/// What is measured of a recommender, agent by agent.
struct Measured {
  std::string kind;
  std::map<AgentId, double> ndcg;  ///< of its user, on the test part
  std::map<AgentId, double> p_like;
  std::map<AgentId, double> s_sat;
  std::map<AgentId, double> popularity;  ///< mean number of training interactions of what was shown

  static constexpr std::array kWhat{&Measured::ndcg, &Measured::p_like, &Measured::s_sat,
                                    &Measured::popularity};
};

std::map<AgentId, double> ndcg_of(const TrainingWorld& world, const Recommender& recommender) {
  const HeldOutRankings ranked = rank_for_held_out(recommender, world.split(), SplitPart::test, kRanked);
  const std::vector<RankingMetrics> metrics = accuracy_of_users(ranked, world.split().test, kRanked);
  std::map<AgentId, double> values;
  for (std::size_t n = 0; n < metrics.size(); ++n) {
    if (index(ranked.users[n]) < world.population().size())
      values[AgentId(index(ranked.users[n]))] = metrics[n].ndcg;
  }
  return values;
}

double popularity_shown(const SessionRecord& session, std::span<const std::uint32_t> counts) {
  std::vector<double> shown;
  for (const PageRecord& page : session.pages) {
    for (const Impression& impression : page.impressions) shown.push_back(counts[index(impression.item)]);
  }
  return mean_of(shown);
}

Measured measure(TrainingWorld& world, const std::string& kind, const SessionOptions& session,
                 const Asking& asking, FitObserver& observer) {
  std::unique_ptr<Recommender> recommender = fitted_recommender({{"kind", kind}}, world, observer);
  Measured measured{.kind = kind, .ndcg = ndcg_of(world, *recommender)};
  LocalRanker ranker(std::move(recommender));
  const Interactions known = all_but(world.all(), world.split().test);
  const std::vector<AgentId> agents = world.population().everyone();
  const std::vector<std::uint32_t> counts = world.split().train.item_counts();
  std::vector<Outcome> outcomes;
  for (const SessionRecord& played :
       play(world,
            {.ranker = ranker, .mind = world.minds().mind(), .session = session, .not_recommended = known},
            agents, asking)) {
    if (played.abandoned()) continue;
    outcomes.push_back(outcome_of(played));
    measured.popularity[played.agent] = popularity_shown(played, counts);
  }
  for (const MetricValues& metric : headline_values(outcomes)) {
    for (const AgentValue& value : metric.agents) {
      if (metric.name == "p_like") measured.p_like[value.agent] = value.value;
      if (metric.name == "s_sat") measured.s_sat[value.agent] = value.value;
    }
  }
  return measured;
}

/// The agents that have everything under every recommender.
std::vector<AgentId> complete(const std::vector<Measured>& all, const Population& population) {
  std::vector<AgentId> agents = population.everyone();
  std::erase_if(agents, [&](AgentId agent) {
    return std::ranges::any_of(all, [&](const Measured& measured) {
      return std::ranges::any_of(Measured::kWhat,
                                 [&](auto what) { return !(measured.*what).contains(agent); });
    });
  });
  return agents;
}

/// A row per recommender, a value per agent.
using Rows = std::vector<std::vector<double>>;

Rows rows_of(const std::vector<Measured>& all, std::map<AgentId, double> Measured::*what,
             const std::vector<AgentId>& agents) {
  Rows rows;
  for (const Measured& measured : all) {
    std::vector<double>& row = rows.emplace_back();
    for (const AgentId agent : agents) row.push_back((measured.*what).at(agent));
  }
  return rows;
}

std::vector<double> means_of(const Rows& rows, std::span<const std::uint32_t> agents) {
  std::vector<double> means;
  for (const std::vector<double>& row : rows) {
    double sum = 0;
    for (const std::uint32_t agent : agents) sum += row[agent];
    means.push_back(sum / static_cast<double>(agents.size()));
  }
  return means;
}

Figure tau_figure(const char* metric, const std::string& who, const Rows& said, const Rows& ndcg) {
  const auto tau = [&](std::span<const std::uint32_t> agents) {
    return kendall_tau(means_of(said, agents), means_of(ndcg, agents)).value_or(0);
  };
  return figure_over_agents({.task = kTask, .setting = "order", .metric = metric, .who = who},
                            said.front().size(), tau);
}

}  // namespace

std::vector<std::string> fitted_kinds() {
  std::vector<std::string> kinds = recommender_kinds();
  std::erase_if(kinds, [](const std::string& kind) { return kind == "remote" || kind == "rankings"; });
  return kinds;
}

TaskResult validate_recommenders(TrainingWorld& world, const std::vector<std::string>& kinds,
                                 const SessionOptions& session, const Asking& asking, FitObserver& observer) {
  const std::vector<std::string> known = fitted_kinds();
  for (const std::string& kind : kinds) {
    if (std::ranges::find(known, kind) == known.end()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("--models: \"{}\" is none of {}", kind, fmt::join(known, ", ")));
    }
  }
  std::vector<Measured> all;
  for (const std::string& kind : kinds) all.push_back(measure(world, kind, session, asking, observer));
  const std::vector<AgentId> agents = complete(all, world.population());
  TaskResult result;
  if (agents.empty() || all.size() < 2) {
    result.notes.emplace_back(
        "recommenders: an order takes two recommenders and agents with test items that had a session under "
        "each");
    return result;
  }
  const Rows ndcg = rows_of(all, &Measured::ndcg, agents);
  const Rows p_like = rows_of(all, &Measured::p_like, agents);
  const Rows s_sat = rows_of(all, &Measured::s_sat, agents);
  const Rows popularity = rows_of(all, &Measured::popularity, agents);
  for (std::size_t n = 0; n < all.size(); ++n) {
    const auto add = [&](const char* metric, const char* who, const Rows& rows) {
      result.figures.push_back(
          mean_figure({.task = kTask, .setting = all[n].kind, .metric = metric, .who = who}, rows[n]));
    };
    add("ndcg@20", "held-out items", ndcg);
    add("p_like", "agents", p_like);
    add("s_sat", "agents", s_sat);
    add("popularity", "items shown", popularity);
  }
  result.figures.push_back(tau_figure("tau_p_like", "agents", p_like, ndcg));
  result.figures.push_back(tau_figure("tau_s_sat", "agents", s_sat, ndcg));
  result.figures.push_back(tau_figure("tau_popularity", "items shown", popularity, ndcg));
  return result;
}

}  // namespace throng
