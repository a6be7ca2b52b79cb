#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "llm/mock/draw_stream.h"

namespace throng::llm::mock {

/// The mock's tokenizer, for prompts, replies and the pieces of a stream alike: four bytes are a token.
constexpr std::int64_t token_count(std::size_t bytes) { return static_cast<std::int64_t>((bytes + 3) / 4); }

/// Appends words that say nothing, of exactly `tokens` tokens: small letters and blanks.
void append_filler(std::string& out, std::int64_t tokens, DrawStream& draws);

/// Where the token that starts at `at` ends; never within a UTF-8 character.
std::size_t token_end(std::string_view text, std::size_t at);

/// `text` cut to at most `tokens` tokens, at the end of a UTF-8 character.
std::string_view cut_to_tokens(std::string_view text, std::int64_t tokens);

}  // namespace throng::llm::mock
