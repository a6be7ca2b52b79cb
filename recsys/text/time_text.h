#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace throng {

/// Unix seconds of a number of seconds; from 10^11 on (the year 5138) of milliseconds, from 10^14 of microseconds, from
/// 10^17 of nanoseconds. Fractions are cut off. None if it is no time.
std::optional<std::int64_t> unix_seconds(double number);

/// Unix seconds of a time as datasets write it, in UTC where it names no offset; none for anything else, also where it is
/// not clear which number is the day and which the month (07/08/2014). The whole text counts:
///   numbers as above, also 1387670400.0 and 1.3876704e9; 20140731235901 and 201407312359
///   2014-07-31, 2014/7/31, 2014.07.31, 31-Jul-2014, 31 July 2014, July 31, 2014, 07 31, 2014 (Amazon's)
///   and behind them 23:59, 23:59:01.5, 11:59 PM, T23:59:01Z, 23:59:01 UTC, 23:59:01 +08:00, T23:59:01-0530
///   Thu, 31 Jul 2014 23:59:01 GMT; Thu Jul 31 23:59:01 +0000 2014; 20140731T235901Z
std::optional<std::int64_t> parse_time(std::string_view text);

/// The same by a format of strptime (3), such as "%d/%m/%Y %H:%M"; %z is an offset from UTC. Of what the format leaves out,
/// days and months are the first, hours, minutes and seconds 0.
std::optional<std::int64_t> parse_time(std::string_view text, const std::string& format);

/// Whether a number of seconds looks like a date without punctuation (20140731).
bool looks_like_date(std::int64_t seconds);

}  // namespace throng
