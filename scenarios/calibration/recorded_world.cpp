#include "scenarios/calibration/recorded_world.h"

namespace throng {
RecordedSimulation::RecordedSimulation(RecordedSource source, FitObserver& observer)
    : scenario_(std::move(source.scenario)),
      agents_(std::move(source.agents)),
      simulation_(scenario_, std::move(source.dataset), observer),
      affinity_(simulation_.taste_space()),
      merits_(simulation_.mean_ratings(), popularity_of(simulation_.train())),
      habits_(simulation_.train(), simulation_.mean_ratings()) {}

std::vector<RecordedSession> RecordedSimulation::sessions() const {
  const StatisticalParameters defaults;
  const RecordedWorld world{.affinity = affinity_,
                            .merits = merits_,
                            .habits = habits_,
                            .parameters = defaults,
                            .max_pages = scenario_.session.max_pages};
  std::vector<RecordedSession> sessions;
  for (const RecordedAgent& agent : agents_) {
    const Profile profile = simulation_.population().profile(agent.agent);
    for (RecordedSession& session : recorded_sessions(agent.name, profile, agent.sessions, world))
      sessions.push_back(std::move(session));
  }
  return sessions;
}

std::vector<SessionRecord> RecordedSimulation::play(const std::vector<AgentId>& agents,
                                                    const StatisticalParameters& parameters,
                                                    std::uint64_t luck) {
  simulation_.replace_minds({MindOptions{.parameters = parameters}}, Draws(scenario_.seed + luck));
  SessionCollector collector;
  simulation_.run_first_round(agents, collector, nullptr);
  return std::move(collector.sessions);
}

}  // namespace throng
