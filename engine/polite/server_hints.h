#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/http/http_message.h"
#include "engine/polite/instant.h"

namespace throng {

/// No server can make us wait longer than this: larger delays are read as this one.
inline constexpr Delay kLongestDelay = std::chrono::hours(24 * 365);

/// The functions below read what a server sent. Nothing is thrown: what is negative, empty or not understood is
/// nothing said; what lies in the past is a delay of 0. White space around a value is ignored.

/// `retry-after-ms`: milliseconds, fractions allowed.
std::optional<Delay> parse_retry_after_ms(std::string_view value);

/// `retry-after`: seconds (fractions allowed, though HTTP has none) or an HTTP date (all three forms of RFC 9110).
std::optional<Delay> parse_retry_after(std::string_view value, WallTime now);

/// `x-ratelimit-reset-*`: `1s`, `6m0s`, `120ms`, `1h2m3.5s`, an RFC 3339 time, a number of seconds, or (from
/// 1e9 on) a Unix time in seconds or (from 1e12 on) milliseconds.
std::optional<Delay> parse_rate_limit_reset(std::string_view value, WallTime now);

/// An HTTP date as in the header `date`.
std::optional<WallTime> parse_http_date(std::string_view value);

/// What the headers of a reply say about retrying and about one rate limit.
struct LimitHints {
  std::optional<std::int64_t> limit;      ///< per minute
  std::optional<std::int64_t> remaining;  ///< of it, when the server counted this request
  std::optional<Delay> reset;             ///< until it is full again
};

struct ServerHints {
  std::optional<bool> should_retry;  ///< `x-should-retry`
  std::optional<Delay>
      retry_after;  ///< `retry-after-ms`, or `retry-after` unless that is the same rounded up; the longer one
  LimitHints requests;
  LimitHints tokens;

  /// How long the server wants to be left alone: `retry_after` if given, else the longest reset among the limits
  /// that are used up (or may be: nothing is said of what remains); else nothing.
  std::optional<Delay> wait() const;
};

/// Never fails: what is not understood was not said. Dates count from the reply's own `date` header, so that a
/// wrong clock on either side does not matter; `now` stands in where there is none.
ServerHints read_server_hints(const net::HttpHeaders& headers, WallTime now);

}  // namespace throng
