#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/import_source.h"
#include "recsys/text/csv.h"

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

/// The rows of a file and their columns by name: of fields, whose columns also go by number, or of JSON objects, whose keys
/// are the columns ("user.id" is the id in the object user).
class NamedRows {
 public:
  /// `file` must outlive this object. Throws Failure(data) if it has no row to begin with.
  NamedRows(const SourceFile& file, const CsvFormat& format);

  /// The position of a column in the rows; none if `column` is empty. Throws Failure(usage), naming those there are, if there is
  /// no such column.
  std::optional<std::size_t> position(const std::string& column);

  /// Calls `parse(fields)` for every row. It returns why the row is malformed, or an empty string; malformed rows are skipped.
  template <class Each>
  void for_each(ImportSource& source, Each parse) {
    if (!rows_) {
      for_each_object(source, parse);
      return;
    }
    FileRead& read = source.read_of(file_);
    while (is_first_ || rows_->next()) {
      is_first_ = false;
      ++read.rows;
      read.line = rows_->line();
      if (rows_->has_escapes()) read.note(Oddity::backslash, {});
      std::string reason(rows_->error());
      if (reason.empty()) reason = parse(rows_->fields());
      if (!reason.empty()) source.skip(file_, rows_->line(), reason);
    }
  }

 private:
  using Parse = std::function<std::string(std::span<const std::string_view> fields)>;
  void for_each_object(ImportSource& source, const Parse& parse) const;

  const SourceFile& file_;
  std::string list_separator_;      ///< between the elements of a list that is one field
  std::optional<FieldRows> rows_;   ///< none: objects
  std::vector<std::string> first_;  ///< the first row's fields, or the keys of the first objects
  std::vector<std::string> keys_;   ///< of objects, in the order of their positions
  bool has_header_ = false;
  bool is_first_ = false;  ///< is the first row of data the current one?
};

}  // namespace throng
