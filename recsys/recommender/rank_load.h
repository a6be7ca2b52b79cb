#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "recsys/data/interactions.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// How a fitted recommender is put under load.
struct RankLoad {
  std::size_t callers = 1;  ///< threads that ask, each for one batch after the other, and wait for it
  std::size_t batch = 16;   ///< users of a batch
  std::size_t k = 20;       ///< length of the rankings
  std::chrono::milliseconds duration{2000};  ///< no batch starts later; each caller makes one at least
};

struct RankLoadResult {
  std::size_t rankings = 0;
  double seconds = 0;  ///< from the first start to the last end
  double rankings_per_second = 0;
  // From a batch's start to its end, by nearest rank:
  double median_ms = 0;
  double p95_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
};

/// Ranks for the users of `train` in turn, their own items excluded. Each ranking is made on its caller's
/// thread. `train` has users, and is what the recommender was fitted on. An exception of the recommender ends
/// the load and is thrown on.
RankLoadResult measure_rank_load(const Recommender& recommender, const Interactions& train,
                                 const RankLoad& load);

/// The nearest-rank percentile of ascending values: the smallest that is not exceeded by `percent` of them.
double nearest_rank(std::span<const double> ascending, double percent);

}  // namespace throng
