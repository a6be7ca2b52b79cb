#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/sim/virtual_time.h"

namespace throng {

enum class ActorId : std::uint32_t {};

/// The order of events: a total order that depends on nothing but the model. `sequence` counts the events of
/// one source, so no two events have the same key.
struct EventKey {
  VirtualTime time;
  std::int32_t priority = 0;  ///< at the same time, smaller goes first
  ActorId source{};
  std::uint64_t sequence = 0;

  auto operator<=>(const EventKey&) const = default;
};

/// Such as "event (2d 03:15:00, 183300000000 us, priority 0, actor 7, sequence 12)".
std::string describe(const EventKey& key);

/// Names a pending event. A handle of an event that has been popped or cancelled is recognised as stale.
struct EventHandle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

/// Pending events in the order of their keys: a 4-ary heap whose entries carry their keys, so that sifting
/// stays within few cache lines. Not thread-safe. No allocation once capacity has grown to the largest number
/// pending.
template <class Payload>
class EventQueue {
 public:
  struct Event {
    EventKey key;
    Payload payload;
  };

  /// O(log n). The key must not be pending already.
  EventHandle push(const EventKey& key, Payload payload) {
    const std::uint32_t slot = take_slot(std::move(payload));
    const EventHandle handle{.slot = slot, .generation = slots_[slot].generation};
    heap_.push_back({.key = key, .handle = handle});
    sift_up(heap_.size() - 1);
    return handle;
  }

  /// Removes the event if it is still pending; returns whether it was. O(1) amortised: its heap entry is only
  /// marked, and dropped when it comes up or when marked entries are in the majority.
  bool cancel(EventHandle handle) {
    if (!is_pending(handle)) return false;
    free_slot(handle.slot);
    if (++cancelled_ > heap_.size() / 2 && cancelled_ > kFewEntries) drop_cancelled();
    return true;
  }

  /// The first event, if its time is before `end`. O(log n).
  std::optional<Event> pop_before(VirtualTime end) {
    while (!heap_.empty()) {
      const Entry first = heap_.front();
      const bool pending = is_pending(first.handle);
      if (pending && first.key.time >= end) return std::nullopt;
      remove_first();
      if (pending) {
        Event event{.key = first.key, .payload = std::move(slots_[first.handle.slot].payload)};
        free_slot(first.handle.slot);
        return event;
      }
      --cancelled_;
    }
    return std::nullopt;
  }

  /// The number of pending events.
  std::size_t size() const { return heap_.size() - cancelled_; }
  bool empty() const { return size() == 0; }

 private:
  static constexpr std::size_t kArity = 4;
  static constexpr std::size_t kFewEntries = 64;
  static constexpr std::uint32_t kNoSlot = ~0U;

  struct Entry {
    EventKey key;
    EventHandle handle;
  };
  struct Slot {
    Payload payload{};
    std::uint32_t generation = 0;  ///< counts the events that have left the slot
    std::uint32_t next_free = kNoSlot;
  };

  bool is_pending(EventHandle handle) const {
    return handle.slot < slots_.size() && slots_[handle.slot].generation == handle.generation;
  }

  std::uint32_t take_slot(Payload payload) {
    if (first_free_ == kNoSlot) {
      slots_.push_back({.payload = std::move(payload)});
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = std::exchange(first_free_, slots_[first_free_].next_free);
    slots_[slot].payload = std::move(payload);
    return slot;
  }

  void free_slot(std::uint32_t slot) {
    ++slots_[slot].generation;
    slots_[slot].next_free = std::exchange(first_free_, slot);
  }

  void sift_up(std::size_t at) {
    const Entry entry = heap_[at];
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (heap_[parent].key < entry.key) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = entry;
  }

  void sift_down(std::size_t at) {
    const Entry entry = heap_[at];
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= heap_.size()) break;
      std::size_t best = first;
      const std::size_t last = std::min(first + kArity, heap_.size());
      for (std::size_t child = first + 1; child < last; ++child) {
        if (heap_[child].key < heap_[best].key) best = child;
      }
      if (entry.key < heap_[best].key) break;
      heap_[at] = heap_[best];
      at = best;
    }
    heap_[at] = entry;
  }

  void remove_first() {
    heap_.front() = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sift_down(0);
  }

  void drop_cancelled() {
    std::erase_if(heap_, [&](const Entry& entry) { return !is_pending(entry.handle); });
    cancelled_ = 0;
    for (std::size_t at = heap_.size() / kArity + 1; at-- > 0;) {
      if (at < heap_.size()) sift_down(at);
    }
  }

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNoSlot;
  std::size_t cancelled_ = 0;  ///< heap entries whose event is gone
};

}  // namespace throng
