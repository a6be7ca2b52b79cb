#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <immintrin.h>
#include <sys/mman.h>

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

/// Allocates arrays on cache lines, and large ones on huge pages, if the system has some to give: rows that are used
/// in no order would else miss the TLB nearly every time. Stateless; safe to use from any thread.
template <class T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <class Other>
  explicit(false) HugePageAllocator(const HugePageAllocator<Other>& /*other*/) {}

  T* allocate(std::size_t count) {
    if (count > (std::size_t{1} << 62U) / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    const std::size_t unit = bytes >= kFrom ? kHugePage : kCacheLine;
    const std::size_t whole = (bytes + unit - 1) / unit * unit;
    void* memory = std::aligned_alloc(unit, whole);
    if (memory == nullptr) throw std::bad_alloc();
    if (unit == kHugePage) madvise(memory, whole, MADV_HUGEPAGE);  // a wish: it may fail
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t /*count*/) { std::free(memory); }

  bool operator==(const HugePageAllocator& /*other*/) const { return true; }

 private:
  static constexpr std::size_t kCacheLine = 64;
  static constexpr std::size_t kHugePage = std::size_t{2} << 20U;
  static constexpr std::size_t kFrom = 2 * kHugePage;
};

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
