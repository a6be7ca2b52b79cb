#include "llm/token_estimate.h"

#include <array>
#include <cstddef>

namespace throng::llm {
namespace {

enum Class : std::uint8_t { letter, digit, space, newline, other_script, punctuation };
constexpr std::size_t kClasses = 6;

constexpr auto kClassOf = [] {
  std::array<Class, 256> classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    const bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    classes[byte] = byte >= 0x80                   ? other_script
                    : is_letter                    ? letter
                    : byte >= '0' && byte <= '9'   ? digit
                    : byte == '\n' || byte == '\r' ? newline
                    : byte <= ' '                  ? space
                                                   : punctuation;
  }
  return classes;
}();

/// Does a token begin at the byte at `position` of a run of bytes of one class?
constexpr bool begins_token(Class kind, std::size_t position) {
  switch (kind) {
    case letter:  // common words are one token
      return position == 0 || (position >= 8 && (position - 8) % 5 == 0);
    case digit:
    case other_script:  // a Chinese character, one and a half Cyrillic ones
      return position % 3 == 0;
    case space:  // a single space belongs to what follows
      return position == 1;
    case newline:
      return position == 0;
    case punctuation:
      return position % 2 == 0;
  }
  return false;
}

/// Positions from here on are like those a period before.
constexpr std::size_t kPositions = 64;
constexpr std::size_t kPeriod = 30;  // a multiple of 5, 3 and 2

constexpr auto kBeginsToken = [] {
  std::array<std::array<bool, kPositions>, kClasses> begins{};
  for (std::size_t kind = 0; kind < kClasses; ++kind) {
    for (std::size_t position = 0; position < kPositions; ++position)
      begins[kind][position] = begins_token(static_cast<Class>(kind), position);
  }
  return begins;
}();

constexpr std::int64_t kChatTokensPerMessage = 16;  // role names and separators, generously
/// What a server's template puts in front unasked: of those known, gpt-oss has the longest, some 70 tokens.
constexpr std::int64_t kTemplateTokens = 128;

}  // namespace

std::int64_t estimate_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  std::size_t position = 0;
  std::size_t before = kClasses;
  for (const char c : text) {
    const std::size_t kind = kClassOf[static_cast<unsigned char>(c)];
    position = kind == before ? position + 1 : 0;
    if (position == kPositions) position -= kPeriod;
    tokens += kBeginsToken[kind][position] ? 1 : 0;
    before = kind;
  }
  return tokens;
}

std::int64_t most_tokens(std::int64_t bytes, std::int64_t messages) {
  return bytes + kChatTokensPerMessage * (messages + 1) + kTemplateTokens;
}

}  // namespace throng::llm
