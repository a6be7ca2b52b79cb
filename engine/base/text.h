#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace throng {

/// Without ASCII white space at both ends.
std::string_view trimmed(std::string_view text);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A to Z as a to z; everything else as it is.
std::string lower_case(std::string text);

/// The whole text as a number of type T: no sign "+", no spaces; floating-point results may be "inf" or
/// "nan".
template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_valid_utf8(std::string_view bytes);
/// Every invalid sequence is replaced by U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

/// Whether `a` becomes `b` by at most `most` insertions, deletions, replacements or swaps of neighbouring bytes (optimal
/// string alignment). O(size x most).
bool within_edits(std::string_view a, std::string_view b, std::size_t most);

/// Untrusted text made safe for a terminal: what is not valid UTF-8 becomes U+FFFD; what is not seen but means something
/// becomes a space: controls (C0, DEL, C1), separators of lines and paragraphs, and whatever Unicode calls a format
/// character or ignorable by default (turns of the direction of writing, zero-width characters, tags, fillers).
std::string printable(std::string_view text);

/// The same for a message of several lines: line feeds stay.
std::string printable_lines(std::string_view text);

/// Untrusted text for a message: in quotes, printable, cut after 60 bytes.
std::string excerpt(std::string_view text);

/// Such as "40 s", "12 min" or "3.5 h".
std::string rough_time(double seconds);

/// Writes to stderr what is said to a person in passing. Never fails: if nobody can hear it, it is lost.
void say_to_stderr(std::string_view text);

/// The rest of a text after blanks of any script and what is not seen (see `printable`), but for tabs and carriage
/// returns. Invalid UTF-8 is neither.
std::string_view without_leading_blanks(std::string_view text);

}  // namespace throng
