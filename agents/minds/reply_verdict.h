#pragma once

#include <optional>
#include <string_view>

namespace throng {

/// Yes or no, from the first word of a value: "Yes", "no (too long)", "Not really", "aligned". None for anything
/// else, such as "partially" or "yes or no".
std::optional<bool> read_verdict(std::string_view value);

}  // namespace throng
