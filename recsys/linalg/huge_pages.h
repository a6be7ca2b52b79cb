#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include <sys/mman.h>

namespace throng {

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

}  // namespace throng
