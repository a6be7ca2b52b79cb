#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// What stands in a folded word for characters that were lost: U+FFFD, or its bytes read as Latin-1 ("ï¿½").
inline constexpr char kLostLetters = '*';

/// The words of a text without what different hands write differently: case, accents, compatibility forms
/// (Unicode NFKC), punctuation, apostrophes ("Schindler's" is one word), "&" for "and", HTML entities. Words
/// are runs of letters and digits. Bytes that are not valid UTF-8 are lost characters.
std::vector<std::string> folded_words(std::string_view text);

/// Words with numbers as digits ("II", "two" -> "2"), some abbreviations written out ("dr" -> "doctor"), and without
/// "the", "a", "an", "and" and the "part" or "episode" that stands before a number.
std::vector<std::string> canonical_words(const std::vector<std::string>& words);

/// Whether words are nothing but numbers and words such as "part", which tell a sequel from its first part.
/// `words` are canonical.
bool only_numbers(const std::vector<std::string>& words);

/// The words without spaces, so that "Spider-Man", "Spiderman" and "Spider Man" are equal.
std::string compact(const std::vector<std::string>& words);

}  // namespace throng
