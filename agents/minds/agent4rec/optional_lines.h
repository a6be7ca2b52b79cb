#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"

namespace throng {

/// What a reply says beside what is always asked of a page: in lines of its own.
struct OptionalLines {
  struct Line {
    ActionKind kind;
    std::string titles;                ///< a list, or the title that has words
    std::optional<std::string> words;  ///< none: of an action that has none
  };
  std::string rest;         ///< the reply without these lines
  std::vector<Line> lines;  ///< those of one kind after those of another, in the order of their numbers
};

/// Takes lines such as "SAVE: Babe, Casablanca" and "SHARE: Babe; WORDS: you have to see it", in any case and decoration, out of a reply
/// where these actions are `allowed`; the words may stand on the next line.
OptionalLines take_optional_lines(std::string_view reply, const AllowedActions& allowed);

}  // namespace throng
