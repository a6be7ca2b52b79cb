#include "recsys/linalg/outer_products.h"

#include <algorithm>

#include "recsys/linalg/lanes.h"

namespace throng {
namespace {

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

}  // namespace

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

}  // namespace throng
