#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"
#include "recsys/data/item_table.h"
#include "recsys/import/field_rows.h"
#include "recsys/import/import.h"
#include "recsys/import/import_source.h"
#include "recsys/text/time_text.h"

namespace throng {

/// What a source means by several rows of one user and item.
enum class Repeats {
  latest,  ///< the one with the greatest time counts, the last of those in the file
  sum,     ///< their ratings are amounts, which add up; the time is the latest
};

/// Gathers interactions of a source that names users and items by texts. Both are numbered as they first occur.
class InteractionLog {
 public:
  /// The rows are those of `file`, which must outlive this object.
  InteractionLog(ImportSource& source, const SourceFile& file)
      : source_(source), read_(source.read_of(file)) {}

  /// Adds the current row of the file. Returns why it is malformed, or an empty string: ids must not be blank. Those that
  /// are not valid UTF-8 are taken as FileRead::text takes them.
  std::string add(std::string_view user, std::string_view item, float rating, std::int64_t time);
  /// Adds the user and the item, but no interaction. Returns as add().
  std::string name(std::string_view user, std::string_view item) {
    std::uint32_t unused = 0;
    std::string reason = find_or_append(users_, user, "user", unused);
    return reason.empty() ? find_or_append(items_, item, "item", unused) : reason;
  }

  const ExternalIds& users() const { return users_; }
  const ExternalIds& items() const { return items_; }
  std::size_t size() const { return rows_.size(); }

  /// The rows by user and item, every pair once.
  std::vector<Interaction> take_rows(Repeats repeats);
  /// How many rows take_rows() has left out or added to others.
  std::size_t repeated() const { return read_.of(Oddity::repeat).count + read_.of(Oddity::sum).count; }

 private:
  std::string find_or_append(ExternalIds& ids, std::string_view id, const char* noun,
                             std::uint32_t& position);

  ImportSource& source_;
  FileRead& read_;
  ExternalIds users_;
  ExternalIds items_;
  std::vector<Interaction> rows_;
  std::vector<std::uint32_t> lines_;  ///< parallel to rows_
};

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

/// The dataset of what `log` holds. Throws Failure(data) naming `file` if that is nothing.
Dataset gathered_dataset(const SourceFile& file, const InteractionLog& log, std::vector<Interaction> rows,
                         InteractionColumns columns, DescribedItems items);

}  // namespace throng
