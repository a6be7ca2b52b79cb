#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace throng::llm {

/// What one call is counted in.
struct TokenCounts {
  std::int64_t prompt = 0;
  std::int64_t cached = 0;  ///< of `prompt`
  std::int64_t completion = 0;

  std::int64_t total() const { return prompt + completion; }
  TokenCounts& operator+=(const TokenCounts& other);
  bool operator==(const TokenCounts&) const = default;
};

/// An exact amount of dollars, in units of 1e-12: a price of 0.0375 per million tokens is 37,500 per token. Sums
/// stop at the largest amount, 9.2 million dollars.
struct Money {
  std::int64_t pico = 0;

  /// Rounded to the nearest unit; negative or not finite: 0.
  static Money from_dollars(double dollars);
  double dollars() const;
  /// Such as `12.340001`: all digits that are not 0 and at least two decimals.
  std::string text() const;

  Money& operator+=(Money other);
  Money& operator-=(Money other);
  friend Money operator+(Money a, Money b) { return a += b; }
  friend Money operator-(Money a, Money b) { return a -= b; }
  auto operator<=>(const Money&) const = default;
};

/// What a token costs.
struct Prices {
  Money prompt;
  Money cached;  ///< a prompt token that the server had cached
  Money completion;

  /// From dollars per million tokens, as price lists have it.
  static Prices per_million(double prompt, double cached, double completion);
};

Money cost(const Prices& prices, const TokenCounts& tokens);

}  // namespace throng::llm
