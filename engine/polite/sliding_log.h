#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "engine/polite/instant.h"

namespace throng {

/// Amounts that each count until a moment of their own. Entries made within `resolution` of each other share a
/// slot and expire together, the last one's moment deciding: at most lifetime / resolution slots are kept.
///
/// Somebody may *claim* that the oldest ones count no longer than until a sooner moment. A claim changes nothing by itself:
/// `forgive` acts on those that are due, and `remember` takes that back.
class SlidingLog {
 public:
  using Slot = std::uint64_t;

  explicit SlidingLog(Delay resolution) : resolution_(resolution) {}

  /// Entries expire in the order in which they were added: none before an earlier one.
  Slot add(Instant now, Instant expires, std::int64_t amount);
  /// Corrects an amount; nothing happens once its slot has expired. A slot never falls below 0.
  void adjust(Slot slot, std::int64_t delta);
  void drop_expired(Instant now);

  /// Of all that has neither been dropped nor forgiven.
  std::int64_t total() const { return total_; }
  /// When at least `amount` of it will have expired; kNever if there is not so much.
  Instant frees(std::int64_t amount) const;

  /// The newest slot, if there is any.
  Slot newest() const { return first_ + entries_.size() - 1; }
  bool empty() const { return entries_.empty(); }
  /// All up to `slot` counts until `at` at most.
  void claim(Slot slot, Instant at);
  /// As `frees`, if the claims are true.
  Instant claimed_free(std::int64_t amount) const;
  /// What is claimed to be over counts no more.
  void forgive(Instant now);
  /// All that was forgiven and has not expired counts again, and nothing is claimed any more.
  void remember();

 private:
  struct Entry {
    Instant opened;
    Instant expires;
    std::int64_t amount;
  };
  struct Claim {
    Slot slot;
    Instant at;
  };
  bool forgiven(Slot slot) const { return slot < forgiven_before_; }
  Slot first_counted() const { return std::max(first_, forgiven_before_); }

  Delay resolution_;
  std::deque<Entry> entries_;
  std::deque<Claim> claims_;  ///< of increasing slots and moments
  Slot first_ = 0;            ///< the slot of entries_.front()
  Slot forgiven_before_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace throng
