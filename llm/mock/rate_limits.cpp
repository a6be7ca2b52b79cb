#include "llm/mock/rate_limits.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng::llm::mock {
namespace {

/// The most that may count already for `amount` to be admitted.
std::int64_t room_for(std::int64_t amount, const LimitBooks& books) {
  return std::max<std::int64_t>(0, books.most() - amount);
}

}  // namespace

RateLimits::RateLimits(const RateLimitsOptions& options, TimePoint start)
    : options_(options),
      requests_(make_books(options.kind, options.rpm, options.bucket, start)),
      tokens_(make_books(options.kind, options.tpm, options.bucket, start)) {}

void RateLimits::set(int rpm, int tpm, TimePoint now) {
  options_.rpm = rpm;
  options_.tpm = tpm;
  requests_->set_limit(rpm, now);
  tokens_->set_limit(tpm, now);
}

Verdict RateLimits::admit(std::int64_t tokens, TimePoint now) {
  all_requests_.add(now, 1);
  const bool refused = options_.rpm > 0 && requests_->used(now) > room_for(1, *requests_);
  if (!refused || options_.kind != LimitKind::bucket) requests_->add(now, 1);
  if (refused) return Verdict::too_many_requests;
  if (options_.counting == TokenCounting::usage) {
    const bool used_up = options_.tpm > 0 && tokens_->used(now) > room_for(1, *tokens_);
    return used_up ? Verdict::too_many_tokens : Verdict::admitted;
  }
  if (options_.tpm > 0 && tokens > options_.tpm) return Verdict::too_large;
  if (options_.tpm > 0 && tokens_->used(now) > room_for(tokens, *tokens_)) return Verdict::too_many_tokens;
  count_tokens(tokens, now);
  return Verdict::admitted;
}

void RateLimits::used(std::int64_t tokens, TimePoint now) {
  if (options_.counting == TokenCounting::usage) count_tokens(tokens, now);
}

void RateLimits::count_tokens(std::int64_t tokens, TimePoint now) {
  tokens_->add(now, tokens);
  all_tokens_.add(now, tokens);
}

RateLimits::Duration RateLimits::retry_after(Verdict verdict, std::int64_t tokens, TimePoint now) {
  switch (verdict) {
    case Verdict::too_many_requests:
      return requests_->until_at_most(room_for(1, *requests_), now);
    case Verdict::too_many_tokens:
      return tokens_->until_at_most(
          room_for(options_.counting == TokenCounting::usage ? 1 : tokens, *tokens_), now);
    case Verdict::too_large:
    case Verdict::admitted:
      break;
  }
  return {};
}

void RateLimits::append_headers(net::HttpHeaders& headers, TimePoint now) {
  if (options_.announced == AnnouncedLimits::none) return;
  if (options_.rpm > 0) append(headers, "requests", options_.rpm, *requests_, now);
  if (options_.tpm > 0) append(headers, "tokens", options_.tpm, *tokens_, now);
}

void RateLimits::append(net::HttpHeaders& headers, std::string_view what, int limit, LimitBooks& books,
                        TimePoint now) {
  const auto name = [&](std::string_view part) { return fmt::format("x-ratelimit-{}-{}", part, what); };
  std::int64_t remaining = std::max<std::int64_t>(0, books.most() - books.used(now));
  Duration reset = books.until_at_most(0, now);
  if (options_.announced == AnnouncedLimits::full) {
    remaining = limit;
    reset = Duration{0};
  } else if (options_.announced == AnnouncedLimits::empty) {
    remaining = 0;
    reset = LimitBooks::kMinute;
  }
  headers.add(name("limit"), fmt::format_int(limit).c_str());
  headers.add(name("remaining"), fmt::format_int(remaining).c_str());
  headers.add(name("reset"), reset_text(reset));
}

std::string reset_text(LimitBooks::Duration span) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  if (milliseconds < 1000) return fmt::format("{}ms", milliseconds);
  const auto minutes = milliseconds / 60'000;
  const auto rest = milliseconds % 60'000;
  std::string seconds = rest % 1000 == 0 ? fmt::format("{}s", rest / 1000)
                                         : fmt::format("{}s", static_cast<double>(rest) / 1000);
  return minutes == 0 ? seconds : fmt::format("{}m{}", minutes, seconds);
}

}  // namespace throng::llm::mock
