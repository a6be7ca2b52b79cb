#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "engine/polite/instant.h"

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

/// What one model's replies teach about sizes, for the rate limiter only: never for what a prompt holds. The
/// last thousand calls or so count. Single-threaded.
class TokenStatistics {
 public:
  /// A completed call.
  struct Observed {
    std::int64_t estimated_prompt = 0;  ///< the fixed estimate
    std::int64_t prompt = 0;            ///< as the server counted, and so is
    std::int64_t completion = 0;
    Delay took = std::chrono::seconds(1);
  };

  /// A call goes. Numbers ascend.
  void begin(std::uint64_t call);
  /// It has ended; nothing: without having been counted. Calls teach in the order in which they went, each when those before it
  /// have ended: of calls that went together the short ones end first, and would be taken for all.
  void end(std::uint64_t call, const std::optional<Observed>& observed);

  /// The estimate corrected by what the model's prompts turned out to be, with a margin that shrinks as evidence
  /// grows (30 % at first).
  std::int64_t prompt_tokens(std::int64_t estimated) const;

  /// What to reserve for one more completion when `in_flight` calls hold such reservations: their sum then covers
  /// the sum of what they will use in all but rare cases. For a single call that is the 95 % quantile; for many, each
  /// needs little more than the mean. Where longer calls have longer completions, those still in flight are longer than the rest
  /// the more time has passed: a call counts here by the square of its time. `max_tokens` (of the request; 0: none was
  /// given) is the most, and what is reserved before there are 20 replies (1024 if none was given).
  std::int64_t completion_tokens(std::int64_t max_tokens, std::int64_t in_flight) const;

 private:
  static constexpr std::size_t kBins = 128;  ///< quarter octaves

  struct Begun {
    std::uint64_t call = 0;
    bool in_flight = true;
    std::optional<Observed> observed{};
  };

  void observe(const Observed& observed);
  double completion_quantile() const;

  std::deque<Begun> begun_;    ///< that have not taught yet, in their order
  std::size_t in_flight_ = 0;  ///< of these
  double calls_ = 0;           ///< all of these decay
  double estimated_sum_ = 0;
  double prompt_sum_ = 0;
  double weights_ = 0;
  double completion_sum_ = 0;                ///< weighted
  std::array<double, kBins> completions_{};  ///< weights
};

}  // namespace throng::llm
