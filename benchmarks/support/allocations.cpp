#include "benchmarks/support/allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace throng {
namespace {

std::atomic<std::int64_t> count{0};
std::atomic<std::int64_t> live_bytes{0};

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  count.fetch_add(1, std::memory_order_relaxed);
  live_bytes.fetch_add(static_cast<std::int64_t>(malloc_usable_size(block)), std::memory_order_relaxed);
  return block;
}

void release(void* block) {
  live_bytes.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(block)), std::memory_order_relaxed);
  std::free(block);
}

}  // namespace

Allocations allocations() { return {.count = count, .live_bytes = live_bytes}; }

}  // namespace throng

// The array and nothrow forms call these.
void* operator new(std::size_t size) { return throng::counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  return throng::counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}
void operator delete(void* block) noexcept { throng::release(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { throng::release(block); }
void operator delete(void* block, std::align_val_t /*alignment*/) noexcept { throng::release(block); }
void operator delete(void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  throng::release(block);
}
