#include "recsys/data/rating_columns.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "recsys/data/text.h"

namespace throng {
namespace {

std::int64_t in_seconds(std::int64_t number) {
  constexpr std::int64_t milliseconds = 100'000'000'000;
  return number >= milliseconds ? number / 1000 : number;
}

/// "2014-07-31", "2014-07-31 23:59", "2014-07-31T23:59:01.5Z"
std::optional<std::int64_t> parse_date(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t size) {
    return at + size <= text.size() ? parse_number<unsigned>(text.substr(at, size)) : std::nullopt;
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = std::chrono::sys_days(date).time_since_epoch() / std::chrono::seconds(1);
  if (text.size() == 10) return seconds;
  const auto hour = number(11, 2);
  const auto minute = number(14, 2);
  if ((text[10] != ' ' && text[10] != 'T') || !hour || !minute || text[13] != ':' || *hour > 23 ||
      *minute > 59) {
    return std::nullopt;
  }
  seconds += 3600 * *hour + 60 * *minute;
  const auto second = text.size() > 16 && text[16] == ':' ? number(17, 2) : std::nullopt;
  return seconds + second.value_or(0);
}

}  // namespace

std::optional<float> parse_rating(std::string_view text, const RatingRange& range) {
  const auto number = parse_number<double>(text);
  if (!number || !(*number >= range.low && *number <= range.high)) return std::nullopt;
  if (range.is_own()) return static_cast<float>(*number);
  return static_cast<float>(1 + 4 * (*number - range.low) / (range.high - range.low));
}

std::optional<std::int64_t> unix_seconds(double number) {
  constexpr double greatest = 9e15;  // beyond it doubles have gaps
  if (!(std::abs(number) <= greatest)) return std::nullopt;
  return in_seconds(static_cast<std::int64_t>(number));
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (const auto number = parse_number<std::int64_t>(text)) return in_seconds(*number);
  return parse_date(text);
}

std::string add_row(std::span<const std::string_view> fields, const RatingColumns& columns,
                    const RatingRange& range, InteractionLog& log) {
  const std::size_t last =
      std::max({columns.user, columns.item, columns.rating.value_or(0), columns.time.value_or(0)});
  if (fields.size() <= last) return fmt::format("{} fields, but {} are needed", fields.size(), last + 1);
  float rating = 0;
  std::int64_t time = 0;
  if (columns.rating) {
    const std::string_view field = trimmed(fields[*columns.rating]);
    const auto parsed = parse_rating(field, range);
    if (!parsed) {
      return fmt::format("the rating {} is not a number from {} to {}", excerpt(field), range.low,
                         range.high);
    }
    rating = *parsed;
  }
  if (columns.time) {
    const std::string_view field = trimmed(fields[*columns.time]);
    const auto parsed = parse_time(field);
    if (!parsed) return fmt::format("the time {} is neither a number nor a date", excerpt(field));
    time = *parsed;
  }
  return log.add(fields[columns.user], fields[columns.item], rating, time);
}

}  // namespace throng
