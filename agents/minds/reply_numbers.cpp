#include "agents/minds/reply_numbers.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agents/minds/folded_words.h"
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

}  // namespace throng
