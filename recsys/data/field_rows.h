#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/csv.h"
#include "recsys/data/import_source.h"

namespace throng {

/// The rows of a file of fields, plain or gzip. With the separators ',' and ';' fields may be quoted as in RFC 4180; with
/// others (a tab, "::") quotes are text. Between blanks any number of them separates. Blank lines are passed over.
class FieldRows {
 public:
  /// `file` must outlive this object; `separator` is not empty.
  FieldRows(const SourceFile& file, std::string separator);

  /// Goes to the next row; false at the end.
  bool next();
  std::size_t line() const { return csv_ ? csv_->line() : lines_->number(); }
  /// Valid until next(); empty if there is an error().
  std::span<const std::string_view> fields() const { return csv_ ? csv_->fields() : fields_; }
  /// Whether quotes in the row are escaped by backslashes.
  bool has_escapes() const { return csv_ && csv_->has_escapes(); }
  /// Why the row is malformed, or empty.
  std::string_view error() const { return csv_ ? std::string_view(csv_->error()) : std::string_view(); }

 private:
  bool is_quoted() const { return separator_ == "," || separator_ == ";"; }
  bool next_of_block();
  bool next_block();
  void split(std::string_view line);

  std::string separator_;
  TextBlocks blocks_;
  std::optional<CsvReader> csv_;     ///< of the block, if fields may be quoted
  std::optional<LineReader> lines_;  ///< of the block, if not
  std::vector<std::string_view> fields_;
};

}  // namespace throng
