#include "engine/net/sliding_log.h"

#include <algorithm>

namespace throng {

SlidingLog::Slot SlidingLog::add(Instant now, Instant expires, std::int64_t amount) {
  if (entries_.empty() || now - entries_.back().opened >= resolution_) {
    if (!entries_.empty()) expires = std::max(expires, entries_.back().expires);
    entries_.push_back({now, expires, 0});
  }
  Entry& entry = entries_.back();
  entry.expires = std::max(entry.expires, expires);
  entry.amount += amount;
  total_ += amount;
  return first_ + entries_.size() - 1;
}

void SlidingLog::adjust(Slot slot, std::int64_t delta) {
  if (slot < first_ || slot - first_ >= entries_.size()) return;
  Entry& entry = entries_[slot - first_];
  delta = std::max(delta, -entry.amount);
  entry.amount += delta;
  total_ += delta;
}

void SlidingLog::drop_expired(Instant now) {
  while (!entries_.empty() && entries_.front().expires <= now) {
    total_ -= entries_.front().amount;
    entries_.pop_front();
    ++first_;
  }
}

Instant SlidingLog::frees(std::int64_t amount) const {
  for (const Entry& entry : entries_) {
    amount -= entry.amount;
    if (amount <= 0) return entry.expires;
  }
  return kNever;
}

}  // namespace throng
