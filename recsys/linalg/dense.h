#pragma once

#include <cstddef>

#include <Eigen/Core>

namespace throng {

/// Pins the cache sizes from which Eigen derives the order of its sums, which would differ from machine to
/// machine otherwise. To be called before any Eigen product of dynamic size; cheap, thread-safe.
void pin_eigen_blocking();

/// Adds x x^T for every column x of `columns` to the lower triangle of `sum`; what stands above the diagonal is
/// not specified then. Both have a multiple of kLanes rows. A rank-k update for the sizes of factor models: many
/// small sums of few columns, for which a general product spends its time on packing. The terms of each element
/// are added in the order of the columns.
void add_outer_products(const Eigen::Ref<const Eigen::MatrixXf>& columns, Eigen::MatrixXf& sum);

/// Replaces a symmetric positive definite matrix, of which only the lower triangle is read, by its inverse,
/// both triangles: Cholesky, inverse of the factor, product (LAPACK's potrf and potri), each in tiles of one
/// size, in parallel. Every tile takes its updates in one order, so the bits are the same on any number of
/// threads. In place: no second matrix is needed. Throws std::domain_error if the matrix is not positive
/// definite in single precision.
void invert_spd(Eigen::MatrixXf& matrix);

}  // namespace throng
