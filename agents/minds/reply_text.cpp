#include "agents/minds/reply_text.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <utf8.h>

#include "engine/base/text.h"

namespace throng {
namespace {

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
