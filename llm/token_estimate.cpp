#include "llm/token_estimate.h"

#include <cstddef>

namespace throng::llm {
namespace {

enum class Class { letter, digit, space, newline, other_script, punctuation };

Class class_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return Class::other_script;
  if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return Class::letter;
  if (byte >= '0' && byte <= '9') return Class::digit;
  if (byte == '\n' || byte == '\r') return Class::newline;
  if (byte <= ' ') return Class::space;
  return Class::punctuation;
}

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Tokens of a run of `length` bytes of one class.
std::int64_t tokens_of(Class kind, std::int64_t length) {
  switch (kind) {
    case Class::letter:
      return length <= 8 ? 1 : 1 + ceil_div(length - 8, 5);  // common words are one token
    case Class::digit:
      return ceil_div(length, 3);
    case Class::space:
      return length > 1 ? 1 : 0;  // a single space belongs to what follows
    case Class::newline:
      return 1;
    case Class::other_script:
      return ceil_div(length, 3);  // a Chinese character, one and a half Cyrillic ones
    case Class::punctuation:
      return ceil_div(length, 2);
  }
  return 0;
}

constexpr std::int64_t kChatBytesPerMessage = 16;  // role names and separators, generously

}  // namespace

std::int64_t estimate_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const Class kind = class_of(text[begin]);
    std::size_t end = begin + 1;
    while (end < text.size() && class_of(text[end]) == kind) ++end;
    tokens += tokens_of(kind, static_cast<std::int64_t>(end - begin));
    begin = end;
  }
  return tokens;
}

std::int64_t most_tokens(std::int64_t bytes, std::int64_t messages) {
  return bytes + kChatBytesPerMessage * (messages + 1);
}

}  // namespace throng::llm
