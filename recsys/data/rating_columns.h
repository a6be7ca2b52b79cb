#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recsys/data/field_rows.h"
#include "recsys/data/interaction_log.h"
#include "recsys/data/rating_range.h"
#include "recsys/data/time_text.h"

namespace throng {

/// The positions of a file's columns.
struct RatingColumns {
  std::size_t user = 0;
  std::size_t item = 1;
  std::optional<std::size_t> rating{};
  std::optional<std::size_t> time{};
  std::string time_format{};           ///< of strptime; empty: see parse_time
  std::optional<double> min_rating{};  ///< before it is mapped; rows with less are no interactions
};

/// A number within `range`, mapped.
std::optional<float> parse_rating(std::string_view text, const RatingRange& range);

/// The names of columns without what copies differ in: case and punctuation ("user_id", "UserID", "userId").
std::vector<std::string> column_keys(std::span<const std::string_view> header);

/// An id as it is meant: without blanks around it, and a whole number that pandas or R wrote as a float ("10.0", "1e+05")
/// as such. Noted in `read` if so, as is what a spreadsheet has rounded ("9.78E+12"). The result lives as long as `field`
/// and `scratch`.
std::string_view plain_id(std::string_view field, FileRead& read, std::string& scratch);

/// Adds rows of fields to a log.
class RowAdder {
 public:
  RowAdder(const RatingColumns& columns, const RatingRange& range, InteractionLog& log, FileRead& read)
      : columns_(columns), range_(range), log_(log), read_(read) {}

  /// Returns why the row is malformed, or an empty string.
  std::string add(std::span<const std::string_view> fields);

 private:
  std::string read_rating(std::string_view field, std::optional<float>& rating) const;
  std::string read_time(std::string_view field, std::int64_t& time);

  const RatingColumns& columns_;
  const RatingRange& range_;
  InteractionLog& log_;
  FileRead& read_;
  std::string user_;  ///< where plain_id puts what stands nowhere in a row
  std::string item_;
};

}  // namespace throng
