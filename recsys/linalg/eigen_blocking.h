#pragma once

namespace throng {

/// Pins the cache sizes from which Eigen derives the order of its sums, which would differ from machine to
/// machine otherwise. To be called before any Eigen product of dynamic size; cheap, thread-safe.
void pin_eigen_blocking();

}  // namespace throng
