#pragma once

#include <array>
#include <cstdint>

namespace throng::llm {

/// What one model's replies teach about sizes, for the rate limiter only: never for what a prompt holds. The
/// last thousand calls or so count. Single-threaded.
class TokenStatistics {
 public:
  /// A completed call: the fixed estimate of its prompt, and what the server counted.
  void observe(std::int64_t estimated_prompt, std::int64_t prompt, std::int64_t completion);

  /// The estimate corrected by what the model's prompts turned out to be, with a margin that shrinks as evidence
  /// grows (30 % at first).
  std::int64_t prompt_tokens(std::int64_t estimated) const;

  /// What to reserve for one more completion when `in_flight` calls hold such reservations: their sum then covers
  /// the sum of what they will use in all but rare cases. For a single call that is the 95 % quantile of
  /// completions; for many, each needs little more than the mean. `max_tokens` (of the request; 0: none was
  /// given) is the most, and what is reserved before there are 20 replies (1024 if none was given).
  std::int64_t completion_tokens(std::int64_t max_tokens, std::int64_t in_flight) const;

 private:
  static constexpr std::size_t kBins = 128;  ///< quarter octaves

  double completion_quantile() const;

  double calls_ = 0;  ///< all of these decay
  double estimated_sum_ = 0;
  double prompt_sum_ = 0;
  double completion_sum_ = 0;
  std::array<double, kBins> completions_{};
};

}  // namespace throng::llm
