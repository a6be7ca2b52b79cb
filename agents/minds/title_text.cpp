#include "agents/minds/title_text.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <utf8.h>

#include "engine/base/text.h"

namespace throng {
namespace {

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
