#pragma once

#include <Eigen/Core>

namespace throng {

/// Replaces a symmetric positive definite matrix, of which only the lower triangle is read, by its inverse,
/// both triangles: Cholesky, inverse of the factor, product (LAPACK's potrf and potri), each in tiles of one
/// size, in parallel. Every tile takes its updates in one order, so the bits are the same on any number of
/// threads. In place: no second matrix is needed. Throws std::domain_error if the matrix is not positive
/// definite in single precision.
void invert_spd(Eigen::MatrixXf& matrix);

}  // namespace throng
