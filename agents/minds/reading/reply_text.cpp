#include "agents/minds/reading/reply_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include <utf8.h>

#include "agents/minds/reading/folded_words.h"
#include "engine/base/text.h"

namespace throng {
namespace {

std::string_view without_leading(std::string_view text, std::string_view characters) {
  const std::size_t first = text.find_first_not_of(characters);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// Takes the digits off the start of `text`; none if there are none, or too many for a rating.
std::optional<int> take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  const auto number = parse_number<int>(text.substr(0, end));
  text.remove_prefix(end);
  return number;
}

/// What ratings are counted in.
std::string_view without_unit(std::string_view text) {
  const std::string_view rest = without_leading(text, " -*_");
  for (const std::string_view unit : {"stars", "star", "points", "pts", "分", "星", "颗星"}) {
    if (lower_case(std::string(rest.substr(0, unit.size()))) == unit) return rest.substr(unit.size());
  }
  return text;
}

/// Takes "/ 5", "out of 5" or "of 5" off the start, behind a unit or not: the 5.
std::optional<int> take_scale(std::string_view& text) {
  std::string_view rest = without_leading(without_unit(text), " *_([");
  for (const std::string_view mark : {"/", "out of", "of"}) {
    if (!rest.starts_with(mark)) continue;
    rest = without_leading(rest.substr(mark.size()), " *_");
    const std::optional<int> scale = take_digits(rest);
    if (scale) text = rest;
    return scale;
  }
  return std::nullopt;
}

/// Whether a number goes on: as a fraction, or to a second number ("4-5", "4 or 5").
bool goes_on(std::string_view text) {
  const bool is_point = text.starts_with('.') || (text.starts_with(',') && text.size() > 1 &&
                                                  kDigits.find(text[1]) != std::string_view::npos);
  if (is_point) {
    text.remove_prefix(1);
    const std::size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
    if (text.substr(0, digits).find_first_not_of('0') != std::string_view::npos) return true;
    text.remove_prefix(digits);
  }
  text = without_leading(text, " ");
  for (const std::string_view mark : {"-", "\xE2\x80\x93", "~", "to ", "or ", "\xC2\xBD", "1/2"}) {
    if (!text.starts_with(mark)) continue;
    const std::string_view next = without_leading(text.substr(mark.size()), " ");
    return mark.starts_with('\xC2') || mark == "1/2" ||
           (!next.empty() && kDigits.find(next[0]) != std::string_view::npos);
  }
  return false;
}

/// The number that one word is; none for others.
std::optional<int> spoken_number(std::string_view word) {
  static constexpr std::array<std::string_view, 11> chinese{"零", "一", "二", "三", "四", "五",
                                                            "六", "七", "八", "九", "十"};
  for (std::size_t number = 0; number < chinese.size(); ++number) {
    if (!word.starts_with(chinese[number])) continue;
    const std::string_view rest = word.substr(chinese[number].size());
    return rest.empty() || without_unit(rest).empty() ? std::optional(static_cast<int>(number))
                                                      : std::nullopt;
  }
  if (word.size() < 3) return std::nullopt;  // "I", "a"
  const std::vector<std::string> number = canonical_words({std::string(word)});
  return number.size() == 1 ? parse_number<int>(number.front()) : std::nullopt;
}

/// "four" at the start of a value: "Four stars", "four-star", "four out of five", "four/5". None where it goes on ("four and a
/// half", "four or five") or names another scale.
std::optional<int> number_word(std::string_view value, int scale) {
  constexpr std::size_t enough = 40;
  const std::vector<std::string> words =
      folded_words(value.substr(0, std::min(value.find_first_of(";.,\n"), enough)));
  if (words.empty()) return std::nullopt;
  const auto number = spoken_number(words.front());
  std::size_t at = 1;
  const auto word = [&] { return at < words.size() ? std::string_view(words[at]) : std::string_view(); };
  if (without_unit(word()).empty() && !word().empty()) ++at;
  const auto digits = parse_number<int>(word());
  if (digits && digits == number) return number;  // "four (4)"
  if (word() == "out" || word() == "of" || digits) {
    if (word() == "out") ++at;
    if (word() == "of") ++at;
    const auto named_scale = digits ? digits : parse_number<int>(word());
    return named_scale.value_or(spoken_number(word()).value_or(0)) == scale ? number : std::nullopt;
  }
  const bool is_fraction = word() == "point" || std::ranges::find(words, "half") != words.end();
  const bool is_range = word() == "or" || word() == "to" || spoken_number(word());
  return is_fraction || is_range ? std::nullopt : number;
}

std::optional<bool> verdict_of(std::string_view word) {
  static constexpr std::array<std::string_view, 10> yes{"yes",    "y",  "true", "yeah", "aligned",
                                                        "aligns", "是", "是的", "对",   "符合"};
  static constexpr std::array<std::string_view, 11> no{"no",   "n",  "false", "not",  "nope",  "doesnt",
                                                       "isnt", "否", "不",    "不是", "不符合"};
  if (std::ranges::find(yes, word) != yes.end()) return true;
  if (std::ranges::find(no, word) != no.end()) return false;
  return std::nullopt;
}

/// The zeros of decimal digits that models of other languages write (Unicode, category Nd).
constexpr std::array<char32_t, 12> kZeros{0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66,
                                          0x0AE6, 0x0BE6, 0x0C66, 0x0E50, 0x0ED0, 0x1D7CE};

bool is_comma(char32_t c) { return c == U'，'; }
bool is_full_star(char32_t c) { return c == U'★' || c == U'⭐' || c == U'🌟'; }
bool is_empty_star(char32_t c) { return c == U'☆'; }
/// What makes an emoji of the character before it.
bool is_selector(char32_t c) { return c == 0xFE0F || c == 0xFE0E; }

/// What a character stands for in ASCII; itself if for nothing.
char32_t plain(char32_t c) {
  constexpr char32_t first_full_width = 0xFF01;
  constexpr char32_t last_full_width = 0xFF5E;
  // Sentences keep the marks of their script: ！ ， ． ？ are no structure of a reply.
  if (c == U'！' || c == U'，' || c == U'？') return c;
  if (c >= first_full_width && c <= last_full_width) return c - first_full_width + U'!';
  if (c == U'【' || c == U'〔' || c == U'〖') return U'[';
  if (c == U'】' || c == U'〕' || c == U'〗') return U']';
  if (c == 0x3000) return U' ';
  for (const char32_t zero : kZeros) {
    if (c >= zero && c < zero + 10) return c - zero + U'0';
  }
  return c;
}

/// The digit in a circle; 0 for others.
char32_t circled_digit(char32_t c) {
  if (c >= U'①' && c <= U'⑨') return c - U'①' + U'1';
  if (c >= U'❶' && c <= U'❾') return c - U'❶' + U'1';
  return 0;
}

bool is_ascii_word(char32_t c) {
  return (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
}

/// The first character at or behind `at` that is no blank; a line feed at the end.
char32_t next_seen(const std::u32string& text, std::size_t at) {
  while (at < text.size() && (text[at] == U' ' || text[at] == U'*')) ++at;
  return at < text.size() ? text[at] : U'\n';
}

/// Reads a rating in stars at `at`, which stands behind a colon: how many are full, of how many. Moves `at` behind it.
/// None if it is a bullet.
std::u32string read_stars(const std::u32string& text, std::size_t& at) {
  std::size_t full = 0;
  std::size_t all = 0;
  std::size_t end = at;
  for (; end < text.size(); ++end) {
    const char32_t c = text[end];
    if (is_full_star(c)) {
      ++full;
      ++all;
    } else if (is_empty_star(c)) {
      ++all;
    } else if (!is_selector(c)) {
      break;
    }
  }
  if (full == 0 || all > 10 || (all == 1 && is_ascii_word(next_seen(text, end)))) return {};
  at = end;
  std::string words = std::to_string(full);
  if (all > full) words += "/" + std::to_string(all);
  return {words.begin(), words.end()};
}

}  // namespace

std::optional<int> read_whole_number(std::string_view value, int scale) {
  std::string_view rest = without_leading(value, " \t*_`\"'[(<#~:=");
  if (rest.empty()) return std::nullopt;
  if (kDigits.find(rest.front()) == std::string_view::npos) return number_word(rest, scale);
  const std::optional<int> number = take_digits(rest);
  if (!number || goes_on(rest)) return std::nullopt;
  if (rest.starts_with('.') || rest.starts_with(",0")) rest = without_leading(rest.substr(1), "0");
  const std::optional<int> named_scale = take_scale(rest);
  if (named_scale && *named_scale != scale) return std::nullopt;
  return number;
}

bool says_nothing(std::string_view value) {
  static constexpr std::array<std::string_view, 9> nothing{
      "", "na", "no", "null", "nomovie", "nomovies", "notwatched", "notapplicable", "notrated"};
  constexpr std::size_t enough = 40;
  const std::vector<std::string> words = folded_words(value.substr(0, enough));
  if (!words.empty() && (words.front() == "none" || words.front() == "nothing")) return true;
  return std::ranges::find(nothing, compact(words)) != nothing.end();
}

std::optional<bool> read_verdict(std::string_view value) {
  constexpr std::size_t enough = 40;
  const std::vector<std::string> words = folded_words(value.substr(0, enough));
  if (words.empty()) return std::nullopt;
  const auto word = [&](std::size_t at) { return at < words.size() ? std::string_view(words[at]) : ""; };
  if (word(0) == "not") return false;
  if (word(0) == "does" && word(1) == "not") return false;
  const std::optional<bool> verdict = verdict_of(word(0));
  const std::optional<bool> other = verdict_of(word(1) == "or" || word(1) == "and" ? word(2) : word(1));
  if (verdict && other && *verdict != *other && word(1) != "not") return std::nullopt;  // "yes or no"
  return verdict;
}

std::string plain_reply(std::string_view reply) {
  const auto is_ascii = [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; };
  if (std::ranges::all_of(reply, is_ascii)) return std::string(reply);
  const std::string valid = to_valid_utf8(reply);
  std::u32string text;
  utf8::utf8to32(valid.begin(), valid.end(), std::back_inserter(text));
  std::ranges::transform(text, text.begin(), plain);
  std::u32string result;
  char32_t before = U'\n';  // the last character that is no blank
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = text[at];
    if ((before == U':' || before == U'=') && (is_full_star(c) || is_empty_star(c))) {
      const std::u32string stars = read_stars(text, at);
      result += stars;
      before = c;
      if (!stars.empty()) continue;
    }
    const char32_t digit = before == U':' && !is_ascii_word(next_seen(text, at + 1)) ? circled_digit(c) : 0;
    result += is_comma(c) && next_seen(text, at + 1) < 0x80 ? U',' : digit != 0 ? digit : c;
    if (c != U' ' && c != U'*') before = c;
    ++at;
  }
  std::string plain_text;
  utf8::utf32to8(result.begin(), result.end(), std::back_inserter(plain_text));
  return plain_text;
}

}  // namespace throng
