#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"

namespace throng {

/// Bytes that are valid UTF-8 stay as they are (copies of old datasets are often re-encoded); others are taken as
/// Windows-1252, which is ISO 8859-1 with printable characters in place of controls.
std::string western_to_utf8(std::string_view bytes);

/// With the characters that the entities &amp; &lt; &gt; &quot; &apos; &#39; &nbsp; stand for.
std::string unescape_html(std::string_view text);

/// Without a UTF-8 byte order mark at the start.
std::string_view without_bom(std::string_view text);

/// A rating from 0.5 to 5.
std::optional<float> parse_rating(std::string_view text);

/// Cuts `line` at every `delimiter` into exactly N fields; false if it has fewer or more.
template <std::size_t N>
bool split_fields(std::string_view line, std::string_view delimiter,
                  std::array<std::string_view, N>& fields) {
  for (std::size_t n = 0; n + 1 < N; ++n) {
    const std::size_t end = line.find(delimiter);
    if (end == std::string_view::npos) return false;
    fields[n] = line.substr(0, end);
    line.remove_prefix(end + delimiter.size());
  }
  fields[N - 1] = line;
  return line.find(delimiter) == std::string_view::npos;
}

/// Cuts `line` at every `delimiter`; one field more than there are delimiters.
std::vector<std::string_view> all_fields(std::string_view line, char delimiter);

/// The lines of a text, which must outlive the reader. A byte order mark and the CR of a CRLF are no part of
/// a line; blank lines are passed over but counted.
class LineReader {
 public:
  /// `first_line` is the number of the text's first line.
  explicit LineReader(std::string_view text, std::size_t first_line = 1)
      : rest_(without_bom(text)), number_(first_line - 1) {}

  /// Goes to the next line; false at the end.
  bool next();
  std::string_view line() const { return line_; }
  /// Of the current line; after the end, of the last one, blank or not.
  std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_;
};

}  // namespace throng
