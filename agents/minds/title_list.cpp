#include "agents/minds/title_list.h"

#include <algorithm>

#include "agents/minds/reply_fields.h"
#include "agents/minds/reply_numbers.h"

namespace throng {
namespace {

/// Longer pieces are no lists of titles but prose.
constexpr std::size_t kMostPieces = 200;

/// The length of the mark at the start of `text` that may stand between two titles.
std::size_t separator_at(std::string_view text) {
  for (const std::string_view mark : {";", ",", " and ", " & ", " / ", " | ", "\n", "、", "，"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

struct Piece {
  std::size_t start;
  std::size_t end;
};

std::vector<Piece> pieces_of(std::string_view list) {
  std::vector<Piece> pieces;
  std::size_t start = 0;
  for (std::size_t at = 0; at < list.size() && pieces.size() < kMostPieces;) {
    const std::size_t length = separator_at(list.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    pieces.push_back({start, at});
    at += length;
    start = at;
  }
  pieces.push_back({start, list.size()});
  return pieces;
}

}  // namespace

std::vector<std::string_view> titles_in(std::string_view list, const TitleMatcher& matcher) {
  constexpr std::size_t most_joined = 5;
  const std::vector<Piece> pieces = pieces_of(list);
  std::vector<std::string_view> titles;
  for (std::size_t first = 0; first < pieces.size();) {
    // The longest run of pieces that names an item: titles hold commas, semicolons and "and" themselves.
    std::size_t next = first;
    for (std::size_t last = std::min(first + most_joined, pieces.size()); last > first && next == first;
         --last) {
      const std::string_view run =
          without_decoration(list.substr(pieces[first].start, pieces[last - 1].end - pieces[first].start));
      const Freedom freedom = last - first > 1 ? Freedom::name : Freedom::shortened;
      if (run.empty() || matcher.match(run, freedom).empty()) continue;
      titles.push_back(run);
      next = last;
    }
    if (next == first) {
      const std::string_view unknown =
          without_decoration(list.substr(pieces[first].start, pieces[first].end - pieces[first].start));
      if (!says_nothing(unknown)) titles.push_back(unknown);
      next = first + 1;
    }
    first = next;
  }
  return titles;
}

}  // namespace throng
