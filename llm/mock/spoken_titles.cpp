#include "llm/mock/spoken_titles.h"

#include <algorithm>

#include "llm/mock/prompt_text.h"

namespace throng::llm::mock {
namespace {

constexpr Purpose kTitles("mock/agent/titles");

bool are_distinct(std::vector<std::string> titles) {
  std::ranges::sort(titles);
  return std::ranges::adjacent_find(titles) == titles.end();
}

}  // namespace

std::string_view without_year(std::string_view title) {
  constexpr std::size_t kYear = 7;  // " (1995)"
  if (title.size() <= kYear) return title;
  const std::string_view end = title.substr(title.size() - kYear);
  const bool is_year = end.starts_with(" (") && end.ends_with(')') &&
                       std::ranges::all_of(end.substr(2, 4), [](char c) { return c >= '0' && c <= '9'; });
  return is_year ? title.substr(0, title.size() - kYear) : title;
}

std::string article_first(std::string_view title) {
  for (const std::string_view article : {", The", ", A", ", An"}) {
    if (!title.ends_with(article)) continue;
    title.remove_suffix(article.size());
    return std::string(article.substr(2)).append(1, ' ').append(title);
  }
  return std::string(title);
}

std::vector<std::string> spoken_titles(const std::vector<ItemAnswer>& items, const Draws& draws) {
  std::vector<std::string> whole;
  for (const ItemAnswer& item : items) whole.push_back(one_line(item.title));
  const double way = draws.uniform(kTitles, {});
  if (way < 0.5) return whole;
  std::vector<std::string> brief;
  for (const std::string& title : whole) {
    const std::string_view shorter = without_year(title);
    brief.push_back(way < 5.0 / 6 ? std::string(shorter) : article_first(shorter));
  }
  return are_distinct(brief) ? brief : whole;
}

}  // namespace throng::llm::mock
