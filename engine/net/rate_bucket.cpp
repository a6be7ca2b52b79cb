#include "engine/net/rate_bucket.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace throng {
namespace {

constexpr Delay kMinute = std::chrono::minutes(1);
constexpr int kSlots = 16384;  // of the log: an entry lasts at most 1/16384 (4 ms) too long

double micros(Instant at) { return static_cast<double>(at.time_since_epoch().count()); }

}  // namespace

RateBucket::RateBucket(RateBucketOptions options)
    : options_(options),
      limit_(options.limit),
      log_((kMinute + options.arrival_jitter) / kSlots),
      next_(std::numeric_limits<double>::lowest()) {}

double RateBucket::spacing() const {
  // A little faster than the log allows in the long run, so that the pace never costs throughput.
  const Delay window = kMinute + options_.arrival_jitter / 2;
  return static_cast<double>(window.count()) / static_cast<double>(limit_);
}

void RateBucket::set_limit(Instant now, std::int64_t limit) {
  if (limit_ > 0 && limit > 0 && next_ > micros(now))
    next_ = micros(now) + (next_ - micros(now)) * static_cast<double>(limit_) / static_cast<double>(limit);
  limit_ = limit;
}

std::int64_t RateBucket::counted(Instant now) {
  log_.drop_expired(now);
  return log_.total() + held_;
}

Instant RateBucket::earliest(Instant now, std::int64_t amount) {
  if (limit_ == 0) return now;
  Instant at = now;
  if (next_ > micros(now)) at = Instant(Delay(static_cast<Delay::rep>(std::ceil(next_))));
  const std::int64_t excess = counted(now) + amount - limit_;
  return excess > 0 ? std::max(at, log_.frees(excess)) : at;
}

void RateBucket::pace(Instant now, double amount) {
  if (limit_ == 0) return;
  next_ = std::max(next_, micros(now - options_.catch_up)) + amount * spacing();
}

SlidingLog::Slot RateBucket::take(Instant now, std::int64_t amount) {
  pace(now, static_cast<double>(amount));
  return log_.add(now, now + kMinute + options_.arrival_jitter, amount);
}

void RateBucket::correct(SlidingLog::Slot slot, std::int64_t delta) {
  log_.adjust(slot, delta);
  if (limit_ > 0) next_ += static_cast<double>(delta) * spacing();
}

void RateBucket::hold(Instant now, std::int64_t amount) {
  pace(now, static_cast<double>(amount));
  held_ += amount;
}

void RateBucket::settle(Instant now, std::int64_t held, std::int64_t counted, Delay shortest) {
  held_ -= held;
  if (limit_ > 0) next_ += static_cast<double>(counted - held) * spacing();
  const Delay lasts = kMinute + options_.arrival_jitter - std::min(shortest, kMinute);
  log_.add(now, now + lasts, counted);
}

void RateBucket::hear_count(Instant now, std::int64_t count) {
  const std::int64_t others = count - counted(now);
  if (others > 0) log_.add(now, now + kMinute + options_.arrival_jitter, others);
}

void RateBucket::forget_missed(Instant until) { next_ = std::max(next_, micros(until)); }

}  // namespace throng
