#include "llm/mock/sliding_minute.h"

#include <algorithm>

namespace throng::llm::mock {

void SlidingMinute::add(TimePoint now, std::int64_t amount) {
  forget(now);
  if (amount == 0) return;
  entries_.push_back({now, amount});
  sum_ += amount;
  peak_ = std::max(peak_, sum_);
}

std::int64_t SlidingMinute::sum(TimePoint now) {
  forget(now);
  return sum_;
}

SlidingMinute::Duration SlidingMinute::until_at_most(std::int64_t most, TimePoint now) {
  forget(now);
  std::int64_t left = sum_;
  Duration wait{0};
  for (auto entry = entries_.begin(); left > most && entry != entries_.end(); ++entry) {
    left -= entry->amount;
    wait = entry->at + kSpan - now;
  }
  return wait;
}

SlidingMinute::Duration SlidingMinute::until_empty(TimePoint now) {
  forget(now);
  return entries_.empty() ? Duration{0} : entries_.back().at + kSpan - now;
}

void SlidingMinute::forget(TimePoint now) {
  while (!entries_.empty() && entries_.front().at + kSpan <= now) {
    sum_ -= entries_.front().amount;
    entries_.pop_front();
  }
}

}  // namespace throng::llm::mock
