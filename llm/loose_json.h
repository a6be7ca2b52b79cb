#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace throng::llm {

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
