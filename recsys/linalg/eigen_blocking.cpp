#include "recsys/linalg/eigen_blocking.h"

#include <cstddef>

#include <Eigen/Core>

namespace throng {

void pin_eigen_blocking() {
  constexpr std::ptrdiff_t level1_bytes = 32 << 10;
  constexpr std::ptrdiff_t level2_bytes = 512 << 10;
  constexpr std::ptrdiff_t level3_bytes = 4 << 20;
  [[maybe_unused]] static const bool pinned = [] {
    Eigen::setCpuCacheSizes(level1_bytes, level2_bytes, level3_bytes);
    return true;
  }();
}

}  // namespace throng
