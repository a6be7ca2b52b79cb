#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace throng::llm {

/// Appends `text` as the inside of a JSON string: escaped, and with U+FFFD for what is not valid UTF-8.
void append_json_text(std::string& out, std::string_view text);

/// The same with its quotes.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::int64_t number);
/// The shortest text that reads back as `number`, which must be finite.
void append_json_number(std::string& out, double number);

/// Valid UTF-8 that keeps the bytes that are none: each as a character of the last private plane, U+10FF00 and its value.
std::string with_stand_ins(std::string_view bytes);
/// The inverse.
std::string without_stand_ins(std::string_view text);

// JSON as models write it.

/// How far an object or array goes.
struct JsonExtent {
  std::size_t end = std::string_view::npos;  ///< behind its last bracket; npos: that is missing
  bool mismatched = false;                   ///< another bracket stands where one should be
};

/// Of the object or array that begins at `start`.
JsonExtent extent_of_json(std::string_view text, std::size_t start);

/// Mends what can mean only one thing: a comma before a closing bracket, comments, control characters within a string (as
/// escapes), `\'`, Python's True, False and None, and half of a surrogate pair (as U+FFFD). Any bytes may be passed;
/// what is not JSON stays so.
std::string mended_json(std::string_view text);

/// `text` with what servers write and no strict parser takes in another form: U+FFFD for halves of surrogate pairs (Python
/// and JavaScript write such) and for bytes that are not UTF-8, and whole numbers of more digits than 64 bits hold as doubles.
std::string strict_json(std::string_view text);

}  // namespace throng::llm
