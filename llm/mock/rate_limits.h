#pragma once

#include <cstdint>
#include <string>

#include "engine/net/http_message.h"
#include "llm/endpoint_options.h"
#include "llm/mock/sliding_minute.h"

namespace throng::llm::mock {

/// What the limits say about a request.
enum class Verdict {
  admitted,
  too_many_requests,
  too_many_tokens,
  too_large,  ///< it alone is more than the tokens of a minute
};

/// Requests and tokens per minute, counted over an exact sliding minute. Every request counts, rejected ones too;
/// the tokens of rejected ones do not. Without a limit it still counts. Pure.
class RateLimits {
 public:
  using TimePoint = SlidingMinute::TimePoint;
  using Duration = SlidingMinute::Duration;

  RateLimits(int rpm, int tpm, TokenCounting counting) : rpm_(rpm), tpm_(tpm), counting_(counting) {}

  /// Counts a request that may take `tokens` (prompt and max_tokens).
  Verdict admit(std::int64_t tokens, TimePoint now);
  /// A reply went out that took `tokens`. Only counts if that is how tokens are counted.
  void used(std::int64_t tokens, TimePoint now);

  /// After a verdict for a request of `tokens`: when the like of it would be admitted.
  Duration retry_after(Verdict verdict, std::int64_t tokens, TimePoint now);
  /// Appends the x-ratelimit- headers of the limits that there are.
  void append_headers(net::HttpHeaders& headers, TimePoint now);

  /// 0: no limit.
  void set(int rpm, int tpm) {
    rpm_ = rpm;
    tpm_ = tpm;
  }
  int rpm() const { return rpm_; }
  int tpm() const { return tpm_; }
  std::int64_t peak_requests() const { return requests_.peak(); }
  std::int64_t peak_tokens() const { return tokens_.peak(); }

 private:
  int rpm_;
  int tpm_;
  TokenCounting counting_;
  SlidingMinute requests_;
  SlidingMinute tokens_;
};

/// As servers write it: "120ms", "1.5s", "6m0s"; rounded up to milliseconds.
std::string reset_text(SlidingMinute::Duration span);

}  // namespace throng::llm::mock
