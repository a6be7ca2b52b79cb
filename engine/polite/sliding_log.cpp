#include "engine/polite/sliding_log.h"

#include <algorithm>

namespace throng {

SlidingLog::Slot SlidingLog::add(Instant now, Instant expires, std::int64_t amount) {
  const bool fresh = entries_.empty() || now - entries_.back().opened >= resolution_ || forgiven(newest());
  if (fresh) {
    if (!entries_.empty()) expires = std::max(expires, entries_.back().expires);
    entries_.push_back({now, expires, 0});
  }
  Entry& entry = entries_.back();
  entry.expires = std::max(entry.expires, expires);
  entry.amount += amount;
  total_ += amount;
  return newest();
}

void SlidingLog::adjust(Slot slot, std::int64_t delta) {
  if (slot < first_ || slot - first_ >= entries_.size()) return;
  Entry& entry = entries_[slot - first_];
  delta = std::max(delta, -entry.amount);
  entry.amount += delta;
  if (!forgiven(slot)) total_ += delta;
}

void SlidingLog::drop_expired(Instant now) {
  while (!entries_.empty() && entries_.front().expires <= now) {
    if (!forgiven(first_)) total_ -= entries_.front().amount;
    entries_.pop_front();
    ++first_;
  }
  while (!claims_.empty() && claims_.front().slot < first_) claims_.pop_front();
  while (claims_.size() > 1 && claims_[1].at <= now)
    claims_.pop_front();  // of those due the last says it all
}

Instant SlidingLog::frees(std::int64_t amount) const {
  for (Slot slot = first_counted(); slot < first_ + entries_.size(); ++slot) {
    const Entry& entry = entries_[slot - first_];
    amount -= entry.amount;
    if (amount <= 0) return entry.expires;
  }
  return kNever;
}

void SlidingLog::claim(Slot slot, Instant at) {
  if (slot < first_counted()) return;
  // Of two claims the one about more that comes no later says it all.
  auto next = std::ranges::upper_bound(claims_, slot, {}, &Claim::slot);
  if (next != claims_.end() && next->at <= at) return;
  while (next != claims_.begin() && std::prev(next)->at >= at) next = claims_.erase(std::prev(next));
  if (next != claims_.begin() && std::prev(next)->slot == slot) return;
  claims_.insert(next, {slot, at});
}

Instant SlidingLog::claimed_free(std::int64_t amount) const {
  auto claim = claims_.begin();
  for (Slot slot = first_counted(); slot < first_ + entries_.size(); ++slot) {
    while (claim != claims_.end() && claim->slot < slot) ++claim;
    const Entry& entry = entries_[slot - first_];
    amount -= entry.amount;
    if (amount <= 0) return claim == claims_.end() ? entry.expires : std::min(entry.expires, claim->at);
  }
  return kNever;
}

void SlidingLog::forgive(Instant now) {
  while (!claims_.empty() && claims_.front().at <= now) {
    for (Slot slot = first_counted(); slot <= claims_.front().slot; ++slot)
      total_ -= entries_[slot - first_].amount;
    forgiven_before_ = std::max(forgiven_before_, claims_.front().slot + 1);
    claims_.pop_front();
  }
}

void SlidingLog::remember() {
  for (Slot slot = first_; slot < std::min(forgiven_before_, first_ + entries_.size()); ++slot)
    total_ += entries_[slot - first_].amount;
  forgiven_before_ = first_;
  claims_.clear();
}

}  // namespace throng
