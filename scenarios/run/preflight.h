#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"
#include "scenarios/run/progress.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// Every variable of the environment that must hold a key for this scenario does. Throws Failure(usage) naming the first
/// that does not.
void check_keys(const Scenario& scenario);

/// The run's folder, or the nearest one above it that there is, can be written, and nothing is in its way but perhaps a
/// run: that is said in a sentence, "" if there is none. Throws Failure(usage).
std::string check_output(const std::filesystem::path& folder);

/// Says so if the disk under the folder has not so much room; "" if it has.
std::string check_room(const std::filesystem::path& folder, double bytes);

/// How long a run will take whose agents compute, and how large its folder becomes.
struct RunEstimate {
  double seconds = 0;            ///< all rounds and replicates; without what language models and servers take
  double preparing_seconds = 0;  ///< of them, for reading, splitting, fitting once
  bool is_upper_bound = false;   ///< the fit was broken off: it may end before its last epoch
  double session_seconds = 0;    ///< one agent's visit in one round
  double bytes = 0;              ///< of run.db, all replicates together
  std::size_t pilot_agents = 0;
};

/// Measured here and now: the recommender is fitted, for some seconds at most, then some agents that compute are played in
/// front of it (of popularity, if the fit was broken off or is a server's) and their rows are written to a file that is
/// removed. `agents` of the pilot are 0 if language models play all.
RunEstimate estimate_run(const Scenario& scenario, const Dataset& dataset, Progress& progress);

}  // namespace throng
