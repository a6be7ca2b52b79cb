#include "agents/minds/reading/folded_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <utf8.h>
#include <utf8proc.h>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kReplacementAsLatin1 =
    "\xC3\xAF\xC2\xBF\xC2\xBD";  // its bytes, each as a character

/// Reads "&#8230;", "&amp;" and their like at the start of `text`, which starts with '&'. Returns its length, or 0.
std::size_t read_entity(std::string_view text, char32_t& character) {
  static constexpr std::array<std::pair<std::string_view, char32_t>, 6> named{{{"&amp;", U'&'},
                                                                               {"&quot;", U'"'},
                                                                               {"&apos;", U'\''},
                                                                               {"&lt;", U'<'},
                                                                               {"&gt;", U'>'},
                                                                               {"&nbsp;", U' '}}};
  for (const auto& [name, meaning] : named) {
    if (!text.starts_with(name)) continue;
    character = meaning;
    return name.size();
  }
  constexpr std::size_t longest = 10;
  const std::size_t end = text.substr(0, longest).find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos) return 0;
  const auto code = parse_number<std::uint32_t>(text.substr(2, end - 2));
  if (!code || *code == 0 || !utf8proc_codepoint_valid(static_cast<utf8proc_int32_t>(*code))) return 0;
  character = *code;
  return end + 1;
}

/// Entities replaced by what they stand for, and lost characters by U+FFFD.
std::string without_entities(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    char32_t character = 0;
    if (text.starts_with(kReplacementAsLatin1)) {
      plain += kReplacement;
      text.remove_prefix(kReplacementAsLatin1.size());
    } else if (const std::size_t length = text.front() == '&' ? read_entity(text, character) : 0;
               length > 0) {
      utf8::append(character, std::back_inserter(plain));
      text.remove_prefix(length);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

/// Case folded, decomposed, without accents. `text` is valid UTF-8.
std::string unaccented(const std::string& text) {
  constexpr int how = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
  utf8proc_uint8_t* folded = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &folded, static_cast<utf8proc_option_t>(how));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(folded, &std::free);
  if (length < 0) return text;
  return {reinterpret_cast<const char*>(folded), static_cast<std::size_t>(length)};
}

/// The letters that Unicode does not decompose though people leave their strokes away.
std::string_view plain_letters(char32_t letter) {
  switch (letter) {
    case U'ø':
      return "o";
    case U'ł':
      return "l";
    case U'đ':
    case U'ð':
      return "d";
    case U'þ':
      return "th";
    case U'æ':
      return "ae";
    case U'œ':
      return "oe";
    case U'ı':
      return "i";
    default:
      return {};
  }
}

bool is_apostrophe(char32_t c) {
  return c == U'\'' || c == U'`' || c == U'´' || c == U'‘' || c == U'’' || c == U'ʼ';
}

bool is_word_character(char32_t c) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/// "2" for "ii" and "two"; none for other words.
std::string_view number_of(std::string_view word) {
  static constexpr std::array<std::array<std::string_view, 3>, 20> numbers{
      {{"1", "i", "one"},          {"2", "ii", "two"},          {"3", "iii", "three"},
       {"4", "iv", "four"},        {"5", "v", "five"},          {"6", "vi", "six"},
       {"7", "vii", "seven"},      {"8", "viii", "eight"},      {"9", "ix", "nine"},
       {"10", "x", "ten"},         {"11", "xi", "eleven"},      {"12", "xii", "twelve"},
       {"13", "xiii", "thirteen"}, {"14", "xiv", "fourteen"},   {"15", "xv", "fifteen"},
       {"16", "xvi", "sixteen"},   {"17", "xvii", "seventeen"}, {"18", "xviii", "eighteen"},
       {"19", "xix", "nineteen"},  {"20", "xx", "twenty"}}};
  for (const auto& names : numbers) {
    if (word == names[1] || word == names[2]) return names[0];
  }
  return {};
}

std::string_view written_out(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> abbreviations{
      {{"dr", "doctor"}, {"mr", "mister"}, {"st", "saint"}, {"vs", "versus"}}};
  const auto* found =
      std::ranges::find(abbreviations, word, &std::pair<std::string_view, std::string_view>::first);
  return found == abbreviations.end() ? word : found->second;
}

bool is_small(std::string_view word) { return word == "the" || word == "a" || word == "an" || word == "and"; }

bool counts_parts(std::string_view word) {
  static constexpr std::array<std::string_view, 5> words{"part", "episode", "chapter", "volume", "vol"};
  return std::ranges::find(words, word) != words.end();
}

bool is_number(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<std::string> folded_words(std::string_view text) {
  const std::string folded = unaccented(without_entities(to_valid_utf8(text)));
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (auto at = folded.cbegin(); at != folded.cend();) {
    const char32_t c = utf8::unchecked::next(at);
    if (const std::string_view letters = plain_letters(c); !letters.empty()) {
      word += letters;
    } else if (c == 0xFFFD) {
      if (!word.ends_with(kLostLetters)) word += kLostLetters;
    } else if (is_word_character(c)) {
      utf8::unchecked::append(c, std::back_inserter(word));
    } else if (c == U'&') {
      end_word();
      words.emplace_back("and");
    } else if (!is_apostrophe(c)) {
      end_word();
    }
  }
  end_word();
  return words;
}

std::vector<std::string> canonical_words(const std::vector<std::string>& words) {
  std::vector<std::string> canonical;
  for (const std::string& word : words) {
    if (is_small(word)) continue;
    const std::string_view number = is_number(word) ? word : number_of(word);
    if (number.empty()) {
      canonical.emplace_back(written_out(word));
      continue;
    }
    while (!canonical.empty() && counts_parts(canonical.back())) canonical.pop_back();
    canonical.emplace_back(number);
  }
  return canonical;
}

bool only_numbers(const std::vector<std::string>& words) {
  return std::ranges::all_of(words,
                             [](const std::string& word) { return is_number(word) || counts_parts(word); });
}

std::string compact(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += word;
  return joined;
}

}  // namespace throng
