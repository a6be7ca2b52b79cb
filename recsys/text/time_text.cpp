#include "recsys/text/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::string_view kBlanks = " \t";

std::int64_t in_seconds(std::int64_t number) {
  constexpr std::int64_t milliseconds = 100'000'000'000;
  const std::int64_t size =
      number < 0 ? -std::max(number, -std::numeric_limits<std::int64_t>::max()) : number;
  if (size < milliseconds) return number;
  if (size < 1000 * milliseconds) return number / 1000;
  if (size < 1'000'000 * milliseconds) return number / 1'000'000;
  return number / 1'000'000'000;
}

struct Date {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
};

/// Midnight; none if there is no such day.
std::optional<std::int64_t> seconds_of(const Date& date) {
  const std::chrono::year_month_day calendar_day{std::chrono::year(static_cast<int>(date.year)),
                                                 std::chrono::month(date.month), std::chrono::day(date.day)};
  if (!calendar_day.ok()) return std::nullopt;
  return std::chrono::sys_days(calendar_day).time_since_epoch() / std::chrono::seconds(1);
}

/// 1 to 12; none if the word is no month's English name or its first three letters.
std::optional<unsigned> month_named(std::string_view word) {
  static constexpr std::array<std::string_view, 12> names{"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};
  const std::string name = lower_case(std::string(word));
  const auto* const found = std::ranges::find_if(names, [&](std::string_view month) {
    return name == month || name == month.substr(0, 3) || (name == "sept" && month == "september");
  });
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin()) + 1;
}

bool is_weekday(std::string_view word) {
  static constexpr std::array<std::string_view, 7> names{"monday", "tuesday",  "wednesday", "thursday",
                                                         "friday", "saturday", "sunday"};
  const std::string name = lower_case(std::string(word));
  return std::ranges::any_of(
      names, [&](std::string_view weekday) { return name == weekday || name == weekday.substr(0, 3); });
}

/// Reads a time from left to right. Every take_ function takes what it names off the text, or nothing.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  std::optional<std::int64_t> read() {
    skip_weekday();
    const auto midnight = take_date();
    if (!midnight) return std::nullopt;
    std::int64_t seconds = *midnight;
    if (!rest_.empty() && !take_time(seconds)) return std::nullopt;
    if (!rest_.empty()) return std::nullopt;
    return seconds;
  }

 private:
  bool take(std::string_view mark) {
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(mark.size());
    return true;
  }
  bool take_blanks() {
    const std::size_t size = std::min(rest_.find_first_not_of(kBlanks), rest_.size());
    rest_.remove_prefix(size);
    return size > 0;
  }
  /// A number of `least` to `most` digits, and no more.
  std::optional<unsigned> take_number(std::size_t least, std::size_t most) {
    std::size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    if (size < least || size > most) return std::nullopt;
    const auto number = parse_number<unsigned>(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return number;
  }
  std::string_view take_word() {
    std::size_t size = 0;
    while (size < rest_.size() && ((rest_[size] | 0x20) >= 'a' && (rest_[size] | 0x20) <= 'z')) ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }

  void skip_weekday() {
    const std::string_view all = rest_;
    if (is_weekday(take_word())) {
      take(",");
      take_blanks();
    } else {
      rest_ = all;
    }
  }

  std::optional<std::int64_t> take_date() {
    const std::string_view all = rest_;
    Date date;
    for (const auto form :
         {&TimeReader::take_year_first, &TimeReader::take_compact, &TimeReader::take_day_first,
          &TimeReader::take_month_first, &TimeReader::take_without_year}) {
      rest_ = all;
      date = {};
      if ((this->*form)(date)) return date.year == 0 ? take_clock_and_year(date) : seconds_of(date);
    }
    return std::nullopt;
  }

  static bool set(unsigned& part, std::optional<unsigned> number) {
    part = number.value_or(0);
    return number.has_value();
  }

  /// 2014-07-31, 2014/7/31, 2014.07.31
  bool take_year_first(Date& date) {
    if (!set(date.year, take_number(4, 4)) || rest_.empty()) return false;
    const std::string_view mark = rest_.substr(0, 1);
    return std::string_view("-/.").find(mark) != std::string_view::npos && take(mark) &&
           set(date.month, take_number(1, 2)) && take(mark) && set(date.day, take_number(1, 2));
  }

  /// 20140731, in front of a time
  bool take_compact(Date& date) {
    const auto number = take_number(8, 8);
    if (!number || !(rest_.starts_with('T') || rest_.starts_with(' '))) return false;
    date = {.year = *number / 10000, .month = *number / 100 % 100, .day = *number % 100};
    return true;
  }

  /// 31-Jul-2014, 31 July 2014
  bool take_day_first(Date& date) {
    if (!set(date.day, take_number(1, 2)) || !(take("-") || take_blanks())) return false;
    if (!set(date.month, month_named(take_word()))) return false;
    take(",");
    return (take("-") || take_blanks()) && set(date.year, take_number(4, 4));
  }

  /// July 31, 2014; 07 31, 2014
  bool take_month_first(Date& date) {
    const auto number = take_number(1, 2);
    if (!set(date.month, number ? number : month_named(take_word()))) return false;
    if (!take_blanks() || !set(date.day, take_number(1, 2))) return false;
    const bool comma = take(",");
    return (comma || !number) && take_blanks() && set(date.year, take_number(4, 4));
  }

  /// Jul 31 of "Jul 31 23:59:01 2014"
  bool take_without_year(Date& date) {
    return set(date.month, month_named(take_word())) && take_blanks() && set(date.day, take_number(1, 2));
  }

  /// 23:59:01 +0000 2014, 23:59:01 UTC 2014, 23:59:01 2014
  std::optional<std::int64_t> take_clock_and_year(Date& date) {
    std::int64_t seconds = 0;
    if (!take_blanks() || !take_clock(seconds) || !take_blanks()) return std::nullopt;
    if (take_zone(seconds) && !take_blanks()) return std::nullopt;
    if (!set(date.year, take_number(4, 4))) return std::nullopt;
    const auto midnight = seconds_of(date);
    if (!midnight) return std::nullopt;
    return *midnight + seconds;
  }

  /// What stands between a date and a clock, the clock and its offset.
  bool take_time(std::int64_t& seconds) {
    take(",");
    if (!take("T") && !take("t") && !take_blanks()) return false;
    if (!take_clock(seconds)) return false;
    take_blanks();
    return rest_.empty() || take_zone(seconds);
  }

  /// 23:59, 23:59:01, 23:59:01.5, 11:59:01 PM; 235901 behind a date without punctuation
  bool take_clock(std::int64_t& seconds) {
    constexpr unsigned leap_second = 60;
    std::optional<unsigned> hour;
    std::optional<unsigned> minute;
    std::optional<unsigned> second(0);
    if (const auto compact = take_number(6, 6)) {
      hour = *compact / 10000;
      minute = *compact / 100 % 100;
      second = *compact % 100;
    } else {
      hour = take_number(1, 2);
      if (!hour || !take(":")) return false;
      minute = take_number(2, 2);
      if (take(":")) second = take_number(2, 2);
    }
    if (!minute || !second || *minute > 59 || *second > leap_second) return false;
    if ((take(".") || take(",")) && !take_fraction()) return false;
    if (!to_24_hours(*hour)) return false;
    seconds += 3600 * *hour + 60 * *minute + *second;
    return true;
  }

  bool take_fraction() {
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(size);
    return size > 0;
  }

  /// Takes AM or PM; false if the hour does not go with it.
  bool to_24_hours(unsigned& hour) {
    const std::string_view all = rest_;
    take_blanks();
    for (const auto& [mark, is_afternoon] :
         {std::pair("am", false), {"pm", true}, {"a.m.", false}, {"p.m.", true}}) {
      const std::string_view text(mark);
      if (lower_case(std::string(rest_.substr(0, text.size()))) != text) continue;
      take(rest_.substr(0, text.size()));
      if (hour < 1 || hour > 12) return false;
      hour = hour % 12 + (is_afternoon ? 12 : 0);
      return true;
    }
    rest_ = all;
    return hour <= 23;
  }

  /// Z, UTC, GMT, +08:00, +0800, +08, UTC+8
  bool take_zone(std::int64_t& seconds) {
    const bool named = take("UTC") || take("GMT") || take("Z") || take("z");
    const bool is_ahead = rest_.starts_with('+');
    if (!is_ahead && !rest_.starts_with('-')) return named;
    rest_.remove_prefix(1);
    unsigned hours = 0;
    unsigned minutes = 0;
    if (const auto compact = take_number(4, 4)) {
      hours = *compact / 100;
      minutes = *compact % 100;
    } else {
      if (!set(hours, take_number(named ? 1 : 2, 2))) return false;
      if (take(":") && !set(minutes, take_number(2, 2))) return false;
    }
    constexpr unsigned farthest = 14;  // Kiribati
    if (hours > farthest || minutes > 59) return false;
    const std::int64_t offset = 3600 * hours + 60 * minutes;
    seconds += is_ahead ? -offset : offset;
    return true;
  }

  std::string_view rest_;
};

/// 20140731235901, or 201407312359: as milliseconds they would be of 1976, or of the 27th century.
std::optional<std::int64_t> parse_digits(std::string_view text) {
  constexpr std::size_t to_minute = 12;
  constexpr std::size_t to_second = 14;
  if ((text.size() != to_minute && text.size() != to_second) || !std::ranges::all_of(text, is_digit) ||
      !(text.starts_with("19") || text.starts_with("20"))) {
    return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t size) {
    return at < text.size() ? *parse_number<unsigned>(text.substr(at, size)) : 0U;
  };
  const auto midnight = seconds_of({.year = part(0, 4), .month = part(4, 2), .day = part(6, 2)});
  const unsigned hour = part(8, 2);
  const unsigned minute = part(10, 2);
  const unsigned second = part(12, 2);
  if (!midnight || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return *midnight + std::int64_t{3600} * hour + std::int64_t{60} * minute + second;
}

}  // namespace

std::optional<std::int64_t> unix_seconds(double number) {
  constexpr double greatest = 9e18;  // of 64 bits, in nanoseconds the year 2255
  if (!(std::abs(number) <= greatest)) return std::nullopt;
  return in_seconds(static_cast<std::int64_t>(std::floor(number)));
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (const auto number = parse_number<std::int64_t>(text)) {
    const auto digits = parse_digits(text);
    return digits ? digits : in_seconds(*number);
  }
  if (const auto number = parse_number<double>(text)) return unix_seconds(*number);
  return TimeReader(text).read();
}

std::optional<std::int64_t> parse_time(std::string_view text, const std::string& format) {
  std::tm time{};
  time.tm_mday = 1;
  const std::string terminated(text);
  const char* const end = strptime(terminated.c_str(), format.c_str(), &time);
  if (end == nullptr || end != terminated.c_str() + terminated.size()) return std::nullopt;
  const std::int64_t offset = time.tm_gmtoff;  // timegm passes it over
  const int day = time.tm_mday;
  const std::int64_t seconds = timegm(&time);  // takes February 30 for a day of March
  if (time.tm_mday != day) return std::nullopt;
  return seconds - offset;
}

bool looks_like_date(std::int64_t seconds) {
  constexpr std::int64_t least = 19'700'101;
  constexpr std::int64_t greatest = 20'991'231;
  if (seconds < least || seconds > greatest) return false;
  const auto number = static_cast<unsigned>(seconds);
  return seconds_of({.year = number / 10000, .month = number / 100 % 100, .day = number % 100}).has_value();
}

}  // namespace throng
