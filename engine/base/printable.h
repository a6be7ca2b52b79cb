#pragma once

#include <string>
#include <string_view>

namespace throng {

/// Untrusted text made safe for a terminal: what is not valid UTF-8 becomes U+FFFD; control characters (C0,
/// DEL, C1) and the invisible ones that turn the direction of writing become spaces.
std::string printable(std::string_view text);

/// The same for a message of several lines: line feeds stay.
std::string printable_lines(std::string_view text);

}  // namespace throng
