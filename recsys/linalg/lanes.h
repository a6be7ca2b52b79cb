#pragma once

#include <cstddef>

#include <immintrin.h>

namespace throng {

/// Eight floats that are computed side by side: the width of x86-64-v3, on which every result rests.
using Lanes = __m256;
inline constexpr std::size_t kLanes = 8;

/// The pointers of `load` and `store` are 32-byte aligned.
inline Lanes load(const float* from) { return _mm256_load_ps(from); }
inline void store(float* to, Lanes lanes) { _mm256_store_ps(to, lanes); }
inline Lanes load_unaligned(const float* from) { return _mm256_loadu_ps(from); }
inline void store_unaligned(float* to, Lanes lanes) { _mm256_storeu_ps(to, lanes); }
inline Lanes broadcast(float value) { return _mm256_set1_ps(value); }

/// Correctly rounded, unlike Eigen's packet square root, which starts from the vendor's approximation.
inline Lanes square_root(Lanes lanes) { return _mm256_sqrt_ps(lanes); }

/// a * b + c, rounded once.
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }

/// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)): always this order.
inline float sum(Lanes lanes) {
  const __m128 four = _mm256_castps256_ps128(lanes) + _mm256_extractf128_ps(lanes, 1);
  const __m128 two = four + _mm_movehl_ps(four, four);
  return _mm_cvtss_f32(two) + _mm_cvtss_f32(_mm_movehdup_ps(two));
}

}  // namespace throng
