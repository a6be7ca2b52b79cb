#pragma once

#include <span>

#include <Eigen/Core>

#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/score_block.h"

namespace throng {

/// Pins the cache sizes from which Eigen derives the order of its sums, which would differ from machine to
/// machine otherwise. To be called before any Eigen product of dynamic size; cheap, thread-safe.
void pin_eigen_blocking();

/// Item factors laid out for scoring: score(user, item) = inner product of their factors. Immutable; safe to
/// use from any thread.
class FactorScorer {
 public:
  FactorScorer() = default;
  explicit FactorScorer(const FactorMatrix& items);

  /// Scores all items for up to ScoreBlock::kQueries users, each a padded row as long as the items' rows. One
  /// product of one shape, (padded items x factors) by (factors x kQueries), missing users zero: a user's
  /// scores are the same bits alone, at any position of a batch, and on any thread.
  void score(std::span<const std::span<const float>> users, ScoreBlock& scores) const;

 private:
  Eigen::MatrixXf items_;  ///< padded items x padded factors
};

}  // namespace throng
