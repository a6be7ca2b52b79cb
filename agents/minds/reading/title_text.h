#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// A name as folded words, cut at its colons and dashes: "star wars", "episode iv", "a new hope".
struct TitleName {
  std::vector<std::vector<std::string>> parts;
  std::vector<std::string> article;  ///< "the" of "Abyss, The" and of "The Abyss"; not in `parts`

  std::vector<std::string> words() const;  ///< without the article
  bool empty() const { return parts.empty(); }
};

/// A title as catalogues and people write it: "Name: Subtitle, The (Another Name) (Year)".
struct Title {
  std::vector<std::string> all_words;  ///< in the order of the text
  TitleName name;
  std::vector<TitleName> other_names;  ///< in brackets, before the year
  std::optional<int> year;             ///< in brackets
  bool has_remark = false;             ///< there are words behind the year
};

/// What is longer is read no further, in bytes.
inline constexpr std::size_t kLongestTitle = 400;

/// What stands after a year in brackets is left out of the names.
Title read_title(std::string_view text);

/// Small ASCII letters, without white space, quotes, markdown and square brackets at both ends, unless
/// that is all there is; else as it is written.
std::string verbatim_key(std::string_view whole);

/// "2. Babe" -> "Babe", "#2 Babe" -> "Babe"; the same text if it has no number in front.
std::string_view without_numbering(std::string_view text);

/// `Babe" - a family film` -> `Babe`: what stands before the first closing quote or markdown.
std::string_view before_closing_quote(std::string_view text);

/// "Babe (1995)" -> "Babe"; the same text if no year in brackets stands at its end.
std::string_view without_year(std::string_view title);

/// "Seven (Se7en) (1995)" -> "Seven": what stands before the first bracket.
std::string_view before_brackets(std::string_view title);

/// How far a text is cut into a name and its translation.
enum class Translations {
  marked,  ///< at brackets, where they are of two scripts ("港口 (The Harbour)"), and at strokes and bars ("Le Port / The Harbour")
  all,     ///< also where the script changes ("港口 The Harbour (1988)")
};

/// The parts of a text that holds a name and its translation; empty if it holds one name.
std::vector<std::string_view> translated_names(std::string_view text, Translations how);

}  // namespace throng
