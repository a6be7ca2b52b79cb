#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "engine/http/http_message.h"
#include "llm/endpoint_options.h"

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

/// What the limits say about a request.
enum class Verdict {
  admitted,
  too_many_requests,
  too_many_tokens,
  too_large,  ///< it alone is more than the tokens of a minute
};

/// What the x-ratelimit- headers of all replies tell.
enum class AnnouncedLimits {
  right,  ///< what the server counts
  full,   ///< wrong, as from a gateway that counts nothing: that the whole limit remains, whatever was used
  empty,  ///< wrong: that nothing remains for a minute, whatever was used
  none,   ///< nothing: there are no such headers. A 429 still says when to come again
};

struct RateLimitsOptions {
  int rpm = 0;  ///< requests per minute; 0: no limit
  int tpm = 0;  ///< tokens per minute; 0: no limit
  TokenCounting counting = TokenCounting::admission;
  LimitKind kind = LimitKind::sliding;
  std::chrono::milliseconds bucket{1000};  ///< the span whose allowance a bucket holds
  AnnouncedLimits announced = AnnouncedLimits::right;
};

/// Requests and tokens per minute. Rejected requests count too, but not their tokens, and nothing is taken from a
/// bucket that has too little. What is more than a bucket holds goes when it is full. Without a limit it still counts. Pure.
class RateLimits {
 public:
  using TimePoint = LimitBooks::TimePoint;
  using Duration = LimitBooks::Duration;

  /// `start`: when the first of fixed minutes begins.
  RateLimits(const RateLimitsOptions& options, TimePoint start);

  /// Counts a request that may take `tokens` (prompt and max_tokens).
  Verdict admit(std::int64_t tokens, TimePoint now);
  /// A reply went out that took `tokens`. Only counts if that is how tokens are counted.
  void used(std::int64_t tokens, TimePoint now);

  /// After a verdict for a request of `tokens`: when the like of it would be admitted.
  Duration retry_after(Verdict verdict, std::int64_t tokens, TimePoint now);
  /// Appends the x-ratelimit- headers of the limits that there are.
  void append_headers(net::HttpHeaders& headers, TimePoint now);

  /// 0: no limit.
  void set(int rpm, int tpm, TimePoint now);
  int rpm() const { return options_.rpm; }
  int tpm() const { return options_.tpm; }
  /// In any sliding minute, whatever the kind.
  std::int64_t peak_requests() const { return all_requests_.peak(); }
  std::int64_t peak_tokens() const { return all_tokens_.peak(); }

 private:
  void append(net::HttpHeaders& headers, std::string_view what, int limit, LimitBooks& books, TimePoint now);
  void count_tokens(std::int64_t tokens, TimePoint now);

  RateLimitsOptions options_;
  std::unique_ptr<LimitBooks> requests_;
  std::unique_ptr<LimitBooks> tokens_;
  SlidingMinute all_requests_;
  SlidingMinute all_tokens_;
};

/// As servers write it: "120ms", "1.5s", "6m0s"; rounded up to milliseconds.
std::string reset_text(LimitBooks::Duration span);

}  // namespace throng::llm::mock
