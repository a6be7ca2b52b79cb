#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/hash.h"
#include "engine/base/random.h"

namespace throng::llm::mock {

/// The random numbers that belong to a request body: equal seeds and bodies have equal ones.
Draws draws_of(std::uint64_t seed, const Hash128& body);

/// One number after the other, of one purpose.
class DrawStream {
 public:
  DrawStream(const Draws& draws, Purpose purpose, std::uint32_t agent = 0)
      : draws_(draws), purpose_(purpose), at_{.agent = agent} {}

  std::uint32_t bits();
  /// In [0, 1).
  double uniform() { return static_cast<double>(bits()) * 0x1p-32; }
  /// In [min, max]; min <= max.
  std::int64_t between(std::int64_t min, std::int64_t max);

 private:
  Draws draws_;
  Purpose purpose_;
  DrawAddress at_;
  std::array<std::uint32_t, 4> block_{};
  unsigned left_ = 0;
};

/// The mock's tokenizer, for prompts, replies and the pieces of a stream alike: four bytes are a token.
constexpr std::int64_t token_count(std::size_t bytes) { return static_cast<std::int64_t>((bytes + 3) / 4); }

/// Appends words that say nothing, of exactly `tokens` tokens: small letters and blanks.
void append_filler(std::string& out, std::int64_t tokens, DrawStream& draws);

/// Where the token that starts at `at` ends; never within a UTF-8 character.
std::size_t token_end(std::string_view text, std::size_t at);

/// `text` cut to at most `tokens` tokens, at the end of a UTF-8 character.
std::string_view cut_to_tokens(std::string_view text, std::int64_t tokens);

}  // namespace throng::llm::mock
