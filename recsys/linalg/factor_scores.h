#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/huge_pages.h"
#include "recsys/linalg/score_block.h"

namespace throng {

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
