#pragma once

#include <filesystem>

#include "scenarios/run/estimate.h"
#include "scenarios/run/progress.h"

namespace throng {

/// What really asking for a few agents taught.
struct Pilot {
  std::vector<AgentId> agents;
  Correction correction;
  double latency = 0;  ///< seconds of a call, the mean
  double usd = 0;      ///< what it took
};

/// Plays the first round of `agents` of the rehearsed agents for real: those in the middle of equal parts of all, ordered by
/// their tokens. The replies are journaled in `folder`, which becomes a run's that `--resume` completes. Throws what
/// RunOutside throws, and Failure(usage) if the folder is in the way.
Pilot run_pilot(const Scenario& scenario, Simulation& simulation,
                const std::vector<RehearsedAgent>& rehearsed, std::size_t agents,
                const std::filesystem::path& folder, Progress& progress);

}  // namespace throng
