#include "llm/money.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace throng::llm {
namespace {

constexpr std::int64_t kMostPico = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPerDollar = 1'000'000'000'000;

Money times(Money each, std::int64_t count) {
  Money product;
  if (__builtin_mul_overflow(each.pico, std::max<std::int64_t>(count, 0), &product.pico))
    product.pico = kMostPico;
  return product;
}

}  // namespace

TokenCounts& TokenCounts::operator+=(const TokenCounts& other) {
  prompt += other.prompt;
  cached += other.cached;
  completion += other.completion;
  return *this;
}

Money Money::from_dollars(double dollars) {
  if (!(dollars > 0) || !std::isfinite(dollars)) return {};
  const double pico = dollars * static_cast<double>(kPerDollar);
  return {pico >= static_cast<double>(kMostPico) ? kMostPico : std::llround(pico)};
}

double Money::dollars() const { return static_cast<double>(pico) / static_cast<double>(kPerDollar); }

std::string Money::text() const {
  const std::uint64_t size =
      pico < 0 ? 0 - static_cast<std::uint64_t>(pico) : static_cast<std::uint64_t>(pico);
  std::string digits = fmt::format("{:012}", size % kPerDollar);
  digits.resize(std::max<std::size_t>(2, digits.find_last_not_of('0') + 1));
  return fmt::format("{}{}.{}", pico < 0 ? "-" : "", size / kPerDollar, digits);
}

Money& Money::operator+=(Money other) {
  if (__builtin_add_overflow(pico, other.pico, &pico)) pico = other.pico > 0 ? kMostPico : -kMostPico;
  return *this;
}

Money& Money::operator-=(Money other) {
  if (__builtin_sub_overflow(pico, other.pico, &pico)) pico = other.pico < 0 ? kMostPico : -kMostPico;
  return *this;
}

Prices Prices::per_million(double prompt, double cached, double completion) {
  return {Money::from_dollars(prompt * 1e-6), Money::from_dollars(cached * 1e-6),
          Money::from_dollars(completion * 1e-6)};
}

Money cost(const Prices& prices, const TokenCounts& tokens) {
  const std::int64_t cached =
      std::clamp<std::int64_t>(tokens.cached, 0, std::max<std::int64_t>(tokens.prompt, 0));
  return times(prices.prompt, tokens.prompt - cached) + times(prices.cached, cached) +
         times(prices.completion, tokens.completion);
}

}  // namespace throng::llm
