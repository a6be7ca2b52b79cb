#include "llm/json_text.h"

#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

#include <utf8.h>
#include <utf8/unchecked.h>

namespace throng::llm {
namespace {

constexpr std::uint32_t kStandIns = 0x10FF00;

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHighBits) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0x80U) != 0) return false;
  }
  return true;
}

constexpr bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

/// The first byte from `at` on that needs an escape; the text's size if there is none. Whole blocks without any, as most
/// are, cost a few vector instructions.
std::size_t next_escape(std::string_view text, std::size_t at) {
  constexpr std::size_t kBlock = 32;
  for (; at + kBlock <= text.size(); at += kBlock) {
    const char* const block = text.data() + at;
    unsigned char any = 0;
    for (std::size_t i = 0; i < kBlock; ++i) any |= static_cast<unsigned char>(needs_escape(block[i]));
    if (any != 0) break;
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(c) >> 4U];
  out += kHex[static_cast<unsigned char>(c) & 0x0FU];
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t start = 0;
  for (std::size_t at = next_escape(text, 0); at < text.size(); at = next_escape(text, start)) {
    out.append(text.substr(start, at - start));
    append_escape(out, text[at]);
    start = at + 1;
  }
  out.append(text.substr(start));
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  if (is_valid_utf8(text)) return append_escaped(out, text);
  append_escaped(out, valid_utf8(std::string(text)));
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_text(out, text);
  out += '"';
}

void append_json_number(std::string& out, std::int64_t number) { append_number(out, number); }

void append_json_number(std::string& out, double number) { append_number(out, number); }

std::string valid_utf8(std::string text) {
  if (is_valid_utf8(text)) return text;
  std::string valid;
  valid.reserve(text.size());
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  return valid;
}

bool is_valid_utf8(std::string_view text) {
  return is_ascii(text) || utf8::is_valid(text.begin(), text.end());
}

std::string with_stand_ins(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto valid =
        static_cast<std::size_t>(utf8::find_invalid(bytes.begin(), bytes.end()) - bytes.begin());
    text += bytes.substr(0, valid);
    if (valid == bytes.size()) break;
    utf8::append(static_cast<char32_t>(kStandIns + static_cast<unsigned char>(bytes[valid])),
                 std::back_inserter(text));
    bytes.remove_prefix(valid + 1);
  }
  return text;
}

std::string without_stand_ins(std::string_view text) {
  constexpr std::string_view kStart = "\xF4\x8F";  // of characters from U+10F000 on
  std::string bytes;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kStart), text.size());
    bytes += text.substr(0, at);
    text.remove_prefix(at);
    if (text.empty()) break;
    const std::string_view character = text.substr(0, 4);
    const std::uint32_t point = character.size() == 4 && utf8::is_valid(character.begin(), character.end())
                                    ? utf8::unchecked::peek_next(character.begin())
                                    : 0;
    if (point >= kStandIns) {
      bytes += static_cast<char>(point - kStandIns);
    } else {
      bytes += character;
    }
    text.remove_prefix(character.size());
  }
  return bytes;
}

}  // namespace throng::llm
