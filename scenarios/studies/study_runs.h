#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/run/run.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// A run of a study, and what came of it.
struct PlayedRun {
  std::string arm;
  std::uint32_t replicate = 0;  ///< from 0
  Json summary;
  std::vector<RoundMetric> round_metrics;
};

/// Plays the runs of a study into its folder, but for those that have finished, and returns all of them in their order: replicate
/// by replicate, arm by arm. They begin in this order; at most `at_once` are under way, on the threads that there are (0: as many
/// as there is memory for, after the first that is played has shown what one takes). Where language models or a remote recommender
/// are asked it is one after the other: limits and budget are those of one run at a time.
///
/// Collective. Of several ranks, which play every run together, one run is under way, and only the first has round metrics.
///
/// Throws what stopped the first run, in this order, that did not finish; what is under way then is played to its end, and
/// no other begins. Of an interrupt all that are under way hear.
std::vector<PlayedRun> play_runs(const Scenario& study, const RunOptions& options, SharedWorlds& shared,
                                 std::size_t at_once);

/// How many runs that each take `of_one` bytes may be under way at once, with so much memory available (empty: nobody knows).
std::size_t runs_that_fit(std::optional<std::size_t> available, std::size_t of_one);

}  // namespace throng
