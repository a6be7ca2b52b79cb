#pragma once

#include <optional>
#include <string_view>

#include "engine/net/instant.h"

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

}  // namespace throng
