#pragma once

#include <cstdint>
#include <optional>

#include "recsys/data/dataset.h"

namespace throng {

enum class SplitKind {
  ratio,           ///< per user, at random, by the three shares
  leave_last_out,  ///< per user, by time, ties by item: the last interaction is test, the one before it
                   ///< validation; of two the first is train, a single one is train
  given,           ///< the split that came with the dataset
};

struct SplitOptions {
  SplitKind kind = SplitKind::ratio;
  /// Shares of each user's interactions (ratio); sum 1. Counts are rounded so that train gets its share
  /// first, then validation; test takes the rest. A user with interactions has one in train at least, unless
  /// train's share is 0.
  double train = 0.4;
  double validation = 0.3;
  double test = 0.3;
  std::uint64_t seed = 0;                     ///< ratio
  std::optional<float> positive_threshold{};  ///< keep only interactions rated at least this before splitting
  std::uint32_t k_core =
      0;  ///< then drop users and items with fewer interactions, until none is left (0: no)
};

/// Three disjoint sets of interactions with the dataset's own user and item numbers: users and items never
/// change their number, they may only lose all their interactions.
struct Split {
  Interactions train;
  Interactions validation;
  Interactions test;
};

/// Deterministic in dataset and options. Throws Failure(usage) if the dataset lacks what the kind needs
/// (times, a given split, ratings for a threshold), no interaction is left, or the shares are not a partition
/// of 1.
Split split_dataset(const Dataset& dataset, const SplitOptions& options);

/// The interactions of `all` whose (user, item) is not in `but`, without ratings and times. Both have the
/// same shape.
Interactions all_but(const Interactions& all, const Interactions& but);

}  // namespace throng
