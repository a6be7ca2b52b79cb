#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "llm/ledger.h"

namespace throng::llm {

/// Tokens and money, of one call or of a run.
struct Spending {
  std::int64_t tokens = 0;
  Money money;

  Spending& operator+=(const Spending& other);
  Spending& operator-=(const Spending& other);
  bool operator==(const Spending&) const = default;
};

/// Amounts that nobody has counted: each lies between nothing and the most it can be.
struct Uncounted {
  std::int64_t calls = 0;
  Spending most;             ///< the sum
  double token_squares = 0;  ///< the sum of the squares of each most
  double money_squares = 0;

  void add(const Spending& each, int sign = 1);
  Uncounted& operator+=(const Uncounted& other);
};

/// Which share of the most that it might spend a counted call did spend, over many.
struct CostShare {
  std::int64_t calls = 0;
  double sum = 0;

  /// What can cost nothing at the most tells nothing.
  void observe(std::int64_t spent, std::int64_t most);
};

/// The books of a budget: what was counted, what is open, and what ended without a count. Pure; BudgetLog writes and reads
/// them.
class BudgetBooks {
 public:
  using CallId = std::uint64_t;

  /// A call begins that spends `most` at the most. False: there is one of this id.
  bool reserve(CallId id, const Spending& most);
  /// An open call has spent this. False: there is none.
  bool settle(CallId id, const Spending& spent);
  /// An open call has ended, and nobody will count it: it may have spent this, no more than was reserved. Again with less when
  /// more is known. False: there is no such call.
  bool settle_at_most(CallId id, const Spending& most);
  /// An open call was never sent.
  void release(CallId id);
  /// A process is over: what it left open stays uncounted, and its ids are free.
  void end_process();
  /// Spent for sure, by calls that these books do not know.
  void add(const Spending& spent) { counted_ += spent; }

  const Spending& counted() const { return counted_; }
  const Uncounted& open() const { return open_; }
  const Uncounted& uncounted() const { return uncounted_; }  ///< ended so
  const CostShare& token_share() const { return token_share_; }
  const CostShare& money_share() const { return money_share_; }
  /// Counted, and all that is uncounted or open at its most.
  Spending most() const;

 private:
  using Calls = std::unordered_map<CallId, Spending>;

  Spending counted_;
  Uncounted open_;
  Uncounted uncounted_;
  CostShare token_share_;
  CostShare money_share_;
  Calls open_calls_;
  Calls uncounted_calls_;  ///< of this process
};

struct BudgetOptions {
  std::int64_t tokens = 0;  ///< 0: no limit
  Money money;              ///< 0: no limit
  double risk = 0;          ///< that the limits are exceeded in the end, below 1; 0: they never are
};

enum class BudgetAnswer {
  granted,
  wait,  ///< what is in flight reserves too much: ask again when a call has been settled
  exhausted,  ///< the run stops here: even if all that is in flight turned out to be free, this would exceed the budget
};

/// Decides whether the next call fits. Without a risk, what was spent, and the most that may have been or may still be
/// spent by calls that nobody counted, never exceed the limits together, as long as no call spends more than it reserved (reserve
/// `most_tokens` and the request's `max_tokens`).
///
/// With a risk r, uncounted calls are held at what they are likely to cost: S of them in all, each at most m_i, at
///   min(S, (a + sqrt(ln(2/r) / 2n)) S + sqrt(ln(2/r) / 2 * sum m_i^2)),
/// a being the mean share of its most that n counted calls turned out to cost. By Hoeffding's inequality (1963), once for a
/// and once for the sum, their cost is greater with a probability of at most r, if they cost the share that counted
/// calls do, independently of each other. Single-threaded.
class Budget {
 public:
  using CallId = BudgetBooks::CallId;

  /// `books`: of earlier processes of this run, which are over.
  explicit Budget(BudgetOptions options, BudgetBooks books = {})
      : options_(options), books_(std::move(books)) {}

  /// Reserves the most that call `id`, which has no reservation, may spend. Negative amounts are errors of the caller.
  BudgetAnswer reserve(CallId id, const Spending& most);
  /// See BudgetBooks. Ids without a reservation are ignored.
  void settle(CallId id, const Spending& spent) { books_.settle(id, spent); }
  void settle_at_most(CallId id, const Spending& most) { books_.settle_at_most(id, most); }
  void release(CallId id) { books_.release(id); }

  bool limited() const { return options_.tokens > 0 || options_.money.pico > 0; }
  const BudgetBooks& books() const { return books_; }
  /// What is held against the limits but for calls in flight.
  Spending spent() const { return held(books_.uncounted()); }
  const Spending& reserved() const { return books_.open().most; }

  /// The distinct, resumable stop after `exhausted`: what was spent of what, and what to raise.
  Error stop() const;

 private:
  Spending held(const Uncounted& uncounted) const;
  bool fits(const Spending& total) const;

  BudgetOptions options_;
  BudgetBooks books_;
};

}  // namespace throng::llm
