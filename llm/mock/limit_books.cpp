#include "llm/mock/limit_books.h"

#include <algorithm>
#include <cmath>

namespace throng::llm::mock {

void SlidingMinute::add(TimePoint now, std::int64_t amount) {
  forget(now);
  if (amount == 0) return;
  entries_.push_back({now, amount});
  sum_ += amount;
  peak_ = std::max(peak_, sum_);
}

std::int64_t SlidingMinute::used(TimePoint now) {
  forget(now);
  return sum_;
}

LimitBooks::Duration SlidingMinute::until_at_most(std::int64_t most, TimePoint now) {
  forget(now);
  std::int64_t left = sum_;
  Duration wait{0};
  for (auto entry = entries_.begin(); left > most && entry != entries_.end(); ++entry) {
    left -= entry->amount;
    wait = entry->at + kMinute - now;
  }
  return wait;
}

void SlidingMinute::forget(TimePoint now) {
  while (!entries_.empty() && entries_.front().at + kMinute <= now) {
    sum_ -= entries_.front().amount;
    entries_.pop_front();
  }
}

void FixedMinute::add(TimePoint now, std::int64_t amount) {
  turn(now);
  sum_ += amount;
}

std::int64_t FixedMinute::used(TimePoint now) {
  turn(now);
  return sum_;
}

LimitBooks::Duration FixedMinute::until_at_most(std::int64_t most, TimePoint now) {
  turn(now);
  return sum_ > most ? begin_ + kMinute - now : Duration{0};
}

void FixedMinute::turn(TimePoint now) {
  const auto minutes = (now - begin_) / kMinute;
  if (minutes == 0) return;
  begin_ += minutes * kMinute;
  sum_ = 0;
}

double TokenBucket::per_nanosecond() const { return static_cast<double>(limit_) / 60e9; }

std::int64_t TokenBucket::most() const {
  return std::max<std::int64_t>(1, std::llround(per_nanosecond() * static_cast<double>(span_.count())));
}

void TokenBucket::add(TimePoint now, std::int64_t amount) {
  fill(now);
  missing_ += static_cast<double>(amount);
}

std::int64_t TokenBucket::used(TimePoint now) {
  fill(now);
  return static_cast<std::int64_t>(std::ceil(missing_ - 1e-6));  // sums of many small fillings
}

LimitBooks::Duration TokenBucket::until_at_most(std::int64_t most, TimePoint now) {
  fill(now);
  const double excess = missing_ - static_cast<double>(most);
  if (excess <= 0 || limit_ == 0) return Duration{0};
  return Duration(static_cast<Duration::rep>(std::ceil(excess / per_nanosecond())));
}

void TokenBucket::set_limit(std::int64_t limit, TimePoint now) {
  fill(now);
  limit_ = limit;
}

void TokenBucket::fill(TimePoint now) {
  missing_ = std::max(0.0, missing_ - static_cast<double>((now - filled_).count()) * per_nanosecond());
  filled_ = now;
}

std::unique_ptr<LimitBooks> make_books(LimitKind kind, std::int64_t limit, LimitBooks::Duration bucket,
                                       LimitBooks::TimePoint start) {
  switch (kind) {
    case LimitKind::fixed:
      return std::make_unique<FixedMinute>(limit, start);
    case LimitKind::bucket:
      return std::make_unique<TokenBucket>(limit, bucket, start);
    case LimitKind::sliding:
      break;
  }
  return std::make_unique<SlidingMinute>(limit);
}

}  // namespace throng::llm::mock
