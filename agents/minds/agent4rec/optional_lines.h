#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"

namespace throng {

/// What a reply says beside what is always asked of a page: in lines of its own.
struct OptionalLines {
  struct Share {
    std::string title;
    std::string words;  ///< may be empty
  };
  std::string rest;                ///< the reply without these lines
  std::vector<std::string> saved;  ///< lists of titles
  std::vector<Share> shared;
};

/// Takes lines such as "SAVE: Babe, Casablanca" and "SHARE: Babe; WORDS: you have to see it", in any case and decoration, out of a reply
/// where saving and sharing are `allowed`; the words may stand on the next line.
OptionalLines take_optional_lines(std::string_view reply, const AllowedActions& allowed);

}  // namespace throng
