#pragma once

#include <cstddef>

#include <Eigen/Core>

namespace throng {

/// Adds x x^T for every column x of `columns` to the lower triangle of `sum`; what stands above the diagonal is
/// not specified then. Both have a multiple of kLanes rows. A rank-k update for the sizes of factor models: many
/// small sums of few columns, for which a general product spends its time on packing. The terms of each element
/// are added in the order of the columns.
void add_outer_products(const Eigen::Ref<const Eigen::MatrixXf>& columns, Eigen::MatrixXf& sum);

}  // namespace throng
