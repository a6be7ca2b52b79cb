#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "recsys/linalg/factor_matrix.h"

namespace throng {

struct AdamOptions {
  float learning_rate = 0.001F;
  float beta1 = 0.9F;    ///< decay of the mean of the gradients
  float beta2 = 0.999F;  ///< decay of the mean of their squares
  float epsilon = 1e-8F;
};

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) for the rows of one factor matrix, lazily: a step moves only
/// the rows that have a gradient, and the moments of the others wait.
class RowAdam {
 public:
  RowAdam(std::size_t rows, std::size_t factors, const AdamOptions& options)
      : options_(options), moments_(rows, 2 * FactorMatrix::padded(factors)) {}

  /// Starts the next step; to be called before the first `update` of each.
  void next_step();

  /// Asks for what the update of a row is about to use.
  void prefetch(std::size_t row) const { moments_.prefetch(row); }

  /// Moves one padded row against its gradient. Different rows may be updated on different threads.
  void update(std::size_t row, std::span<const float> gradient, std::span<float> parameters);

 private:
  AdamOptions options_;
  std::int64_t step_ = 0;
  float rate_ = 0;          ///< learning rate / (1 - beta1^step)
  float square_scale_ = 0;  ///< 1 / (1 - beta2^step)
  FactorMatrix moments_;    ///< by row: the mean gradient and, next to it, the mean square
};

}  // namespace throng
