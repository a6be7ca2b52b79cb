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

}  // namespace throng
