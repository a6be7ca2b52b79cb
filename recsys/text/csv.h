#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <csv.h>

#include "engine/base/files.h"

namespace throng {

/// The next occurrences of a byte in a text, each searched for once as long as one asks from positions that do not fall.
class NextOccurrence {
 public:
  NextOccurrence(std::string_view text, char wanted) : text_(text), wanted_(wanted) {}

  /// The first position at or after `from`; the text's size if there is none.
  std::size_t from(std::size_t from) {
    if (from < searched_from_ || from > found_at_) {
      searched_from_ = from;
      found_at_ = std::min(text_.find(wanted_, from), text_.size());
    }
    return found_at_;
  }

 private:
  std::string_view text_;
  char wanted_;
  std::size_t searched_from_ = 1;
  std::size_t found_at_ = 0;  ///< there is none in [searched_from_, found_at_)
};

/// The rows of a CSV text (RFC 4180, with any separator; LF, CRLF or CR; blank lines and a byte order mark are passed
/// over), by libcsv in its strict mode. A row that is malformed so, but not if a backslash before a quote or a backslash
/// escapes it (as MySQL writes), is read so. Spaces belong to the fields. The text must outlive the reader.
class CsvReader {
 public:
  /// `first_line` is the number of the text's first line.
  explicit CsvReader(std::string_view text, char separator = ',', std::size_t first_line = 1);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  /// Goes to the next row; false at the end. A row with wrong quoting has an error() instead of fields;
  /// reading goes on at the line after the one it began on.
  bool next();
  /// The line the row began on.
  std::size_t line() const { return row_line_; }
  /// The line after the row; at the end, after the text.
  std::size_t next_line() const { return line_; }
  /// Valid until the next call of next().
  std::span<const std::string_view> fields() const { return fields_; }
  /// Empty if the row is well formed.
  const std::string& error() const { return error_; }
  /// Whether backslashes escape quotes in the row.
  bool has_escapes() const { return has_escapes_; }

 private:
  void start_parser();
  std::size_t end_of_line(std::size_t from);
  void split(std::string_view content);
  void finish_row();
  void recover(std::size_t position, std::string reason);
  bool read_escaped(std::size_t position);
  std::size_t take_escaped_field(std::size_t at);
  static void on_field(void* bytes, std::size_t size, void* self);
  static void on_row(int terminator, void* self);

  std::string_view text_;
  NextOccurrence line_feed_;
  NextOccurrence carriage_return_;
  NextOccurrence quote_;
  char separator_;
  csv_parser parser_{};
  std::size_t position_ = 0;
  std::size_t line_;  ///< of position_
  std::size_t row_line_ = 0;
  bool row_ended_ = false;
  std::string bytes_;              ///< the fields of the row, one after the other
  std::vector<std::size_t> ends_;  ///< where each of them ends in bytes_
  std::vector<std::string_view> fields_;
  std::string error_;
  bool has_escapes_ = false;
};

enum class UnknownColumns { refused, passed_over };

/// A CSV text with a header line. Columns are declared by name and asked for by their position in the
/// declaration, whatever their order in the file.
class CsvTable {
 public:
  /// Reads the header. Throws Failure(data) naming `file` if there is none, or if it lacks a required column,
  /// names one twice or names an undeclared one (if those are refused). Positions count the required columns first, then
  /// the optional ones.
  CsvTable(std::string_view text, std::string file, const std::vector<std::string_view>& required,
           const std::vector<std::string_view>& optional = {},
           UnknownColumns unknown = UnknownColumns::refused);

  /// Goes to the next row; false at the end.
  bool next();
  std::size_t line() const { return reader_.line(); }
  /// Empty if the row is well formed and has as many fields as the header; else there are no fields to ask
  /// for.
  std::string error() const;

  bool has_escapes() const { return reader_.has_escapes(); }

  bool has(std::size_t column) const { return positions_[column].has_value(); }
  /// The row's field, empty if the file does not have the (optional) column. Valid until next().
  std::string_view field(std::size_t column) const {
    return positions_[column] ? reader_.fields()[*positions_[column]] : std::string_view();
  }

  /// Throws Failure(data): "file:line: reason" for the current row.
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  CsvReader reader_;
  std::string file_;
  std::size_t width_ = 0;
  std::vector<std::optional<std::size_t>> positions_;
};

/// Writes rows that CsvReader reads back: LF, quotes only where a field needs them.
class CsvWriter {
 public:
  explicit CsvWriter(const std::filesystem::path& path);

  void field(std::string_view text) { raw_field(quoted(text)); }
  /// In as few digits as read back give the same number.
  template <class Number>
  void number(Number value) {
    char digits[32];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    raw_field({digits, static_cast<std::size_t>(end - digits)});
  }
  /// A field that is written often, quoted once by quoted().
  void raw_field(std::string_view text) {
    if (row_begun_) buffer_ += ',';
    row_begun_ = true;
    buffer_ += text;
  }
  /// The text as it stands in a file.
  static std::string quoted(std::string_view text);

  void end_row();
  void row(const std::vector<std::string_view>& fields);
  /// Call it once, at the end: only then the file is there. Throws cannot_write.
  void close();

 private:
  static bool needs_quotes(std::string_view text) {
    return text.find_first_of("\",\r\n") != std::string_view::npos;
  }

  AtomicFile file_;
  std::string buffer_;
  bool row_begun_ = false;
};

}  // namespace throng
