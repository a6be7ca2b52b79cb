#include "agents/minds/title_forms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agents/minds/folded_words.h"
#include "engine/base/text.h"

namespace throng {
namespace {

using Words = std::vector<std::string>;

/// Articles that catalogues move to the end of a title.
bool is_article(const Words& words) {
  static constexpr std::array<std::string_view, 24> articles{
      "the", "a",  "an",  "le",  "la",  "les", "l",   "un",   "une", "el",  "los", "las",
      "il",  "lo", "gli", "der", "die", "das", "ein", "eine", "de",  "det", "den", "het"};
  return words.size() == 1 && std::ranges::find(articles, words.front()) != articles.end();
}

/// The length of the mark at the start of `text` that cuts a name in two: a colon or a dash between spaces.
std::size_t cut_at(std::string_view text) {
  for (const std::string_view mark :
       {":", " - ", " -- ", " \xE2\x80\x93 ", " \xE2\x80\x94 ", "\xE2\x80\x94"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = cut_at(text.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    parts.push_back(text.substr(start, at - start));
    at += length;
    start = at;
  }
  parts.push_back(text.substr(start));
  return parts;
}

/// Takes ", The" off the end of a part.
Words take_trailing_article(std::string_view& part) {
  const std::size_t comma = part.rfind(',');
  if (comma == std::string_view::npos || trimmed(part.substr(0, comma)).empty()) return {};
  Words last = folded_words(part.substr(comma + 1));
  if (!is_article(last)) return {};
  part = part.substr(0, comma);
  return last;
}

TitleName read_name(std::string_view text) {
  TitleName name;
  for (std::string_view part : parts_of(text)) {
    if (Words article = take_trailing_article(part); !article.empty() && name.article.empty()) {
      name.article = std::move(article);
    }
    if (Words words = folded_words(part); !words.empty()) name.parts.push_back(std::move(words));
  }
  if (name.empty() || !name.article.empty()) return name;
  Words& first = name.parts.front();
  if (first.size() > 1 && is_article({first.front()})) {
    name.article = {first.front()};
    first.erase(first.begin());
  }
  return name;
}

std::optional<int> year_of(std::string_view text) {
  const auto year = parse_number<int>(text.substr(0, 4));
  const bool stands_alone = text.size() <= 4 || static_cast<unsigned char>(text[4]) >= 0x80 ||
                            text[4] == '-' || text[4] == '/' || text[4] == ' ';
  if (text.size() < 4 || !year || *year < 1800 || *year > 2199 || !stands_alone) return std::nullopt;
  return year;
}

std::string_view without_aka(std::string_view text) {
  for (const std::string_view mark : {"a.k.a. ", "aka ", "A.K.A. ", "AKA "}) {
    if (text.starts_with(mark)) return text.substr(mark.size());
  }
  return text;
}

}  // namespace

std::vector<std::string> TitleName::words() const {
  Words all;
  for (const Words& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Title read_title(std::string_view text) {
  text = text.substr(0, kLongestTitle);
  Title title;
  std::string outside;
  for (std::string_view rest = text; !rest.empty() && !title.year;) {
    const std::size_t open = std::min(rest.find('('), rest.size());
    outside += rest.substr(0, open);
    const std::size_t close = rest.find(')', open);
    if (close == std::string_view::npos) {
      outside += rest.substr(open);
      break;
    }
    const std::string_view inside = trimmed(rest.substr(open + 1, close - open - 1));
    title.year = year_of(inside);
    if (trimmed(outside).empty()) {
      outside += inside;  // "(500) Days of Summer"
      title.year.reset();
    } else if (!title.year) {
      if (TitleName other = read_name(without_aka(inside)); !other.empty()) {
        title.other_names.push_back(std::move(other));
      }
    }
    rest.remove_prefix(close + 1);
    title.has_remark = title.year && !folded_words(rest).empty();
  }
  title.all_words = folded_words(text);
  title.name = read_name(outside);
  return title;
}

}  // namespace throng
