#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "engine/base/error.h"
#include "engine/polite/rate_bucket.h"
#include "engine/polite/server_hints.h"

namespace throng {

/// When a server counts a request's tokens.
enum class TokenCounting {
  admission,  ///< on arrival: prompt and the most it may generate; reserve the same
  usage,      ///< what was used in the end: reserve a high estimate
};
inline constexpr std::array<std::pair<const char*, TokenCounting>, 2> kTokenCountings{
    {{"admission", TokenCounting::admission}, {"usage", TokenCounting::usage}}};

struct RateLimitOptions {
  std::int64_t requests_per_minute = 0;  ///< 0: none, or what headers say
  std::int64_t tokens_per_minute = 0;    ///< 0: none, or what headers say
  TokenCounting counting = TokenCounting::admission;
  Pacing pacing = Pacing::automatic;
  Delay arrival_jitter = std::chrono::milliseconds(750);  ///< see RateBucketOptions
  Delay catch_up = std::chrono::milliseconds(100);        ///< see RateBucketOptions
};

/// An attempt that was let go. Hand it back to `finish`, once.
struct SentAttempt {
  Instant sent;
  std::int64_t tokens = 0;
  TokenCounting counting = TokenCounting::admission;
  RateMark requests_mark;
  RateMark tokens_mark;
};

/// Either the attempt goes now, or ask again at `ask_again` (kNever: when an attempt finishes) or whenever
/// an attempt finishes, for that may free tokens sooner.
struct Admission {
  std::optional<SentAttempt> sent;
  Instant ask_again = kNever;
};

/// What an attempt's end tells about the server's count of tokens.
enum class TokensCounted {
  known,    ///< a reply with `usage`
  unknown,  ///< no reply, or one without usage: what was reserved stays
  none,     ///< the server answered with an error: it used nothing (though it may have counted an admission)
};

/// The rate limits of one (endpoint, model): every attempt, retries included, passes here just before it is
/// sent. Keeps both limits in every minute of the server's clock, of whatever kind it is; see RateBucket. Single-threaded.
class RateLimit {
 public:
  explicit RateLimit(RateLimitOptions options);

  /// Asks for an attempt that needs `tokens`. Error (usage): it is larger than the limit and can never go.
  Result<Admission> admit(Instant now, std::int64_t tokens);

  /// `prompt_error`: for servers that count at admission, by how much the reserved prompt was too small
  /// (negative: too large). `used`: for those that count usage, all tokens of the call. Both only if `known`.
  struct Usage {
    TokensCounted counted = TokensCounted::unknown;
    std::int64_t used = 0;
    std::int64_t prompt_error = 0;
  };
  void finish(const SentAttempt& attempt, Instant now, const Usage& usage);

  /// A 429: nothing goes before `until`, whichever call got it. Bursts become smaller (`Pacing::automatic`), of the
  /// limit that `hints` say is used up, or of both.
  void refused(const SentAttempt& attempt, Instant now, Instant until, const ServerHints& hints);
  /// The headers of any reply to an attempt: `x-ratelimit-*` lower our limits, and give those that are not configured.
  void hear(const SentAttempt& attempt, Instant now, const ServerHints& hints);

  /// Limits as they stand: the configured ones, or lower ones that the server announced. 0: none.
  std::int64_t requests_per_minute() const { return requests_.limit(); }
  std::int64_t tokens_per_minute() const { return tokens_.limit(); }
  Instant paused_until() const { return paused_until_; }
  /// What may go at once, as a span of the limit; a minute or more: nothing is held back but by the limit itself.
  Delay burst() const { return std::min(requests_.burst(), tokens_.burst()); }
  const RateBucket& requests() const { return requests_; }
  const RateBucket& tokens() const { return tokens_; }

 private:
  struct Heard {
    Instant lowered = Instant::min();  ///< when the limit was last lowered
  };
  void hear_limit(RateBucket& bucket, Heard& heard, std::int64_t configured, const RateMark& mark,
                  Instant now, const LimitHints& hints) const;

  RateLimitOptions options_;
  RateBucket requests_;
  RateBucket tokens_;
  Heard heard_requests_;
  Heard heard_tokens_;
  Instant paused_until_ = Instant::min();
  std::optional<Delay> shortest_;  ///< of all completed attempts so far
  int completed_ = 0;
};

}  // namespace throng
