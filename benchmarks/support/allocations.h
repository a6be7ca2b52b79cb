#pragma once

#include <cstdint>

namespace throng {

/// What this executable has asked of operator new (which allocations.cpp replaces), by any thread.
struct Allocations {
  std::int64_t count = 0;       ///< allocations so far
  std::int64_t live_bytes = 0;  ///< as the allocator rounds them, its own header left out
};

Allocations allocations();

}  // namespace throng
