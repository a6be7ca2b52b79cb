#include "llm/mock/rate_limits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace throng::llm::mock {
namespace {

/// The most that may count already for `amount` to be admitted.
std::int64_t room_for(std::int64_t amount, const LimitBooks& books) {
  return std::max<std::int64_t>(0, books.most() - amount);
}

}  // namespace

void SlidingMinute::add(TimePoint now, std::int64_t amount) {
  forget(now);
  if (amount == 0) return;
  entries_.push_back({now, amount});
  sum_ += amount;
  peak_ = std::max(peak_, sum_);
}

std::int64_t SlidingMinute::used(TimePoint now) {
  forget(now);
  return sum_;
}

LimitBooks::Duration SlidingMinute::until_at_most(std::int64_t most, TimePoint now) {
  forget(now);
  std::int64_t left = sum_;
  Duration wait{0};
  for (auto entry = entries_.begin(); left > most && entry != entries_.end(); ++entry) {
    left -= entry->amount;
    wait = entry->at + kMinute - now;
  }
  return wait;
}

void SlidingMinute::forget(TimePoint now) {
  while (!entries_.empty() && entries_.front().at + kMinute <= now) {
    sum_ -= entries_.front().amount;
    entries_.pop_front();
  }
}

void FixedMinute::add(TimePoint now, std::int64_t amount) {
  turn(now);
  sum_ += amount;
}

std::int64_t FixedMinute::used(TimePoint now) {
  turn(now);
  return sum_;
}

LimitBooks::Duration FixedMinute::until_at_most(std::int64_t most, TimePoint now) {
  turn(now);
  return sum_ > most ? begin_ + kMinute - now : Duration{0};
}

void FixedMinute::turn(TimePoint now) {
  const auto minutes = (now - begin_) / kMinute;
  if (minutes == 0) return;
  begin_ += minutes * kMinute;
  sum_ = 0;
}

double TokenBucket::per_nanosecond() const { return static_cast<double>(limit_) / 60e9; }

std::int64_t TokenBucket::most() const {
  return std::max<std::int64_t>(1, std::llround(per_nanosecond() * static_cast<double>(span_.count())));
}

void TokenBucket::add(TimePoint now, std::int64_t amount) {
  fill(now);
  missing_ += static_cast<double>(amount);
}

std::int64_t TokenBucket::used(TimePoint now) {
  fill(now);
  return static_cast<std::int64_t>(std::ceil(missing_ - 1e-6));  // sums of many small fillings
}

LimitBooks::Duration TokenBucket::until_at_most(std::int64_t most, TimePoint now) {
  fill(now);
  const double excess = missing_ - static_cast<double>(most);
  if (excess <= 0 || limit_ == 0) return Duration{0};
  return Duration(static_cast<Duration::rep>(std::ceil(excess / per_nanosecond())));
}

void TokenBucket::set_limit(std::int64_t limit, TimePoint now) {
  fill(now);
  limit_ = limit;
}

void TokenBucket::fill(TimePoint now) {
  missing_ = std::max(0.0, missing_ - static_cast<double>((now - filled_).count()) * per_nanosecond());
  filled_ = now;
}

std::unique_ptr<LimitBooks> make_books(LimitKind kind, std::int64_t limit, LimitBooks::Duration bucket,
                                       LimitBooks::TimePoint start) {
  switch (kind) {
    case LimitKind::fixed:
      return std::make_unique<FixedMinute>(limit, start);
    case LimitKind::bucket:
      return std::make_unique<TokenBucket>(limit, bucket, start);
    case LimitKind::sliding:
      break;
  }
  return std::make_unique<SlidingMinute>(limit);
}

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
