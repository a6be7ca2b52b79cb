#include "agents/minds/title_text.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

constexpr std::array<std::string_view, 13> kWrapping{
    " ",           "\t", "\"", "'", "*", "_", "`", "[", "]", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98",
    "\xE2\x80\x99"};

}  // namespace

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
