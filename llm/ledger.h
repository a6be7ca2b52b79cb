#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/json.h"

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

/// Where a count of tokens comes from.
enum class CountSource {
  server,     ///< the reply's `usage`
  estimated,  ///< our own guess: an aborted stream, a reply without usage
};

/// What one model at one endpoint did. All sums include retries.
struct LedgerEntry {
  std::int64_t calls = 0;        ///< that began
  std::int64_t attempts = 0;     ///< that were sent
  std::int64_t completed = 0;    ///< calls with a whole reply, whatever it says
  std::int64_t aborted = 0;      ///< attempts given up while the server may have been generating
  std::int64_t implausible = 0;  ///< completed calls whose `usage` cannot be; their tokens are estimated
  std::map<std::string, std::int64_t, std::less<>>
      failed_attempts;    ///< by kind, such as "http 503" or "reset"
  TokenCounts counted;    ///< by the server
  TokenCounts estimated;  ///< beside those, not counted by anybody
  Money spent;            ///< for `counted`
  Money estimated_spent;  ///< for `estimated`

  LedgerEntry& operator+=(const LedgerEntry& other);
};

/// A model at an endpoint.
enum class LedgerAccount : std::uint32_t {};

/// The account book of a run: it equals the server's own count to the token, what is estimated kept apart.
class Ledger {
 public:
  /// `prices`: of what is counted from now on; 0: free.
  LedgerAccount open(std::string endpoint, std::string model, const Prices& prices = {});

  void call(LedgerAccount account) { ++entry_of(account).calls; }
  void attempt(LedgerAccount account) { ++entry_of(account).attempts; }
  void completed(LedgerAccount account, const TokenCounts& tokens, CountSource source);
  /// The server claims a usage that cannot be.
  void implausible(LedgerAccount account) { ++entry_of(account).implausible; }
  /// An attempt that failed and was not billed.
  void failed(LedgerAccount account, std::string_view kind);
  /// An attempt that was given up (cancelled, timed out, broken off in mid-stream): `tokens` may have been billed.
  void aborted(LedgerAccount account, const TokenCounts& tokens);

  const LedgerEntry& entry(LedgerAccount account) const { return accounts_[index(account)].entry; }
  LedgerEntry total() const;
  /// {"total": {...}, "by_model": [{"endpoint", "model", ...}]} in the order of opening; money in dollars.
  Json to_json() const;

 private:
  struct Account {
    std::string endpoint;
    std::string model;
    Prices prices;
    LedgerEntry entry;
  };
  LedgerEntry& entry_of(LedgerAccount account) { return accounts_[index(account)].entry; }
  void count(LedgerAccount account, const TokenCounts& tokens, CountSource source);

  std::vector<Account> accounts_;
};

}  // namespace throng::llm
