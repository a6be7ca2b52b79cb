#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "recsys/linalg/huge_pages.h"
#include "recsys/linalg/lanes.h"

namespace throng {

/// A row of `factors` floats for every user or item. Rows are 32-byte aligned and padded to a multiple of
/// kLanes; the padding is zero and stays so under everything that is linear in the row.
class FactorMatrix {
 public:
  FactorMatrix() = default;
  FactorMatrix(std::size_t rows, std::size_t factors)
      : rows_(rows), factors_(factors), stride_(padded(factors)), values_(rows * stride_, 0.0F) {}

  std::size_t rows() const { return rows_; }
  std::size_t factors() const { return factors_; }
  /// The length of a row with its padding.
  std::size_t stride() const { return stride_; }

  /// The row with its padding.
  std::span<float> row(std::size_t row) { return {values_.data() + row * stride_, stride_}; }
  std::span<const float> row(std::size_t row) const { return {values_.data() + row * stride_, stride_}; }

  /// Asks for a row that is about to be used, so that the cache misses of several rows overlap.
  void prefetch(std::size_t row) const {
    constexpr std::size_t line = 64 / sizeof(float);
    const float* const begin = values_.data() + row * stride_;
    for (std::size_t f = 0; f < stride_; f += line) __builtin_prefetch(begin + f);
  }

  /// All rows with their padding, row after row.
  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

  static constexpr std::size_t padded(std::size_t factors) {
    return (factors + kLanes - 1) / kLanes * kLanes;
  }

 private:
  std::size_t rows_ = 0;
  std::size_t factors_ = 0;
  std::size_t stride_ = 0;
  std::vector<float, HugePageAllocator<float>> values_;
};

/// Each padded row as a column of an Eigen matrix: stride x rows.
inline Eigen::Map<const Eigen::MatrixXf, Eigen::Aligned32> as_columns(const FactorMatrix& matrix) {
  return {matrix.values().data(), static_cast<Eigen::Index>(matrix.stride()),
          static_cast<Eigen::Index>(matrix.rows())};
}
inline Eigen::Map<Eigen::MatrixXf, Eigen::Aligned32> as_columns(FactorMatrix& matrix) {
  return {matrix.values().data(), static_cast<Eigen::Index>(matrix.stride()),
          static_cast<Eigen::Index>(matrix.rows())};
}

/// The inner product of two padded rows, its terms added in one fixed order.
inline float dot(std::span<const float> a, std::span<const float> b) {
  Lanes total = broadcast(0);
  for (std::size_t f = 0; f < a.size(); f += kLanes) total += load(&a[f]) * load(&b[f]);
  return sum(total);
}

}  // namespace throng
