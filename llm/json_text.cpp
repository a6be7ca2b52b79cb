#include "llm/json_text.h"

#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

#include <utf8.h>

namespace throng::llm {
namespace {

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
  if (is_ascii(text) || utf8::is_valid(text.begin(), text.end())) return append_escaped(out, text);
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
  if (is_ascii(text) || utf8::is_valid(text.begin(), text.end())) return text;
  std::string valid;
  valid.reserve(text.size());
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  return valid;
}

}  // namespace throng::llm
