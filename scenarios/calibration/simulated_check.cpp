#include "scenarios/calibration/simulated_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"

namespace throng {
SimulatedCheck simulated_check(RecordedSimulation& world, const StatisticalParameters& parameters,
                               const std::string& whom,
                               const std::function<bool(const RecordedAgent&)>& counts, std::size_t plays) {
  SimulatedCheck check{.whom = whom, .plays = plays};
  std::vector<AgentId> agents;
  std::vector<Behaviour> recorded;
  for (const RecordedAgent& agent : world.agents()) {
    if (!counts(agent) || agent.sessions.empty()) continue;
    agents.push_back(agent.agent);
    recorded.emplace_back().add(agent.sessions.front(), world.traits_of(agent.agent));
    check.recorded.merge(recorded.back());
  }
  check.agents = agents.size();
  if (agents.empty()) return check;
  std::ranges::sort(agents);
  for (std::size_t play = 0; play < plays; ++play) {
    for (const SessionRecord& session : world.play(agents, parameters, play))
      check.simulated.add(session, world.traits_of(session.agent));
  }
  check.gaps = behaviour_gaps(recorded, check.simulated, /*luck=*/1);
  return check;
}

std::string simulated_table(const SimulatedCheck& check) {
  if (check.gaps.empty()) return "";
  return gaps_table(fmt::format("{} ({}), played {} times", check.whom, grouped(check.agents), check.plays),
                    "recorded", "simulated", gaps_json(check.gaps));
}

Json simulated_json(const SimulatedCheck& check) {
  return {{"whom", check.whom},
          {"agents", check.agents},
          {"plays", check.plays},
          {"gaps", gaps_json(check.gaps)}};
}

}  // namespace throng
