#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>

namespace throng::llm::mock {

/// How a server keeps a limit per minute.
enum class LimitKind {
  sliding,  ///< the last 60 seconds, exactly
  fixed,    ///< minutes of its own clock, each of which begins anew
  bucket,   ///< a token bucket: filled at the limit's rate, up to a capacity
};

/// What a server has counted against one limit. Times must not decrease. Pure.
class LimitBooks {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  static constexpr std::chrono::seconds kMinute{60};

  virtual ~LimitBooks() = default;
  virtual void add(TimePoint now, std::int64_t amount) = 0;
  /// How much counts now; of a bucket, what is missing in it, rounded up.
  virtual std::int64_t used(TimePoint now) = 0;
  /// How long until, with nothing added, at most `most` (0 or more) counts.
  virtual Duration until_at_most(std::int64_t most, TimePoint now) = 0;
  /// The most that may count: the limit, or a bucket's capacity.
  virtual std::int64_t most() const = 0;
  /// The limit per minute from now on; 0: none.
  virtual void set_limit(std::int64_t limit, TimePoint now) = 0;
};

/// What came at t counts from t until just before t + 60 s.
class SlidingMinute : public LimitBooks {
 public:
  explicit SlidingMinute(std::int64_t limit = 0) : limit_(limit) {}

  void add(TimePoint now, std::int64_t amount) override;
  std::int64_t used(TimePoint now) override;
  Duration until_at_most(std::int64_t most, TimePoint now) override;
  std::int64_t most() const override { return limit_; }
  void set_limit(std::int64_t limit, TimePoint /*now*/) override { limit_ = limit; }
  /// The largest sum that there ever was.
  std::int64_t peak() const { return peak_; }

 private:
  struct Entry {
    TimePoint at;
    std::int64_t amount;
  };
  void forget(TimePoint now);

  std::int64_t limit_;
  std::deque<Entry> entries_;
  std::int64_t sum_ = 0;
  std::int64_t peak_ = 0;
};

/// Minutes that follow one another from `start` on.
class FixedMinute : public LimitBooks {
 public:
  FixedMinute(std::int64_t limit, TimePoint start) : limit_(limit), begin_(start) {}

  void add(TimePoint now, std::int64_t amount) override;
  std::int64_t used(TimePoint now) override;
  Duration until_at_most(std::int64_t most, TimePoint now) override;
  std::int64_t most() const override { return limit_; }
  void set_limit(std::int64_t limit, TimePoint /*now*/) override { limit_ = limit; }

 private:
  void turn(TimePoint now);

  std::int64_t limit_;
  TimePoint begin_;
  std::int64_t sum_ = 0;
};

/// Full at first; holds what the limit gives in `span`, and 1 at least.
class TokenBucket : public LimitBooks {
 public:
  TokenBucket(std::int64_t limit, Duration span, TimePoint start)
      : limit_(limit), span_(span), filled_(start) {}

  void add(TimePoint now, std::int64_t amount) override;
  std::int64_t used(TimePoint now) override;
  Duration until_at_most(std::int64_t most, TimePoint now) override;
  std::int64_t most() const override;
  void set_limit(std::int64_t limit, TimePoint now) override;

 private:
  void fill(TimePoint now);
  double per_nanosecond() const;

  std::int64_t limit_;
  Duration span_;
  TimePoint filled_;
  double missing_ = 0;
};

/// `bucket`: the span whose allowance a bucket holds.
std::unique_ptr<LimitBooks> make_books(LimitKind kind, std::int64_t limit, LimitBooks::Duration bucket,
                                       LimitBooks::TimePoint start);

}  // namespace throng::llm::mock
