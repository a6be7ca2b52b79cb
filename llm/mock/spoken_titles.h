#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llm/mock/agent_play.h"

namespace throng::llm::mock {

/// The titles of a page as a reply names them, each on one line: half of the replies as they are, a third without the
/// year, the others without the year and with the article in front. As they are, if two would otherwise be the same.
std::vector<std::string> spoken_titles(const std::vector<ItemAnswer>& items, const Draws& draws);

/// "Usual Suspects, The (1995)": "Usual Suspects, The".
std::string_view without_year(std::string_view title);
/// "Usual Suspects, The": "The Usual Suspects". English articles.
std::string article_first(std::string_view title);

}  // namespace throng::llm::mock
