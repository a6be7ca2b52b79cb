#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "engine/base/error.h"
#include "llm/money.h"

namespace throng::llm {

/// Tokens and money, of one call or of a run.
struct Spending {
  std::int64_t tokens = 0;
  Money money;

  Spending& operator+=(const Spending& other);
  Spending& operator-=(const Spending& other);
  bool operator==(const Spending&) const = default;
};

struct BudgetOptions {
  std::int64_t tokens = 0;  ///< 0: no limit
  Money money;              ///< 0: no limit
};

enum class BudgetAnswer {
  granted,
  wait,  ///< what is in flight reserves too much: ask again when a call has been settled
  exhausted,  ///< the run stops here: even if all that is in flight turned out to be free, this would exceed the budget
};

/// Sees to it that what was spent and what calls in flight may still spend never exceed the limits together, as
/// long as no call spends more than it reserved (reserve `most_tokens` and the request's `max_tokens`). Pure;
/// BudgetLog writes it down. Single-threaded.
class Budget {
 public:
  using CallId = std::uint64_t;

  /// `spent`: by earlier processes of this run, for sure or perhaps.
  explicit Budget(BudgetOptions options, Spending spent = {}) : options_(options), spent_(spent) {}

  /// Reserves the most that call `id`, which has no reservation, may spend. Negative amounts are errors of the caller.
  BudgetAnswer reserve(CallId id, const Spending& most);
  /// The call has spent this: its reservation ends. Ids without a reservation are ignored.
  void settle(CallId id, const Spending& spent);
  /// It was never sent, or spent nothing.
  void release(CallId id) { settle(id, {}); }

  bool limited() const { return options_.tokens > 0 || options_.money.pico > 0; }
  const Spending& spent() const { return spent_; }
  const Spending& reserved() const { return reserved_; }

  /// The distinct, resumable stop after `exhausted`, saying what was spent of what.
  Error stop() const;

 private:
  bool fits(const Spending& total) const;

  BudgetOptions options_;
  Spending spent_;
  Spending reserved_;
  std::unordered_map<CallId, Spending> calls_;
};

}  // namespace throng::llm
