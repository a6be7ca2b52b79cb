#include "recsys/linalg/dense.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <stdexcept>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "engine/base/parallel.h"
#include "recsys/linalg/factor_matrix.h"

namespace throng {
namespace {

using Tile = Eigen::Block<Eigen::MatrixXf>;

constexpr Eigen::Index kPanel = 128;  // columns that stay in the cache while all tiles read them
constexpr Eigen::Index kTileColumns = 4;

/// Adds to the tile of `sum` that begins at (row, column): kWidth lanes of rows, kTileColumns columns, in
/// registers.
template <std::size_t kWidth>
void add_tile(const float* columns, Eigen::Index stride, Eigen::Index count, Eigen::Index row,
              Eigen::Index column, Eigen::MatrixXf& sum) {
  Lanes sums[kTileColumns][kWidth];
  for (Eigen::Index c = 0; c < kTileColumns; ++c) {
    for (std::size_t w = 0; w < kWidth; ++w) sums[c][w] = load_unaligned(&sum(row, column + c) + w * kLanes);
  }
  for (Eigen::Index n = 0; n < count; ++n) {
    const float* x = columns + n * stride;
    Lanes rows[kWidth];
    for (std::size_t w = 0; w < kWidth; ++w) rows[w] = load_unaligned(x + row + w * kLanes);
    for (Eigen::Index c = 0; c < kTileColumns; ++c) {
      const Lanes factor = broadcast(x[column + c]);
      for (std::size_t w = 0; w < kWidth; ++w) sums[c][w] = multiply_add(rows[w], factor, sums[c][w]);
    }
  }
  for (Eigen::Index c = 0; c < kTileColumns; ++c) {
    for (std::size_t w = 0; w < kWidth; ++w) store_unaligned(&sum(row, column + c) + w * kLanes, sums[c][w]);
  }
}

constexpr Eigen::Index kTile = 256;

/// The lower triangle as tiles; the steps are those of the right-looking algorithms in PLASMA (potrf, trtri,
/// lauum).
class Tiles {
 public:
  explicit Tiles(Eigen::MatrixXf& matrix) : matrix_(matrix), count_((matrix.rows() + kTile - 1) / kTile) {}

  /// A = L L^T; A becomes L.
  void factorize() {
    for (Eigen::Index k = 0; k < count_; ++k) {
      Eigen::Ref<Eigen::MatrixXf> in_place = at(k, k);
      const Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> factor(in_place);
      if (factor.info() != Eigen::Success) throw std::domain_error("the matrix is not positive definite");
      const auto diagonal = at(k, k).triangularView<Eigen::Lower>();
      for_each(k + 1, count_,
               [&](Eigen::Index i) { diagonal.transpose().solveInPlace<Eigen::OnTheRight>(at(i, k)); });
      for_each_pair(k + 1, count_, [&](Eigen::Index i, Eigen::Index j) {
        at(i, j).noalias() -= at(i, k) * at(j, k).transpose();
      });
    }
  }

  /// L becomes its inverse W.
  void invert_factor() {
    for (Eigen::Index k = 0; k < count_; ++k) {
      const auto diagonal = at(k, k).triangularView<Eigen::Lower>();
      for_each(k + 1, count_, [&](Eigen::Index i) {
        diagonal.solveInPlace<Eigen::OnTheRight>(at(i, k));
        at(i, k) = -at(i, k);
      });
      for_each_in(k + 1, count_, 0, k,
                  [&](Eigen::Index i, Eigen::Index j) { at(i, j).noalias() += at(i, k) * at(k, j); });
      for_each(0, k, [&](Eigen::Index j) { diagonal.solveInPlace(at(k, j)); });
      Eigen::MatrixXf inverse = Eigen::MatrixXf::Identity(at(k, k).rows(), at(k, k).rows());
      diagonal.solveInPlace(inverse);
      at(k, k).triangularView<Eigen::Lower>() = inverse;
    }
  }

  /// W becomes the lower triangle of W^T W.
  void multiply_factor() {
    for (Eigen::Index k = 0; k < count_; ++k) {
      for_each_pair(0, k, [&](Eigen::Index i, Eigen::Index j) {
        at(i, j).noalias() += at(k, i).transpose() * at(k, j);
      });
      const Eigen::MatrixXf diagonal = at(k, k).triangularView<Eigen::Lower>();
      for_each(0, k, [&](Eigen::Index j) {
        const Eigen::MatrixXf product = diagonal.transpose() * at(k, j);
        at(k, j) = product;
      });
      at(k, k).triangularView<Eigen::Lower>() = diagonal.transpose() * diagonal;
    }
  }

  /// Copies the lower triangle to the upper one.
  void mirror() {
    for_each_pair(0, count_, [&](Eigen::Index i, Eigen::Index j) {
      if (i == j) {
        const Eigen::MatrixXf lower = at(i, i);
        at(i, i).triangularView<Eigen::StrictlyUpper>() = lower.transpose();
      } else {
        at(j, i) = at(i, j).transpose();
      }
    });
  }

 private:
  Tile at(Eigen::Index i, Eigen::Index j) { return {matrix_, i * kTile, j * kTile, size(i), size(j)}; }
  Eigen::Index size(Eigen::Index i) const { return std::min(kTile, matrix_.rows() - i * kTile); }

  template <class Body>
  void for_each(Eigen::Index begin, Eigen::Index end, const Body& body) {
    if (begin >= end) return;
    parallel_for(static_cast<std::size_t>(end - begin),
                 [&](std::size_t n) { body(begin + static_cast<Eigen::Index>(n)); });
  }
  template <class Body>
  void for_each_in(Eigen::Index begin_i, Eigen::Index end_i, Eigen::Index begin_j, Eigen::Index end_j,
                   const Body& body) {
    const Eigen::Index width = end_j - begin_j;
    for_each(0, (end_i - begin_i) * width,
             [&](Eigen::Index n) { body(begin_i + n / width, begin_j + n % width); });
  }
  /// All begin <= j <= i < end.
  template <class Body>
  void for_each_pair(Eigen::Index begin, Eigen::Index end, const Body& body) {
    for_each_in(begin, end, begin, end, [&](Eigen::Index i, Eigen::Index j) {
      if (j <= i) body(i, j);
    });
  }

  Eigen::MatrixXf& matrix_;
  Eigen::Index count_;
};

}  // namespace

void pin_eigen_blocking() {
  constexpr std::ptrdiff_t level1_bytes = 32 << 10;
  constexpr std::ptrdiff_t level2_bytes = 512 << 10;
  constexpr std::ptrdiff_t level3_bytes = 4 << 20;
  [[maybe_unused]] static const bool pinned = [] {
    Eigen::setCpuCacheSizes(level1_bytes, level2_bytes, level3_bytes);
    return true;
  }();
}

void add_outer_products(const Eigen::Ref<const Eigen::MatrixXf>& columns, Eigen::MatrixXf& sum) {
  constexpr auto lanes = static_cast<Eigen::Index>(kLanes);
  const Eigen::Index size = sum.rows();
  const Eigen::Index stride = columns.outerStride();
  for (Eigen::Index first = 0; first < columns.cols(); first += kPanel) {
    const float* panel = columns.data() + first * stride;
    const Eigen::Index count = std::min(kPanel, columns.cols() - first);
    for (Eigen::Index column = 0; column < size; column += kTileColumns) {
      Eigen::Index row = column / lanes * lanes;
      for (Eigen::Index left = (size - row) / lanes; left > 0;) {
        const Eigen::Index width =
            left == 4 ? 2 : std::min<Eigen::Index>(left, 3);  // never one if it can be two
        if (width == 3) add_tile<3>(panel, stride, count, row, column, sum);
        if (width == 2) add_tile<2>(panel, stride, count, row, column, sum);
        if (width == 1) add_tile<1>(panel, stride, count, row, column, sum);
        row += width * lanes;
        left -= width;
      }
    }
  }
}

void invert_spd(Eigen::MatrixXf& matrix) {
  pin_eigen_blocking();
  Tiles tiles(matrix);
  tiles.factorize();
  tiles.invert_factor();
  tiles.multiply_factor();
  tiles.mirror();
}

}  // namespace throng
