#include "agents/minds/reading/title_text.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include <utf8.h>

#include "agents/minds/reading/folded_words.h"
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

constexpr std::array<std::string_view, 13> kWrapping{
    " ",           "\t", "\"", "'", "*", "_", "`", "[", "]", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98",
    "\xE2\x80\x99"};

enum class Script { none, latin, other };

/// Of a letter; none for what letters of any script stand between.
Script script_of(char32_t c) {
  constexpr char32_t last_latin = 0x24F;
  constexpr char32_t punctuation = 0x2000;  // to 0x2FFF, with symbols
  constexpr char32_t cjk_letters = 0x3040;
  constexpr char32_t full_width = 0xFF00;
  if (c < 0x80) return (c | 0x20U) >= U'a' && (c | 0x20U) <= U'z' ? Script::latin : Script::none;
  if (c <= last_latin) return c >= 0xC0 ? Script::latin : Script::none;
  if ((c >= punctuation && c < cjk_letters && c != U'々') || c >= full_width) return Script::none;
  return Script::other;
}

/// Where the letters of one script end and those of another begin.
std::vector<std::string_view> by_script(std::string_view text) {
  std::vector<std::string_view> runs;
  Script current = Script::none;
  auto at = text.begin();
  auto start = at;
  while (at != text.end()) {
    const auto character = at;
    const Script script = script_of(utf8::unchecked::next(at));
    if (script == Script::none || script == current) continue;
    if (current != Script::none) {
      runs.emplace_back(start, character);
      start = character;
    }
    current = script;
  }
  runs.emplace_back(start, text.end());
  return runs;
}

/// The pieces between any of `marks`.
std::vector<std::string_view> pieces_between(std::string_view text,
                                             std::initializer_list<std::string_view> marks) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto* const mark =
        std::ranges::find_if(marks, [&](std::string_view each) { return text.substr(at).starts_with(each); });
    if (mark == marks.end()) {
      ++at;
      continue;
    }
    pieces.push_back(text.substr(start, at - start));
    at += mark->size();
    start = at;
  }
  pieces.push_back(text.substr(start));
  return pieces;
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
  std::string gateway;
  for (std::string_view rest = text; !rest.empty() && !title.year;) {
    const std::size_t open = std::min(rest.find('('), rest.size());
    gateway += rest.substr(0, open);
    const std::size_t close = rest.find(')', open);
    if (close == std::string_view::npos) {
      gateway += rest.substr(open);
      break;
    }
    const std::string_view inside = trimmed(rest.substr(open + 1, close - open - 1));
    title.year = year_of(inside);
    if (trimmed(gateway).empty()) {
      gateway += inside;  // "(500) Days of Summer"
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
  title.name = read_name(gateway);
  return title;
}

std::vector<std::string_view> translated_names(std::string_view text, Translations how) {
  constexpr std::size_t longest = 400;  // as kLongestTitle
  constexpr std::string_view around = " \t()[]/|:-,\"'*_";
  if (text.size() > longest || !utf8::is_valid(text.begin(), text.end())) return {};
  const std::vector<std::string_view> runs = by_script(text);
  std::vector<std::string_view> parts = pieces_between(text, {" / ", " | "});
  if (runs.size() > 1) {
    for (const std::string_view piece :
         pieces_between(text, {"(", ")", "[", "]", "/", "《", "》", "「", "」"}))
      parts.push_back(piece);
    if (how == Translations::all) parts.insert(parts.end(), runs.begin(), runs.end());
  }
  std::vector<std::string_view> names;
  for (std::string_view part : parts) {
    part.remove_prefix(std::min(part.find_first_not_of(around), part.size()));
    part = part.substr(0, part.find_last_not_of(around) + 1);
    const bool is_year = std::ranges::all_of(part, is_digit);
    if (!is_year && part.size() < text.size()) names.push_back(part);
  }
  return names;
}

std::string verbatim_key(std::string_view whole) {
  std::string_view text = whole;
  const auto at_start = [&](std::string_view mark) { return text.starts_with(mark); };
  const auto at_end = [&](std::string_view mark) { return text.ends_with(mark); };
  for (auto mark = std::ranges::find_if(kWrapping, at_start); mark != kWrapping.end();
       mark = std::ranges::find_if(kWrapping, at_start)) {
    text.remove_prefix(mark->size());
  }
  for (auto mark = std::ranges::find_if(kWrapping, at_end); mark != kWrapping.end();
       mark = std::ranges::find_if(kWrapping, at_end)) {
    text.remove_suffix(mark->size());
  }
  std::string key(text.empty() ? trimmed(whole) : text);
  for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return key;
}

std::string_view without_numbering(std::string_view text) {
  constexpr std::size_t most_digits = 3;
  const std::string_view plain = trimmed(text);
  const bool has_hash = plain.starts_with('#');
  const std::size_t start = has_hash ? 1 : 0;
  std::size_t end = start;
  while (end < plain.size() && is_digit(plain[end])) ++end;
  if (end == start || end - start > most_digits || end == plain.size()) return text;
  if (!has_hash && plain[end] != '.' && plain[end] != ')') return text;
  return trimmed(plain.substr(end + 1));
}

std::string_view before_closing_quote(std::string_view text) {
  for (const std::string_view mark : {"\"", "**", "\xE2\x80\x9D", "\xC2\xBB"}) {
    const std::size_t end = text.find(mark, text.starts_with(mark) ? mark.size() : 0);
    if (end != std::string_view::npos) return text.substr(0, end);
  }
  return text;
}

std::string_view without_year(std::string_view title) {
  constexpr std::size_t length = 6;  // "(1995)"
  title = trimmed(title);
  if (title.size() <= length || !title.ends_with(')')) return title;
  const std::string_view year = title.substr(title.size() - length);
  if (year[0] != '(' || !std::all_of(year.begin() + 1, year.end() - 1, is_digit)) return title;
  return trimmed(title.substr(0, title.size() - length));
}

std::string_view before_brackets(std::string_view title) {
  const std::size_t open = title.find('(');
  if (open == std::string_view::npos || trimmed(title.substr(0, open)).empty()) return title;
  return trimmed(title.substr(0, open));
}

}  // namespace throng
