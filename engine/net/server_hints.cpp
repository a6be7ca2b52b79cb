#include "engine/net/server_hints.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "engine/net/retry_after.h"

namespace throng {
namespace {

std::optional<std::int64_t> read_count(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  std::int64_t count = 0;
  const char* last = value->data() + value->size();
  const auto [end, error] = std::from_chars(value->data(), last, count);
  if (error != std::errc() || end != last || count < 0) return std::nullopt;
  return count;
}

LimitHints read_limit(const HeaderLookup& header, const std::string& what, WallTime now) {
  LimitHints hints;
  hints.limit = read_count(header("x-ratelimit-limit-" + what));
  if (hints.limit == 0) hints.limit.reset();  // some servers say 0 for "none"
  hints.remaining = read_count(header("x-ratelimit-remaining-" + what));
  if (const auto value = header("x-ratelimit-reset-" + what))
    hints.reset = parse_rate_limit_reset(*value, now);
  return hints;
}

std::optional<Delay> read_retry_after(const HeaderLookup& header, WallTime now) {
  const auto fine = header("retry-after-ms");
  const auto coarse = header("retry-after");
  const std::optional<Delay> exact = fine ? parse_retry_after_ms(*fine) : std::nullopt;
  const std::optional<Delay> rounded = coarse ? parse_retry_after(*coarse, now) : std::nullopt;
  const bool same = exact && rounded && *rounded - *exact < std::chrono::seconds(1);
  return same && *rounded > *exact ? exact : std::max(exact, rounded);
}

}  // namespace

std::optional<Delay> ServerHints::wait() const {
  if (retry_after) return retry_after;
  std::optional<Delay> longest;
  for (const LimitHints* hints : {&requests, &tokens}) {
    if (hints->reset && hints->remaining.value_or(0) == 0) longest = std::max(longest, hints->reset);
  }
  return longest;
}

ServerHints read_server_hints(const HeaderLookup& header, WallTime now) {
  if (const auto date = header("date")) now = parse_http_date(*date).value_or(now);
  ServerHints hints;
  if (const auto value = header("x-should-retry")) {
    if (*value == "true") hints.should_retry = true;
    if (*value == "false") hints.should_retry = false;
  }
  hints.retry_after = read_retry_after(header, now);
  hints.requests = read_limit(header, "requests", now);
  hints.tokens = read_limit(header, "tokens", now);
  return hints;
}

}  // namespace throng
