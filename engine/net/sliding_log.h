#pragma once

#include <cstdint>
#include <deque>

#include "engine/net/instant.h"

namespace throng {

/// Amounts that each count until a moment of their own. Entries made within `resolution` of each other share a
/// slot and expire together, the last one's moment deciding: at most lifetime / resolution slots are kept.
class SlidingLog {
 public:
  using Slot = std::uint64_t;

  explicit SlidingLog(Delay resolution) : resolution_(resolution) {}

  /// Entries expire in the order in which they were added: none before an earlier one.
  Slot add(Instant now, Instant expires, std::int64_t amount);
  /// Corrects an amount; nothing happens once its slot has expired. A slot never falls below 0.
  void adjust(Slot slot, std::int64_t delta);
  void drop_expired(Instant now);

  /// Of all that has not been dropped.
  std::int64_t total() const { return total_; }
  /// When at least `amount` of it will have expired; kNever if there is not so much.
  Instant frees(std::int64_t amount) const;

 private:
  struct Entry {
    Instant opened;
    Instant expires;
    std::int64_t amount;
  };

  Delay resolution_;
  std::deque<Entry> entries_;
  Slot first_ = 0;  ///< the slot of entries_.front()
  std::int64_t total_ = 0;
};

}  // namespace throng
