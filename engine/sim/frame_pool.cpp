#include "engine/sim/frame_pool.h"

#include <array>
#include <new>
#include <utility>

namespace throng {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kLargest = 0;  // every frame from the allocator, which sees a use after free
#else
constexpr std::size_t kLargest = 1024;
#endif
constexpr std::size_t kStep = 8;
constexpr std::size_t kMostKept = 1024;  // of every size

struct FreeFrame {
  FreeFrame* next;
};

struct FrameList {
  FreeFrame* first = nullptr;
  std::size_t size = 0;
};

struct FrameLists {
  ~FrameLists() {
    for (FrameList& list : lists) {
      while (list.first != nullptr) ::operator delete(std::exchange(list.first, list.first->next));
    }
  }
  std::array<FrameList, kLargest / kStep + 1> lists;  ///< list i: frames of i * kStep bytes
};

thread_local FrameLists free_frames;

std::size_t list_of(std::size_t size) { return (size + kStep - 1) / kStep; }

}  // namespace

void* allocate_frame(std::size_t size) {
  if (size > kLargest) return ::operator new(size);
  FrameList& list = free_frames.lists[list_of(size)];
  if (list.first == nullptr) return ::operator new(list_of(size) * kStep);
  --list.size;
  return std::exchange(list.first, list.first->next);
}

void free_frame(void* frame, std::size_t size) noexcept {
  if (size > kLargest || free_frames.lists[list_of(size)].size == kMostKept) {
    ::operator delete(frame);
    return;
  }
  FrameList& list = free_frames.lists[list_of(size)];
  list.first = new (frame) FreeFrame{list.first};
  ++list.size;
}

}  // namespace throng
