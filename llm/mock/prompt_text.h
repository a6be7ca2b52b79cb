#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace throng::llm::mock {

/// What the JSON string says that `text` starts with, which is dropped from there; nothing, without effect, if it
/// starts with none. A string that is no valid JSON is taken as it stands.
std::optional<std::string> take_quoted(std::string_view& text);

/// The first number in `text`: digits, perhaps with a decimal point; at most 10^6.
std::optional<double> first_number(std::string_view text);

/// `text` with blanks for control characters, and without those at its ends.
std::string one_line(std::string_view text);

}  // namespace throng::llm::mock
