#pragma once

#include <string_view>
#include <vector>

#include "agents/minds/title_match.h"

namespace throng {

/// Cuts a list such as "Fugitive, The; Speed" or "Little Mermaid, The, Casablanca and Babe" where the pieces name items
/// of the page: at semicolons, commas (also those of Chinese), "and", and bars or strokes between blanks. What names no item is a piece too, unless it says "none".
std::vector<std::string_view> titles_in(std::string_view list, const TitleMatcher& matcher);

}  // namespace throng
