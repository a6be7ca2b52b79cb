#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace throng {

inline constexpr std::string_view kDigits = "0123456789";

/// The whole number at the start of a value: "4", "4/5", "4 stars out of 5", "4.0", "four", "Four-star", "[4] (good)", and the
/// Chinese words for 0 to 10. None if there is none, for fractions ("4.5", "four and a half"), ranges ("3-4"), and where the
/// value names another greatest number than `scale` ("8/10", "four out of ten" on a scale of 5). Not limited to the scale.
std::optional<int> read_whole_number(std::string_view value, int scale);

/// Whether a value says that there is nothing: "None of them", "N/A", "-", "not watched".
bool says_nothing(std::string_view value);

/// Yes or no, from the first word of a value: "Yes", "no (too long)", "Not really", "aligned". None for anything
/// else, such as "partially" or "yes or no".
std::optional<bool> read_verdict(std::string_view value);

/// A reply as the readers take it: valid UTF-8, with the forms that keyboards of other scripts give to what a reply is built
/// of as in ASCII: full-width letters, digits, brackets and punctuation, 【】 and 〔〕 as square brackets, digits of other
/// scripts, and, behind a colon, digits in circles and ratings painted with stars ("★★★★☆" is "4/5"). A comma stays as it is where text
/// of its own script goes on.
std::string plain_reply(std::string_view reply);

}  // namespace throng
