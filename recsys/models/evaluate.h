#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recsys/data/split.h"
#include "recsys/eval/metrics.h"
#include "recsys/models/recommender.h"

namespace throng {

/// The rankings of the users that have held-out items, ascending by user; the others are left out.
struct HeldOutRankings {
  std::vector<UserId> users;
  Rankings rankings;  ///< parallel to users
};

/// Ranks the best k of the whole catalogue but for the items that the user has in one of `masked`. All
/// interactions have the shape of the training data.
HeldOutRankings rank_for_held_out(const Recommender& recommender, const Interactions& held_out,
                                  std::span<const Interactions* const> masked, std::size_t k);

/// The same for one part of a split; the items of the two other parts are masked, as in Agent4Rec.
HeldOutRankings rank_for_held_out(const Recommender& recommender, const Split& split, SplitPart part,
                                  std::size_t k);

/// Means over the users that have held-out items.
struct Accuracy {
  std::size_t users = 0;     ///< how many the means rest on
  RankingMetrics metrics{};  ///< zeros if there are none
};

/// For each user of `ranked`, in its order.
std::vector<RankingMetrics> accuracy_of_users(const HeldOutRankings& ranked, const Interactions& held_out,
                                              std::size_t k);
Accuracy mean_accuracy(std::span<const RankingMetrics> of_users);

/// The mean accuracy of a fitted recommender at k, for `rank_for_held_out` with the same arguments.
Accuracy evaluate(const Recommender& recommender, const Interactions& held_out,
                  std::span<const Interactions* const> masked, std::size_t k);
Accuracy evaluate(const Recommender& recommender, const Split& split, SplitPart part, std::size_t k);

}  // namespace throng
