#include "llm/mock/text.h"

#include <algorithm>

namespace throng::llm::mock {
namespace {

/// Words of three letters: one and its blank are a token.
constexpr std::string_view kWords =
    "the sun can set far and hen old fox may run out for fun but she had one red hat now let him try "
    "too its big map was new who saw her act why not ask how won day air sky sea oak ivy elm fir bay "
    "key cup pan jar tin wax ink pen bee owl cat dog cow ";
constexpr std::size_t kWordCount = kWords.size() / 4;

constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

Draws draws_of(std::uint64_t seed, const Hash128& body) {
  const auto words =
      philox({static_cast<std::uint32_t>(body.low), static_cast<std::uint32_t>(body.low >> 32U),
              static_cast<std::uint32_t>(body.high), static_cast<std::uint32_t>(body.high >> 32U)},
             {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
  return Draws(std::uint64_t{words[1]} << 32U | words[0]);
}

std::uint32_t DrawStream::bits() {
  if (left_ == 0) {
    block_ = draws_.block(purpose_, at_);
    ++at_.item;
    left_ = 4;
  }
  return block_[--left_];
}

std::int64_t DrawStream::between(std::int64_t min, std::int64_t max) {
  const std::uint64_t low = bits();
  const std::uint64_t number = std::uint64_t{bits()} << 32U | low;
  __extension__ using Wide = unsigned __int128;
  const Wide values =
      static_cast<Wide>(static_cast<std::uint64_t>(max) - static_cast<std::uint64_t>(min)) + 1;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(min) +
                                   static_cast<std::uint64_t>(number * values >> 64U));
}

void append_filler(std::string& out, std::int64_t tokens, DrawStream& draws) {
  out.reserve(out.size() + static_cast<std::size_t>(std::max<std::int64_t>(tokens, 0)) * 4);
  for (std::int64_t i = 0; i < tokens; ++i) out.append(kWords.substr(draws.bits() % kWordCount * 4, 4));
  if (tokens > 0) out.pop_back();  // the last blank
}

std::size_t token_end(std::string_view text, std::size_t at) {
  at = std::min(text.size(), at + 4);
  while (at < text.size() && continues(text[at])) ++at;
  return at;
}

std::string_view cut_to_tokens(std::string_view text, std::int64_t tokens) {
  if (token_count(text.size()) <= tokens) return text;
  auto size = static_cast<std::size_t>(std::max<std::int64_t>(tokens, 0)) * 4;
  while (size > 0 && continues(text[size])) --size;
  return text.substr(0, size);
}

}  // namespace throng::llm::mock
