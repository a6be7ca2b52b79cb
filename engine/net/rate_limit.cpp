#include "engine/net/rate_limit.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng {
namespace {

constexpr int kEnoughCompleted = 30;                       // to believe the shortest latency so far
constexpr Delay kLongestReset = std::chrono::seconds(61);  // of a limit per minute, rounded up

RateBucketOptions bucket(const RateLimitOptions& options, std::int64_t limit) {
  return {.limit = limit, .arrival_jitter = options.arrival_jitter, .catch_up = options.catch_up};
}

}  // namespace

RateLimit::RateLimit(RateLimitOptions options)
    : options_(options),
      requests_(bucket(options, options.requests_per_minute)),
      tokens_(bucket(options, options.tokens_per_minute)) {}

Result<Admission> RateLimit::admit(Instant now, std::int64_t tokens) {
  if (tokens_.limit() > 0 && tokens > tokens_.limit()) {
    return Error{
        ErrorKind::usage,
        fmt::format("a request of {} tokens can never be sent: the endpoint's limit is {} tokens per minute",
                    tokens, tokens_.limit())};
  }
  Instant at = std::max(now, paused_until_);
  at = std::max({at, requests_.earliest(now, 1), tokens_.earliest(now, tokens)});
  if (at > now) return Admission{.sent = std::nullopt, .ask_again = at};

  SentAttempt sent{.sent = now, .tokens = tokens, .counting = options_.counting};
  requests_.take(now, 1);
  if (options_.counting == TokenCounting::usage) {
    tokens_.hold(now, tokens);
  } else {
    sent.slot = tokens_.take(now, tokens);
  }
  return Admission{.sent = sent};
}

void RateLimit::finish(const SentAttempt& attempt, Instant now, const Usage& usage) {
  const bool known = usage.counted == TokensCounted::known;
  if (attempt.counting == TokenCounting::admission) {
    if (known) tokens_.correct(attempt.slot, usage.prompt_error);
    return;
  }
  if (known) {
    shortest_ = std::min(shortest_.value_or(Delay::max()), now - attempt.sent);
    ++completed_;
  }
  // An attempt that broke off sooner than any was completed may have been counted as soon as it was sent.
  const Delay shortest = completed_ >= kEnoughCompleted ? std::min(*shortest_, now - attempt.sent) : Delay(0);
  std::int64_t counted = known ? usage.used : attempt.tokens;
  if (usage.counted == TokensCounted::none) counted = 0;
  tokens_.settle(now, attempt.tokens, counted, shortest);
}

void RateLimit::pause(Instant until) {
  paused_until_ = std::max(paused_until_, until);
  requests_.forget_missed(paused_until_);
  tokens_.forget_missed(paused_until_);
}

void RateLimit::hear(const SentAttempt& attempt, Instant now, const ServerHints& hints) {
  if (options_.headers == LimitHeaders::ignore) return;
  hear(requests_, heard_requests_, options_.requests_per_minute, attempt, now, hints.requests);
  hear(tokens_, heard_tokens_, options_.tokens_per_minute, attempt, now, hints.tokens);
}

void RateLimit::hear(RateBucket& bucket, Heard& heard, std::int64_t configured, const SentAttempt& attempt,
                     Instant now, const LimitHints& hints) const {
  if (!hints.limit) return;
  const std::int64_t limit = configured > 0 ? std::min(configured, *hints.limit) : *hints.limit;
  const bool lower = bucket.limit() == 0 || limit < bucket.limit();
  if (lower) heard.lowered = now;
  // A slow reply may carry what held before the limit was lowered: only what was sent since can raise it.
  if (lower || attempt.sent > heard.lowered) {
    if (limit != bucket.limit()) bucket.set_limit(now, limit);
  }
  // What remains is worth something while it is fresh, and of a limit per minute (some endpoints announce their
  // limit per day, full again in hours). What the server counts beyond our own is other clients', or ours from before a restart.
  const bool per_minute = hints.reset && *hints.reset <= kLongestReset;
  if (hints.remaining && per_minute && now - attempt.sent <= options_.arrival_jitter)
    bucket.hear_count(now, *hints.limit - *hints.remaining);
}

}  // namespace throng
