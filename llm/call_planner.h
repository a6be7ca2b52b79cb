#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/polite/request_planner.h"
#include "llm/budget.h"
#include "llm/ledger.h"
#include "llm/tokens.h"

namespace throng::llm {

using throng::CallFault;
using throng::EndedCall;

/// A model at an endpoint, with the limits to keep and what it costs.
struct PlannedEndpoint : PlannedServer {
  Prices prices{};
};

struct PlanOptions : RequestPlanOptions {
  BudgetOptions budget{};
  BudgetBooks books{};  ///< of earlier processes of the run
};

/// What a call may need, as far as it can be known before it is sent.
struct CallSize {
  std::int64_t prompt = 0;                   ///< the fixed estimate of its tokens
  std::int64_t prompt_most = 0;              ///< no tokenizer makes more of it
  std::optional<std::int64_t> max_tokens{};  ///< of the completion; none: no bound was given
};

/// One sending of a call.
struct Attempt : PlannedAttempt {
  std::uint64_t id = 0;  ///< of this attempt, among all of this planner's
  Spending reserved{};   ///< of the budget
};

/// How an attempt ended, and what it may have cost.
struct AttemptEnd : RequestEnd {
  enum class Billing {
    none,      ///< the server said no, or was not reached
    received,  ///< it ended the reply itself: what was streamed until then may be billed
    possible,  ///< it may have generated something that we did not get
  };
  std::string failed_as{};               ///< for the ledger, such as "http 503"
  Billing billing = Billing::none;       ///< unless completed
  std::optional<TokenCounts> usage{};    ///< completed: as the server claims, if it does
  std::int64_t completion_estimate = 0;  ///< of what was received, for when nobody has counted
  std::int64_t completion_most = 0;      ///< Billing::received: no tokenizer makes more of what was streamed
};

/// A line for the budget's log.
struct Booking {
  enum class Kind { settle, settle_at_most };
  Kind kind = Kind::settle;
  std::uint64_t attempt = 0;
  Spending amount;

  bool operator==(const Booking&) const = default;
};

/// What becomes of the call, and what its attempt cost.
struct Verdict : RequestVerdict {
  std::vector<Booking>
      bookings{};        ///< of this attempt, and of earlier ones of the call that more is known of now
  TokenCounts tokens{};  ///< of a completed attempt
  CountSource source = CountSource::server;
  std::optional<TokenCounts>
      implausible{};  ///< what the server claims, if that cannot be: then nobody counted
};

/// A RequestPlanner with accounts: what a call may cost is reserved of the budget before it goes, and what it did cost is
/// written down when it ends.
class CallPlanner : private RequestPlanner {
 public:
  CallPlanner(const std::vector<PlannedEndpoint>& endpoints, const PlanOptions& options);

  using RequestPlanner::concurrency;
  using RequestPlanner::halt;
  using RequestPlanner::in_flight;
  using RequestPlanner::rate_limit;
  using RequestPlanner::serves;
  using RequestPlanner::silence;
  using RequestPlanner::take_notices;  ///< also of endpoints that count no tokens
  using RequestPlanner::waiting;
  using RequestPlanner::wake_at;

  /// As of a RequestPlanner.
  void add(std::uint64_t id, const std::string& model, const CallSize& size, std::uint32_t chain);
  bool cancel(std::uint64_t id);
  std::optional<Attempt> next(Instant now);
  std::vector<EndedCall> take_ended();
  Verdict finish(std::uint64_t call, Instant now, const AttemptEnd& end);

  const Ledger& ledger() const { return ledger_; }
  const Budget& budget() const { return budget_; }
  const RequestPlanner& requests() const { return *this; }

 private:
  struct Endpoint {
    Prices prices;
    TokenCounting counting;
    TokenStatistics statistics;
    LedgerAccount account;
    bool counts_tokens = true;  ///< as far as is known: its replies have a usage
  };
  /// What was reserved for an attempt that goes, or went last.
  struct Flight {
    std::uint64_t attempt = 0;
    std::size_t endpoint = 0;
    std::int64_t prompt_reserved = 0;  ///< at the rate limit
    Spending most;                     ///< reserved of the budget
    int lessons = 0;                   ///< see PlannedAttempt
  };
  /// An attempt that nobody counted.
  struct Doubt {
    std::uint64_t attempt = 0;
    std::size_t endpoint = 0;
    int lessons = 0;
    std::int64_t completion_most = 0;
  };
  struct Call {
    CallSize size;
    Flight flight;
    std::vector<Doubt> doubts;
  };

  std::variant<std::int64_t, Refusal> reserve(std::uint64_t id, std::size_t endpoint) override;
  void release(std::uint64_t id) override;
  Spending most(const Endpoint& endpoint, std::int64_t prompt, std::int64_t completion) const;
  std::int64_t tokens_to_reserve(std::size_t endpoint, const CallSize& size) const;
  RateLimit::Usage settle(Call& call, const AttemptEnd& end, Verdict& verdict);
  void book(Verdict& verdict, std::uint64_t attempt, const Spending& spent);
  void book_at_most(Verdict& verdict, const Doubt& doubt, std::int64_t prompt_most);
  void settle_doubts(const Call& call, std::int64_t prompt, Verdict& verdict);

  Budget budget_;
  Ledger ledger_;
  std::vector<Endpoint> endpoints_;
  std::unordered_map<std::uint64_t, Call> calls_;
  std::uint64_t attempts_ = 0;
};

}  // namespace throng::llm
