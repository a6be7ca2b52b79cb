#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agents/calibration/behaviour.h"
#include "engine/base/json.h"
#include "scenarios/calibration/recorded_world.h"

namespace throng {

/// Recorded agents beside the fitted mind, which plays the same agents in front of the same recommender.
struct SimulatedCheck {
  std::string whom;  ///< such as "held-out agents"
  std::size_t agents = 0;
  std::size_t plays = 0;  ///< how often each was played: what is simulated has hardly any noise of its own
  Behaviour recorded;     ///< first sessions
  Behaviour simulated;
  std::vector<BehaviourGap> gaps;
};

/// Of the agents that `counts`; each is played `plays` times. No gaps if none counts.
SimulatedCheck simulated_check(RecordedSimulation& world, const StatisticalParameters& parameters,
                               const std::string& whom,
                               const std::function<bool(const RecordedAgent&)>& counts, std::size_t plays);

/// For the terminal.
std::string simulated_table(const SimulatedCheck& check);

/// {"whom", "agents", "plays", "gaps": [{"name", "kind": "divergence" or "difference", "recorded", "simulated", "gap",
/// "floor_mean", "floor_95"}]}; what is unknown is null.
Json simulated_json(const SimulatedCheck& check);

}  // namespace throng
