#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "engine/polite/instant.h"

namespace throng {

/// How a server enforces a limit per minute.
enum class Enforcement {
  sliding_log,   ///< the last 60 seconds, exactly
  fixed_window,  ///< minutes of its own clock
  token_bucket,  ///< refilled all the time, with room for one second's worth (but at least for `room`)
};

/// One limit of a simulated server: decides, and writes down all that it counted.
class ServerLimit {
 public:
  ServerLimit(Enforcement enforcement, std::int64_t limit, double room = 2)
      : enforcement_(enforcement), limit_(limit), room_(room), level_(capacity()) {}

  void set_limit(std::int64_t limit) {
    limit_ = limit;
    level_ = std::min(level_, capacity());
  }
  std::int64_t limit() const { return limit_; }

  /// Counts what is accepted.
  bool arrive(Instant now, std::int64_t amount) {
    if (!fits(now, amount)) return false;
    count(now, amount);
    return true;
  }
  void count(Instant now, std::int64_t amount) {
    refill(now);
    level_ -= static_cast<double>(amount);
    log_.push_back({now, amount});
    in_window_ += amount;
    counted_.push_back({now, amount});
  }
  bool fits(Instant now, std::int64_t amount) {
    refill(now);
    if (enforcement_ == Enforcement::token_bucket) return level_ >= static_cast<double>(amount);
    return in_window_ + amount <= limit_;
  }
  std::int64_t in_window(Instant now) {
    refill(now);
    return in_window_;
  }

  /// The most that stood in any 60 s, computed from the record alone.
  std::int64_t most_in_a_minute() const {
    std::int64_t most = 0;
    std::int64_t sum = 0;
    std::size_t oldest = 0;
    for (const auto& [at, amount] : counted_) {
      sum += amount;
      while (counted_[oldest].at <= at - std::chrono::minutes(1)) sum -= counted_[oldest++].amount;
      most = std::max(most, sum);
    }
    return most;
  }
  std::int64_t counted_between(Instant from, Instant to) const {
    std::int64_t sum = 0;
    for (const auto& [at, amount] : counted_) sum += at >= from && at < to ? amount : 0;
    return sum;
  }

 private:
  struct Counted {
    Instant at;
    std::int64_t amount;
  };

  double capacity() const { return std::max(room_, static_cast<double>(limit_) / 60); }
  void refill(Instant now) {
    const double elapsed = std::chrono::duration<double>(now - refilled_).count();
    level_ = std::min(capacity(), level_ + elapsed * static_cast<double>(limit_) / 60);
    refilled_ = now;
    const auto minute = std::chrono::minutes(1);
    const Instant begin = enforcement_ == Enforcement::fixed_window
                              ? Instant(now.time_since_epoch() / minute * Delay(minute)) - Delay(1)
                              : now - Delay(minute);
    while (!log_.empty() && log_.front().at <= begin) {
      in_window_ -= log_.front().amount;
      log_.pop_front();
    }
  }

  Enforcement enforcement_;
  std::int64_t limit_;
  double room_;
  double level_;
  Instant refilled_;
  std::deque<Counted> log_;
  std::int64_t in_window_ = 0;
  std::vector<Counted> counted_;
};

}  // namespace throng
