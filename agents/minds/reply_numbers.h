#pragma once

#include <optional>
#include <string_view>

namespace throng {

inline constexpr std::string_view kDigits = "0123456789";

/// The whole number at the start of a value: "4", "4/5", "4 stars out of 5", "4.0", "four", "Four-star", "[4] (good)", and the
/// Chinese words for 0 to 10. None if there is none, for fractions ("4.5", "four and a half"), ranges ("3-4"), and where the
/// value names another greatest number than `scale` ("8/10", "four out of ten" on a scale of 5). Not limited to the scale.
std::optional<int> read_whole_number(std::string_view value, int scale);

/// Whether a value says that there is nothing: "None of them", "N/A", "-", "not watched".
bool says_nothing(std::string_view value);

}  // namespace throng
