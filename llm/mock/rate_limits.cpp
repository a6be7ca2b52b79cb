#include "llm/mock/rate_limits.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng::llm::mock {
namespace {

void append_limit(net::HttpHeaders& headers, std::string_view what, int limit, SlidingMinute& log,
                  SlidingMinute::TimePoint now) {
  const auto name = [&](std::string_view part) { return fmt::format("x-ratelimit-{}-{}", part, what); };
  const std::int64_t remaining = std::max<std::int64_t>(0, limit - log.sum(now));
  headers.add(name("limit"), fmt::format_int(limit).c_str());
  headers.add(name("remaining"), fmt::format_int(remaining).c_str());
  headers.add(name("reset"), reset_text(log.until_empty(now)));
}

}  // namespace

Verdict RateLimits::admit(std::int64_t tokens, TimePoint now) {
  requests_.add(now, 1);
  if (rpm_ > 0 && requests_.sum(now) > rpm_) return Verdict::too_many_requests;
  if (counting_ == TokenCounting::usage) {
    return tpm_ > 0 && tokens_.sum(now) >= tpm_ ? Verdict::too_many_tokens : Verdict::admitted;
  }
  if (tpm_ > 0 && tokens > tpm_) return Verdict::too_large;
  if (tpm_ > 0 && tokens_.sum(now) + tokens > tpm_) return Verdict::too_many_tokens;
  tokens_.add(now, tokens);
  return Verdict::admitted;
}

void RateLimits::used(std::int64_t tokens, TimePoint now) {
  if (counting_ == TokenCounting::usage) tokens_.add(now, tokens);
}

RateLimits::Duration RateLimits::retry_after(Verdict verdict, std::int64_t tokens, TimePoint now) {
  switch (verdict) {
    case Verdict::too_many_requests:
      return requests_.until_at_most(rpm_ - 1, now);
    case Verdict::too_many_tokens:
      return tokens_.until_at_most(tpm_ - (counting_ == TokenCounting::usage ? 1 : tokens), now);
    case Verdict::too_large:
    case Verdict::admitted:
      break;
  }
  return {};
}

void RateLimits::append_headers(net::HttpHeaders& headers, TimePoint now) {
  if (rpm_ > 0) append_limit(headers, "requests", rpm_, requests_, now);
  if (tpm_ > 0) append_limit(headers, "tokens", tpm_, tokens_, now);
}

std::string reset_text(SlidingMinute::Duration span) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  if (milliseconds < 1000) return fmt::format("{}ms", milliseconds);
  const auto minutes = milliseconds / 60'000;
  const auto rest = milliseconds % 60'000;
  std::string seconds = rest % 1000 == 0 ? fmt::format("{}s", rest / 1000)
                                         : fmt::format("{}s", static_cast<double>(rest) / 1000);
  return minutes == 0 ? seconds : fmt::format("{}m{}", minutes, seconds);
}

}  // namespace throng::llm::mock
