#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace throng::llm::mock {

/// Amounts of the last 60 seconds, exactly: what came at t counts from t until just before t + 60 s. Times must not
/// decrease. Pure.
class SlidingMinute {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  static constexpr std::chrono::seconds kSpan{60};

  void add(TimePoint now, std::int64_t amount);
  std::int64_t sum(TimePoint now);
  /// How long until the sum, with nothing added, is at most `most` (0 or more).
  Duration until_at_most(std::int64_t most, TimePoint now);
  /// How long until nothing counts any more.
  Duration until_empty(TimePoint now);
  /// The largest sum that there ever was.
  std::int64_t peak() const { return peak_; }

 private:
  struct Entry {
    TimePoint at;
    std::int64_t amount;
  };
  void forget(TimePoint now);

  std::deque<Entry> entries_;
  std::int64_t sum_ = 0;
  std::int64_t peak_ = 0;
};

}  // namespace throng::llm::mock
