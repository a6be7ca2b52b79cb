#pragma once

#include <cstdint>
#include <string_view>

namespace throng::llm {

/// How many tokens a text has for a language model, without the model's own tokenizer: a fixed function of the
/// bytes, which never learns. Words, numbers, punctuation and other scripts are counted the way byte-pair
/// encodings of some 100,000 tokens tend to cut them. Meant to lie within about 15 % for English prose and 30 % for
/// code, JSON and other languages; these are aims, held against a few published counts, not a measurement of any
/// model. Linear time; any bytes are allowed.
std::int64_t estimate_tokens(std::string_view text);

/// What the chat format adds, to each message and to the request.
inline constexpr std::int64_t kTokensPerMessage = 4;
inline constexpr std::int64_t kTokensPerRequest = 3;

/// Never fewer tokens than any byte-level tokenizer makes of `bytes` bytes of text in `messages` messages, with what servers'
/// templates add: what a budget that must hold reserves.
std::int64_t most_tokens(std::int64_t bytes, std::int64_t messages);

}  // namespace throng::llm
