#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <vector>

#include "scenarios/scenario/scenario.h"
#include "scenarios/transcripts/transcript.h"
#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"

namespace throng {

/// What was recorded of each agent of a world, in the order of the files.
using Recordings = std::map<AgentId, std::vector<Transcript>>;

/// Recorded agents are found by their users' ids; a note counts the others. Throws Failure(data) for what cannot be read, and if no
/// agent is found.
Recordings read_recordings(std::span<const std::filesystem::path> files, const TrainingWorld& world,
                           TaskResult& result);

/// How far whole sessions of our agents in front of the scenario's recommender are from the first recording of each; see
/// docs/validation.md.
void compare_sessions(const Scenario& scenario, TrainingWorld& world, const Recordings& recordings,
                      const Asking& asking, FitObserver& observer, TaskResult& result);

}  // namespace throng
