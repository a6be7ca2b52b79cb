#include "scenarios/calibration/simulated_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/page.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : std::string("-");
}

std::string gap_text(const BehaviourGap& gap) {
  return gap.gap && !gap.is_divergence ? fmt::format("{:+.4f}", *gap.gap) : number(gap.gap);
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

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
  Table table({fmt::format("{} ({}), played {} times", check.whom, grouped(check.agents), check.plays),
               "recorded", "simulated", "gap", "by chance", "95 %"});
  for (const BehaviourGap& gap : check.gaps) {
    table.add_row({gap.is_divergence ? gap.name + ", JS divergence (nats)" : gap.name, number(gap.recorded),
                   number(gap.simulated), gap_text(gap), number(gap.floor_mean), number(gap.floor_95)});
  }
  return table.text();
}

Json simulated_json(const SimulatedCheck& check) {
  Json gaps = Json::array();
  for (const BehaviourGap& gap : check.gaps) {
    gaps.push_back({{"name", gap.name},
                    {"kind", gap.is_divergence ? "divergence" : "difference"},
                    {"recorded", json_of(gap.recorded)},
                    {"simulated", json_of(gap.simulated)},
                    {"gap", json_of(gap.gap)},
                    {"floor_mean", gap.floor_mean},
                    {"floor_95", gap.floor_95}});
  }
  return {{"whom", check.whom}, {"agents", check.agents}, {"plays", check.plays}, {"gaps", gaps}};
}

}  // namespace throng
