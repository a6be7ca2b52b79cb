#pragma once

#include <cstddef>
#include <span>

#include "recsys/data/split.h"
#include "recsys/eval/metrics.h"
#include "recsys/models/recommender.h"

namespace throng {

/// Means over the users that have held-out items; the others are left out.
struct Accuracy {
  std::size_t users = 0;     ///< how many the means rest on
  RankingMetrics metrics{};  ///< zeros if there are none
};

/// The accuracy of a fitted recommender at k, ranking the whole catalogue but for the items that the user has
/// in one of `masked`. All interactions have the shape of the training data.
Accuracy evaluate(const Recommender& recommender, const Interactions& held_out,
                  std::span<const Interactions* const> masked, std::size_t k);

/// The accuracy on one part of a split; the items of the two other parts are masked, as in Agent4Rec.
Accuracy evaluate(const Recommender& recommender, const Split& split, SplitPart part, std::size_t k);

}  // namespace throng
