#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recsys/data/field_rows.h"
#include "recsys/data/interaction_log.h"
#include "recsys/data/rating_range.h"

namespace throng {

/// The positions of a file's columns.
struct RatingColumns {
  std::size_t user = 0;
  std::size_t item = 1;
  std::optional<std::size_t> rating{};
  std::optional<std::size_t> time{};
};

/// A number within `range`, mapped.
std::optional<float> parse_rating(std::string_view text, const RatingRange& range);

/// Seconds of a number of seconds or, if it is 10^11 (the year 5138) or more, of milliseconds. None if it is no time.
std::optional<std::int64_t> unix_seconds(double number);

/// Unix seconds: a whole number as above; or a date such as 2014-07-31, with a time of day behind a blank or a 'T' or without one, taken as UTC.
std::optional<std::int64_t> parse_time(std::string_view text);

/// Adds a row to `log`. Returns why it is malformed, or an empty string.
std::string add_row(std::span<const std::string_view> fields, const RatingColumns& columns,
                    const RatingRange& range, InteractionLog& log);

}  // namespace throng
