#pragma once

#include <cstdint>

#include "engine/net/sliding_log.h"

namespace throng {

struct RateBucketOptions {
  std::int64_t limit = 0;  ///< per minute; 0: none
  /// What the time from our decision to the server's count may vary by. The limit is kept over windows longer
  /// than a minute by this much, which costs that share of it.
  Delay arrival_jitter = std::chrono::milliseconds(750);
  /// A caller that comes too late may catch up at once with what it missed within this time (timers are coarse).
  Delay catch_up = std::chrono::milliseconds(100);
};

/// One limit per minute, of requests or of tokens, kept for every kind of server: amounts are *paced* (each
/// keeps the next one away in proportion to its size, so a small token bucket or a limit per second does not
/// notice a burst), and a *log* of the last minute and jitter bounds the sum in any sliding or fixed window, exactly.
///
/// An amount is either counted by the server when it arrives (`take`), or when the work is done (`hold`, then
/// `settle`): then it counts in full while the work lasts, and from its end for a minute less the shortest time
/// that work takes, because whatever is sent from then on is counted later than that.
class RateBucket {
 public:
  explicit RateBucket(RateBucketOptions options);

  std::int64_t limit() const { return limit_; }
  /// 0: none. What was counted stays counted.
  void set_limit(Instant now, std::int64_t limit);

  /// The first moment from `now` on at which `amount` (no larger than the limit) may go, if nothing else does; kNever: not
  /// before something held is settled.
  Instant earliest(Instant now, std::int64_t amount);

  SlidingLog::Slot take(Instant now, std::int64_t amount);
  /// Corrects an amount that was taken.
  void correct(SlidingLog::Slot slot, std::int64_t delta);

  void hold(Instant now, std::int64_t amount);
  /// Ends a hold of `held`, of which the server counted `counted` (or more than was held). `shortest`: the
  /// shortest time that work takes; no longer than this one was held.
  void settle(Instant now, std::int64_t held, std::int64_t counted, Delay shortest);

  /// The server has just said that it counts `count`. What we do not know of is somebody else's.
  void hear_count(Instant now, std::int64_t count);
  /// Nothing was sent until `until`: no catching up from before.
  void forget_missed(Instant until);

  /// What may stand in the server's books, at most.
  std::int64_t counted(Instant now);

 private:
  void pace(Instant now, double amount);
  double spacing() const;  ///< microseconds per unit

  RateBucketOptions options_;
  std::int64_t limit_;
  SlidingLog log_;
  std::int64_t held_ = 0;
  double next_;  ///< microseconds of the clock; the pace allows nothing before
};

}  // namespace throng
