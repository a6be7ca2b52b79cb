#include "engine/polite/rate_limit.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng {
namespace {

constexpr int kEnoughCompleted = 30;  // to believe the shortest latency so far

RateBucketOptions bucket(const RateLimitOptions& options, std::int64_t limit, Counting counting) {
  return {.limit = limit,
          .pacing = options.pacing,
          .counting = counting,
          .arrival_jitter = options.arrival_jitter,
          .catch_up = options.catch_up};
}

}  // namespace

RateLimit::RateLimit(RateLimitOptions options)
    : options_(options),
      requests_(bucket(options, options.requests_per_minute, Counting::on_arrival)),
      tokens_(bucket(options, options.tokens_per_minute,
                     options.counting == TokenCounting::usage ? Counting::when_done : Counting::on_arrival)) {
}

Result<Admission> RateLimit::admit(Instant now, std::int64_t tokens) {
  if (tokens_.limit() > 0 && tokens > tokens_.limit()) {
    return Error{
        ErrorKind::usage,
        fmt::format("a request of {} tokens can never be sent: the endpoint's limit is {} tokens per minute",
                    tokens, tokens_.limit())};
  }
  Instant at = std::max(now, paused_until_);
  if (at == now) at = requests_.earliest(now, 1);
  if (at == now)
    at = tokens_.earliest(now, tokens);  // in turn: what would not go anyway has not been held back
  if (at > now) return Admission{.sent = std::nullopt, .ask_again = at};

  const bool by_usage = options_.counting == TokenCounting::usage;
  return Admission{
      .sent = SentAttempt{.sent = now,
                          .tokens = tokens,
                          .counting = options_.counting,
                          .requests_mark = requests_.take(now, 1),
                          .tokens_mark = by_usage ? tokens_.hold(now, tokens) : tokens_.take(now, tokens)}};
}

void RateLimit::finish(const SentAttempt& attempt, Instant now, const Usage& usage) {
  const bool known = usage.counted == TokensCounted::known;
  if (attempt.counting == TokenCounting::admission) {
    if (known) tokens_.correct(attempt.tokens_mark.slot, usage.prompt_error);
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

void RateLimit::refused(const SentAttempt& attempt, Instant now, Instant until, const ServerHints& hints) {
  paused_until_ = std::max(paused_until_, until);
  const bool said = hints.wait().has_value();
  const auto used_up = [](const LimitHints& limit) { return limit.remaining == 0; };
  const bool either = used_up(hints.requests) == used_up(hints.tokens);
  if (either || used_up(hints.requests)) requests_.refused(attempt.requests_mark, now, paused_until_, said);
  if (either || used_up(hints.tokens)) tokens_.refused(attempt.tokens_mark, now, paused_until_, said);
}

void RateLimit::hear(const SentAttempt& attempt, Instant now, const ServerHints& hints) {
  if (options_.pacing != Pacing::automatic && hints.retry_after) {
    // When to come back says more than what remains: a pace that never doubts its books would wait for a whole minute.
    ServerHints without = hints;
    without.retry_after.reset();
    without.requests.remaining.reset();
    without.tokens.remaining.reset();
    return hear(attempt, now, without);
  }
  hear_limit(requests_, heard_requests_, options_.requests_per_minute, attempt.requests_mark, now,
             hints.requests);
  hear_limit(tokens_, heard_tokens_, options_.tokens_per_minute, attempt.tokens_mark, now, hints.tokens);
}

void RateLimit::hear_limit(RateBucket& bucket, Heard& heard, std::int64_t configured, const RateMark& mark,
                           Instant now, const LimitHints& hints) const {
  if (!hints.limit) return;
  const std::int64_t limit = configured > 0 ? std::min(configured, *hints.limit) : *hints.limit;
  const bool lower = bucket.limit() == 0 || limit < bucket.limit();
  if (lower) heard.lowered = now;
  // A slow reply may carry what held before the limit was lowered: only what was sent since can raise it.
  if (lower || mark.sent > heard.lowered) {
    if (limit != bucket.limit()) bucket.set_limit(now, limit);
  }
  // What the server counts against a larger limit of its own says nothing about the one that was asked for.
  const bool larger = configured > 0 && *hints.limit > configured;
  bucket.keep_books(larger);
  if (!larger) bucket.hear(mark, now, hints);
}

}  // namespace throng
