#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>
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

/// Pending events in the order of their keys. Not thread-safe. Pushing and popping allocate nothing once
/// capacity has grown to the largest number pending.
///
/// The next few events are in a 4-ary heap, small enough for the first cache. All later ones lie unsorted in
/// buckets, as in a radix heap (Ahuja et al., JACM 1990): with a key's (time, priority, source) as a number
/// in base 32, its rank, bucket (level, digit) holds the events whose highest digit that differs from `base_`
/// is this one. When the heap has run empty, the first bucket goes there, or, when it is large, is spread
/// over the levels below first. So an event is moved a few times, always to the end of a list, whatever the
/// number pending and however they are distributed; in one heap of them all every level would miss the cache.
template <class Payload>
class EventQueue {
 public:
  static_assert(std::is_trivially_copyable_v<Payload>, "payloads are moved often");

  struct Event {
    EventKey key;
    Payload payload;
  };

  EventQueue() = default;
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// The key must not be pending already. May be before events that have been popped.
  EventHandle push(const EventKey& key, Payload payload) {
    const std::uint32_t slot = take_slot();
    slots_[slot].sequence = key.sequence;
    slots_[slot].state = kPending;
    place({.time = upper_half(key.time), .lower = lower_half(key), .payload = payload, .slot = slot});
    ++entries_;
    return {.slot = slot, .generation = slots_[slot].generation};
  }

  /// Removes the event if it is still pending; returns whether it was. O(1) amortised: its entry is only
  /// marked, and dropped when it comes up or when marked entries are in the majority.
  bool cancel(EventHandle handle) {
    if (handle.slot >= slots_.size() || slots_[handle.slot].generation != handle.generation) return false;
    slots_[handle.slot].state = kCancelled;
    ++slots_[handle.slot].generation;
    if (++cancelled_ > entries_ / 2 && cancelled_ > kFewEntries) drop_cancelled();
    return true;
  }

  /// The first event, if its time is before `end`.
  std::optional<Event> pop_before(VirtualTime end) {
    while (!near_.empty() || refill(upper_half(end))) {
      const Entry first = near_.front();
      const bool pending = is_pending(first);
      if (pending && first.time >= upper_half(end)) break;
      remove_first();
      const EventKey key = key_of(first);
      drop(first);
      if (pending) return Event{.key = key, .payload = first.payload};
    }
    return std::nullopt;
  }

  /// For prefetching: the payloads of a few events that are likely to be among the next (or have been
  /// cancelled); null from some `i` on.
  const Payload* upcoming(std::size_t i) const {
    return i < std::min(kUpcoming, near_.size()) ? &near_[i].payload : nullptr;
  }

  /// The number of pending events.
  std::size_t size() const { return entries_ - cancelled_; }
  bool empty() const { return size() == 0; }

 private:
  static constexpr std::size_t kArity = 4;
  static constexpr std::size_t kUpcoming = 3;
  static constexpr std::size_t kFewEntries = 64;
  static constexpr std::size_t kChunkEntries = 32;
  static constexpr unsigned kDigitBits = 5;
  static constexpr unsigned kDigits = 1U << kDigitBits;
  static constexpr unsigned kLevels = (128 + kDigitBits - 1) / kDigitBits;
  static constexpr std::uint32_t kPending = ~0U;
  static constexpr std::uint32_t kCancelled = kPending - 1;
  static constexpr std::uint32_t kNoSlot = kPending - 2;

  /// Time, priority and source of a key, as an unsigned number of the same order.
  __extension__ using Rank = unsigned __int128;

  struct Entry {
    std::uint64_t time;   ///< the upper half of the rank
    std::uint64_t lower;  ///< and the lower
    Payload payload;
    std::uint32_t slot;
  };
  /// What is rarely asked about an entry. Taken for as long as there is the entry.
  struct Slot {
    std::uint64_t sequence = 0;
    std::uint32_t generation =
        1;  ///< counts the events that have been popped or cancelled; never 0, so that a
            ///< default EventHandle names nothing
    std::uint32_t state = kPending;  ///< kPending, kCancelled, or the next free slot (kNoSlot: none)
  };
  /// A part of a bucket; only the first chunk of a bucket may have room left. One chunk is a small bucket.
  struct Chunk {
    Chunk* next = nullptr;
    std::size_t size = 0;
    std::array<Entry, kChunkEntries> entries;
  };
  struct Level {
    std::uint32_t used = 0;  ///< bit d: bucket d is not empty
    std::array<Chunk*, kDigits> buckets{};
  };

  static constexpr Rank rank(std::uint64_t time, std::uint64_t lower) { return Rank{time} << 64U | lower; }
  static Rank rank(const Entry& entry) { return rank(entry.time, entry.lower); }
  static constexpr std::uint64_t upper_half(VirtualTime time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ std::uint64_t{1} << 63U;
  }
  static std::uint64_t lower_half(const EventKey& key) {
    const std::uint32_t priority = static_cast<std::uint32_t>(key.priority) ^ 1U << 31U;
    return std::uint64_t{priority} << 32U | static_cast<std::uint32_t>(key.source);
  }
  EventKey key_of(const Entry& entry) const {
    const auto time = static_cast<std::int64_t>(entry.time ^ std::uint64_t{1} << 63U);
    const auto priority = static_cast<std::uint32_t>(entry.lower >> 32U) ^ 1U << 31U;
    return {.time = VirtualTime(Duration(time)),
            .priority = static_cast<std::int32_t>(priority),
            .source = ActorId(static_cast<std::uint32_t>(entry.lower)),
            .sequence = slots_[entry.slot].sequence};
  }
  bool before(const Entry& a, const Entry& b) const {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return slots_[a.slot].sequence < slots_[b.slot].sequence;
  }

  bool is_pending(const Entry& entry) const { return slots_[entry.slot].state == kPending; }

  std::uint32_t take_slot() {
    if (first_free_ == kNoSlot) {
      slots_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    return std::exchange(first_free_, slots_[first_free_].state);
  }

  /// Forgets an entry that has been taken out.
  void drop(const Entry& entry) {
    Slot& slot = slots_[entry.slot];
    --entries_;
    if (slot.state == kPending) {
      ++slot.generation;
    } else {
      --cancelled_;
    }
    slot.state = std::exchange(first_free_, entry.slot);
  }

  void place(const Entry& entry) {
    if (rank(entry) <= near_last_) {
      near_.push_back(entry);
      sift_up(near_.size() - 1);
      return;
    }
    const Rank differing = rank(entry) ^ base_;
    const auto upper = static_cast<std::uint64_t>(differing >> 64U);
    const auto lower = static_cast<std::uint64_t>(differing) | 1U;
    const int highest = upper != 0 ? 127 - std::countl_zero(upper) : 63 - std::countl_zero(lower);
    const unsigned level = static_cast<unsigned>(highest) / kDigitBits;
    const auto digit = static_cast<unsigned>(rank(entry) >> level * kDigitBits) % kDigits;
    Chunk*& bucket = levels_[level].buckets[digit];
    if (bucket == nullptr || bucket->size == kChunkEntries) {
      bucket = take_chunk(bucket);
      levels_[level].used |= 1U << digit;
      levels_used_ |= 1U << level;
    }
    bucket->entries[bucket->size++] = entry;
  }

  void place_or_drop(const Entry& entry) {
    if (is_pending(entry)) {
      place(entry);
    } else {
      drop(entry);
    }
  }

  Chunk* take_chunk(Chunk* next) {
    if (free_chunks_ == nullptr) {
      free_chunks_ = &chunks_.emplace_back();
    }
    Chunk* chunk = std::exchange(free_chunks_, free_chunks_->next);
    chunk->next = next;
    chunk->size = 0;
    return chunk;
  }

  /// Calls `visit` with the entries of a bucket that has been taken out, and frees it.
  template <class Visit>
  void empty_out(Chunk* bucket, Visit visit) {
    while (bucket != nullptr) {
      for (std::size_t i = 0; i < bucket->size; ++i) visit(bucket->entries[i]);
      Chunk* next = std::exchange(bucket->next, free_chunks_);
      free_chunks_ = std::exchange(bucket, next);
    }
  }

  Chunk* take_bucket(unsigned level, unsigned digit) {
    levels_[level].used &= ~(1U << digit);
    if (levels_[level].used == 0) levels_used_ &= ~(1U << level);
    return std::exchange(levels_[level].buckets[digit], nullptr);
  }

  /// Moves the first events into the empty heap, unless all are known to be at `end` or later. Returns
  /// whether there is one now.
  bool refill(std::uint64_t end) {
    while (near_.empty() && levels_used_ != 0) {
      const auto level = static_cast<unsigned>(std::countr_zero(levels_used_));
      const auto digit = static_cast<unsigned>(std::countr_zero(levels_[level].used));
      const unsigned shift = level * kDigitBits;
      const Rank begin = ((base_ >> shift & ~Rank{kDigits - 1}) | digit) << shift;
      if (begin >= rank(end, 0)) return false;
      Chunk* bucket = take_bucket(level, digit);
      base_ = begin;
      near_last_ = std::max(near_last_, begin - 1);
      if (level == 0) {
        near_last_ = begin;
      } else if (bucket->next == nullptr) {
        for (std::size_t i = 0; i < bucket->size; ++i) {
          near_last_ = std::max(near_last_, rank(bucket->entries[i]));
          __builtin_prefetch(&slots_[bucket->entries[i].slot], 1);
          if constexpr (std::is_pointer_v<Payload>) {
            __builtin_prefetch(bucket->entries[i].payload, 1);
            __builtin_prefetch(reinterpret_cast<const char*>(bucket->entries[i].payload + 1) - 1, 1);
          }
        }
      }
      empty_out(bucket, [&](const Entry& entry) { place(entry); });
    }
    return !near_.empty();
  }

  void sift_up(std::size_t at) {
    const Entry entry = near_[at];
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (before(near_[parent], entry)) break;
      near_[at] = near_[parent];
      at = parent;
    }
    near_[at] = entry;
  }

  void sift_down(std::size_t at) {
    const Entry entry = near_[at];
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= near_.size()) break;
      std::size_t best = first;
      const std::size_t last = std::min(first + kArity, near_.size());
      for (std::size_t child = first + 1; child < last; ++child) {
        if (before(near_[child], near_[best])) best = child;
      }
      if (before(entry, near_[best])) break;
      near_[at] = near_[best];
      at = best;
    }
    near_[at] = entry;
  }

  void remove_first() {
    near_.front() = near_.back();
    near_.pop_back();
    if (!near_.empty()) sift_down(0);
  }

  void drop_cancelled() {
    for (const Entry& entry : std::exchange(near_, {})) place_or_drop(entry);
    for (unsigned level = 0; level < kLevels; ++level) {
      for (unsigned digit = 0; digit < kDigits; ++digit) {
        empty_out(take_bucket(level, digit), [&](const Entry& entry) { place_or_drop(entry); });
      }
    }
  }

  std::vector<Entry> near_;  ///< all events up to near_last_
  Rank near_last_ = rank(upper_half(VirtualTime{}), 0);
  Rank base_ = near_last_;         ///< never falls; what is before it belongs to near_
  std::uint32_t levels_used_ = 0;  ///< bit l: level l has a bucket that is not empty
  std::array<Level, kLevels> levels_{};
  std::deque<Chunk> chunks_;
  Chunk* free_chunks_ = nullptr;

  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNoSlot;
  std::size_t entries_ = 0;    ///< in near_ and in buckets
  std::size_t cancelled_ = 0;  ///< of these, those whose event is gone
};

}  // namespace throng
