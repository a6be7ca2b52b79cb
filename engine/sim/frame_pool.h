#pragma once

#include <cstddef>

namespace throng {

/// Memory for coroutine frames: freed ones are kept, by size, for the thread that has freed them, until it
/// ends. Frames may be freed on another thread than they were allocated on.
void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

}  // namespace throng
