#pragma once

#include <string>
#include <string_view>

namespace throng {

/// Without ASCII white space at both ends.
std::string_view trimmed(std::string_view text);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A to Z as a to z; everything else as it is.
std::string lower_case(std::string text);

}  // namespace throng
