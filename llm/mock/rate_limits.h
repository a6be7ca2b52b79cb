#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/http/http_message.h"
#include "llm/endpoint_options.h"
#include "llm/mock/limit_books.h"

namespace throng::llm::mock {

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
