#include "engine/polite/server_hints.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

#include "engine/base/text.h"

namespace throng {
namespace {

using std::chrono::seconds;

/// Takes an unsigned decimal number, such as `12` or `3.5`, off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;  // from_chars would also take `inf`
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error == std::errc::result_out_of_range)
    value = HUGE_VAL;  // digits only: too large, or 0 to all purposes
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> whole_number(std::string_view text) {
  const auto value = take_number(text);
  return text.empty() ? value : std::nullopt;
}

Delay delay_of(double microseconds) {
  const auto longest = static_cast<double>(kLongestDelay.count());
  return microseconds >= longest ? kLongestDelay : Delay(static_cast<Delay::rep>(std::ceil(microseconds)));
}

Delay until(WallTime moment, WallTime now) {
  if (moment <= now) return Delay(0);
  // Both lie within some thousand years of 1970: no overflow.
  return std::min(kLongestDelay, moment - now);
}

/// What follows the part of `text` that fits strptime's `format`; the time goes to `moment`.
std::optional<std::string_view> take_time(const std::string& text, const char* format, WallTime& moment) {
  std::tm fields{};
  const char* rest = strptime(text.c_str(), format, &fields);
  if (rest == nullptr || fields.tm_year < 0 || fields.tm_year > 8099) return std::nullopt;
  moment = WallTime(seconds(timegm(&fields)));
  return std::string_view(text).substr(static_cast<std::size_t>(rest - text.c_str()));
}

/// `Z`, or hours and minutes east of Greenwich as `+02:00`.
std::optional<seconds> zone_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") return seconds(0);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  for (const std::size_t i : {1U, 2U, 4U, 5U})
    if (!is_digit(zone[i])) return std::nullopt;
  const int minutes = ((zone[1] - '0') * 10 + zone[2] - '0') * 60 + (zone[4] - '0') * 10 + zone[5] - '0';
  return seconds((zone[0] == '-' ? -60 : 60) * minutes);
}

std::optional<WallTime> parse_rfc3339(std::string_view value) {
  WallTime moment;
  const std::string text(value);
  auto rest = take_time(text, "%Y-%m-%dT%H:%M:%S", moment);
  if (!rest) return std::nullopt;
  if (rest->starts_with('.')) {
    const auto end = std::min(rest->find_first_not_of("0123456789", 1), rest->size());
    std::string_view fraction = rest->substr(1, std::min<std::size_t>(end - 1, 6));
    std::int64_t micros = 0;
    if (fraction.empty()) return std::nullopt;
    for (std::size_t i = 0; i < 6; ++i) micros = micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    moment += Delay(micros);
    rest->remove_prefix(end);
  }
  const auto offset = zone_offset(*rest);
  if (!offset) return std::nullopt;
  return moment - *offset;
}

/// Microseconds of a unit taken off the front of `text`.
std::optional<double> take_unit(std::string_view& text) {
  struct Unit {
    std::string_view name;
    double micros;
  };
  static constexpr Unit units[] = {{"ms", 1e3}, {"us", 1},   {"µs", 1},     {"ns", 1e-3},
                                   {"s", 1e6},  {"m", 60e6}, {"h", 3600e6}, {"d", 86400e6}};
  for (const Unit& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.micros;
  }
  return std::nullopt;
}

/// `1h2m3.5s`: numbers, each with its unit.
std::optional<Delay> parse_units(std::string_view text) {
  double micros = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const auto unit = take_unit(text);
    if (!unit) return std::nullopt;
    micros += *number * *unit;
  }
  return delay_of(micros);
}

std::optional<std::int64_t> read_count(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  std::int64_t count = 0;
  const char* last = value->data() + value->size();
  const auto [end, error] = std::from_chars(value->data(), last, count);
  if (error != std::errc() || end != last || count < 0) return std::nullopt;
  return count;
}

LimitHints read_limit(const net::HttpHeaders& headers, const std::string& what, WallTime now) {
  LimitHints hints;
  hints.limit = read_count(headers.find("x-ratelimit-limit-" + what));
  if (hints.limit == 0) hints.limit.reset();  // some servers say 0 for "none"
  hints.remaining = read_count(headers.find("x-ratelimit-remaining-" + what));
  if (const auto value = headers.find("x-ratelimit-reset-" + what))
    hints.reset = parse_rate_limit_reset(*value, now);
  return hints;
}

std::optional<Delay> read_retry_after(const net::HttpHeaders& headers, WallTime now) {
  const auto fine = headers.find("retry-after-ms");
  const auto coarse = headers.find("retry-after");
  const std::optional<Delay> exact = fine ? parse_retry_after_ms(*fine) : std::nullopt;
  const std::optional<Delay> rounded = coarse ? parse_retry_after(*coarse, now) : std::nullopt;
  const bool same = exact && rounded && *rounded - *exact < std::chrono::seconds(1);
  return same && *rounded > *exact ? exact : std::max(exact, rounded);
}

}  // namespace

std::optional<Delay> parse_retry_after_ms(std::string_view value) {
  const auto milliseconds = whole_number(trimmed(value));
  if (!milliseconds) return std::nullopt;
  return delay_of(*milliseconds * 1e3);
}

std::optional<Delay> parse_retry_after(std::string_view value, WallTime now) {
  if (const auto number = whole_number(trimmed(value))) return delay_of(*number * 1e6);
  if (const auto date = parse_http_date(value)) return until(*date, now);
  return std::nullopt;
}

std::optional<Delay> parse_rate_limit_reset(std::string_view value, WallTime now) {
  value = trimmed(value);
  if (value.empty()) return std::nullopt;
  if (const auto number = whole_number(value)) {
    if (*number < 1e9) return delay_of(*number * 1e6);
    const double unix_micros = *number < 1e12 ? *number * 1e6 : *number * 1e3;
    const auto now_micros = static_cast<double>(now.time_since_epoch().count());
    return delay_of(std::max(0.0, unix_micros - now_micros));
  }
  if (const auto moment = parse_rfc3339(value)) return until(*moment, now);
  return parse_units(value);
}

std::optional<WallTime> parse_http_date(std::string_view value) {
  const std::string text(trimmed(value));
  WallTime moment;
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    const auto rest = take_time(text, format, moment);
    if (rest && rest->empty()) return moment;
  }
  return std::nullopt;
}

std::optional<Delay> ServerHints::wait() const {
  if (retry_after) return retry_after;
  std::optional<Delay> longest;
  for (const LimitHints* hints : {&requests, &tokens}) {
    if (hints->reset && hints->remaining.value_or(0) == 0) longest = std::max(longest, hints->reset);
  }
  return longest;
}

ServerHints read_server_hints(const net::HttpHeaders& headers, WallTime now) {
  if (const auto date = headers.find("date")) now = parse_http_date(*date).value_or(now);
  ServerHints hints;
  if (const auto value = headers.find("x-should-retry")) {
    if (*value == "true") hints.should_retry = true;
    if (*value == "false") hints.should_retry = false;
  }
  hints.retry_after = read_retry_after(headers, now);
  hints.requests = read_limit(headers, "requests", now);
  hints.tokens = read_limit(headers, "tokens", now);
  return hints;
}

}  // namespace throng
