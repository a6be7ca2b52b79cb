#include "llm/ledger.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

Json tokens_json(const TokenCounts& tokens) {
  return {{"prompt", tokens.prompt}, {"cached", tokens.cached}, {"completion", tokens.completion}};
}

Json entry_json(const LedgerEntry& entry) {
  Json failed = Json::object();
  for (const auto& [kind, count] : entry.failed_attempts) failed[kind] = count;
  return {{"calls", entry.calls},
          {"attempts", entry.attempts},
          {"completed", entry.completed},
          {"aborted", entry.aborted},
          {"implausible_usage", entry.implausible},
          {"failed_attempts", failed},
          {"tokens", tokens_json(entry.counted)},
          {"estimated_tokens", tokens_json(entry.estimated)},
          {"usd", entry.spent.dollars()},
          {"estimated_usd", entry.estimated_spent.dollars()}};
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

LedgerEntry& LedgerEntry::operator+=(const LedgerEntry& other) {
  calls += other.calls;
  attempts += other.attempts;
  completed += other.completed;
  aborted += other.aborted;
  implausible += other.implausible;
  for (const auto& [kind, count] : other.failed_attempts) failed_attempts[kind] += count;
  counted += other.counted;
  estimated += other.estimated;
  spent += other.spent;
  estimated_spent += other.estimated_spent;
  return *this;
}

LedgerAccount Ledger::open(std::string endpoint, std::string model, const Prices& prices) {
  accounts_.push_back({std::move(endpoint), std::move(model), prices, {}});
  return LedgerAccount(static_cast<std::uint32_t>(accounts_.size() - 1));
}

void Ledger::count(LedgerAccount account, const TokenCounts& tokens, CountSource source) {
  LedgerEntry& entry = entry_of(account);
  const Money money = cost(accounts_[index(account)].prices, tokens);
  const bool counted = source == CountSource::server;
  (counted ? entry.counted : entry.estimated) += tokens;
  (counted ? entry.spent : entry.estimated_spent) += money;
}

void Ledger::completed(LedgerAccount account, const TokenCounts& tokens, CountSource source) {
  ++entry_of(account).completed;
  count(account, tokens, source);
}

void Ledger::failed(LedgerAccount account, std::string_view kind) {
  auto& failed = entry_of(account).failed_attempts;
  const auto found = failed.find(kind);
  if (found != failed.end()) {
    ++found->second;
  } else {
    failed.emplace(kind, 1);
  }
}

void Ledger::aborted(LedgerAccount account, const TokenCounts& tokens) {
  ++entry_of(account).aborted;
  count(account, tokens, CountSource::estimated);
}

LedgerEntry Ledger::total() const {
  LedgerEntry total;
  for (const Account& account : accounts_) total += account.entry;
  return total;
}

Json Ledger::to_json() const {
  Json models = Json::array();
  for (const Account& account : accounts_) {
    Json model = {{"endpoint", account.endpoint}, {"model", account.model}};
    model.update(entry_json(account.entry));
    models.push_back(std::move(model));
  }
  return {{"total", entry_json(total())}, {"by_model", std::move(models)}};
}

}  // namespace throng::llm
