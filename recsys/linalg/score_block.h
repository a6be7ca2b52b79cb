#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "recsys/linalg/factor_matrix.h"

namespace throng {

/// Scores of all items for up to kQueries users, in one fixed shape whatever the number of users: Eigen's
/// kernels round differently for other shapes, and one user alone must score as in a batch. An items x
/// kQueries column-major float matrix, the rows padded to a multiple of kItemPadding; 32-byte aligned.
class ScoreBlock {
 public:
  static constexpr std::size_t kQueries = 16;
  static constexpr std::size_t kItemPadding = 48;

  explicit ScoreBlock(std::size_t items)
      : items_(items), scores_(Eigen::MatrixXf::Zero(padded(items), kQueries)) {}

  std::size_t num_items() const { return items_; }
  std::span<float> of(std::size_t query) {
    return {scores_.col(static_cast<Eigen::Index>(query)).data(), items_};
  }
  std::span<const float> of(std::size_t query) const {
    return {scores_.col(static_cast<Eigen::Index>(query)).data(), items_};
  }
  /// The whole padded matrix, for models that compute it as one product.
  Eigen::MatrixXf& matrix() { return scores_; }

  static Eigen::Index padded(std::size_t items) {
    return static_cast<Eigen::Index>((items + kItemPadding - 1) / kItemPadding * kItemPadding);
  }

 private:
  std::size_t items_;
  Eigen::MatrixXf scores_;
};

/// Item factors laid out for scoring: score(user, item) = inner product of their factors. Immutable; safe to
/// use from any thread.
class FactorScorer {
 public:
  FactorScorer() = default;
  explicit FactorScorer(const FactorMatrix& items);

  /// Scores all items for up to ScoreBlock::kQueries users, each a padded row as long as the items' rows. Every score is
  /// summed by itself, factor after factor: a user's scores are the same bits alone, at any position of a batch, and on
  /// any thread. What `scores` holds for further users stays.
  void score(std::span<const std::span<const float>> users, ScoreBlock& scores) const;

 private:
  std::size_t factors_ = 0;  ///< with padding
  /// Tiles of items one after the other; in a tile, factor after factor, that of every item.
  std::vector<float, HugePageAllocator<float>> tiles_;
};

}  // namespace throng
