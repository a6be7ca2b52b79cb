#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/base/parallel.h"

namespace throng {

/// How many rows of factors one task of a parallel loop takes, where nothing speaks for another number.
inline constexpr std::size_t kRowsPerChunk = 64;

/// How many chunks of `size` cover `count`.
constexpr std::size_t num_chunks(std::size_t count, std::size_t size) { return (count + size - 1) / size; }

/// Calls body(n) once for every n in [0, count), in parallel, `size` neighbours at a time in ascending order.
/// As with `parallel_for`, `body` may only write to what belongs to n.
template <class Body>
void parallel_for_chunks(std::size_t count, std::size_t size, const Body& body) {
  parallel_for(num_chunks(count, size), [&](std::size_t chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * size);
    for (std::size_t n = chunk * size; n < end; ++n) body(n);
  });
}

}  // namespace throng
