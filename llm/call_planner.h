#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/net/circuit_breaker.h"
#include "engine/net/concurrency_limit.h"
#include "engine/net/endpoint_choice.h"
#include "engine/net/endpoint_trouble.h"
#include "engine/net/peer_deadline.h"
#include "engine/net/rate_limit.h"
#include "engine/net/retry.h"
#include "engine/net/retry_quota.h"
#include "llm/budget.h"
#include "llm/ledger.h"
#include "llm/service_order.h"
#include "llm/token_statistics.h"

namespace throng::llm {

/// A model at an endpoint, with the limits to keep.
struct PlannedEndpoint {
  std::string name;   ///< for the ledger and messages: its origin
  std::string model;  ///< serves calls for this model only
  RateLimitOptions rate;
  ConcurrencyLimitOptions concurrency;
  CircuitBreakerOptions breaker;
  PeerDeadlineOptions peers;
  Prices prices;
};

struct PlanOptions {
  RetryOptions retry;
  RetryQuotaOptions quota;  ///< per endpoint
  BudgetOptions budget;
  BudgetBooks books;  ///< of earlier processes of the run
  /// How long to wait for endpoints that ask to be left alone, or bring nothing usable; see EndpointTrouble.
  Delay patience = std::chrono::minutes(10);
};

/// What a call may need, as far as it can be known before it is sent.
struct CallSize {
  std::int64_t prompt = 0;                   ///< the fixed estimate of its tokens
  std::int64_t prompt_most = 0;              ///< no tokenizer makes more of it
  std::optional<std::int64_t> max_tokens{};  ///< of the completion; none: no bound was given
};

/// One sending of a call.
struct Attempt {
  std::uint64_t call = 0;
  std::uint64_t id = 0;  ///< of this attempt, among all of this planner's
  std::size_t endpoint = 0;
  int number = 1;     ///< of the call's attempts
  Spending reserved;  ///< of the budget
};

/// Why a call ended without a reply.
enum class CallFault {
  rejected,   ///< the server refuses this very request
  declined,   ///< the server's last word on this very text: filtered, or longer than the model's context
  too_large,  ///< more tokens than a minute's limit, or than the budget can bound
  gave_up,    ///< attempts, the retry quota or the patience with the endpoints are used up
  halted,     ///< no endpoint serves this model any more: quota, billing, keys
  budget,     ///< the budget is reached: the run stops, resumably
  canceled,
};

/// A call that ended before it was sent (again).
struct EndedCall {
  std::uint64_t call = 0;
  CallFault fault = CallFault::gave_up;
  std::string message;
};

/// How an attempt ended.
struct AttemptEnd {
  enum class Kind {
    completed,  ///< a whole reply, whatever it says
    failed,     ///< `failed` says how
    learned,    ///< the endpoint does not know a field; the same call goes again without it
    canceled,
  };
  enum class Billing {
    none,      ///< the server said no, or was not reached
    received,  ///< it ended the reply itself: what was streamed until then may be billed
    possible,  ///< it may have generated something that we did not get
  };
  Kind kind = Kind::completed;
  FailedAttempt failed;
  std::string failed_as;                 ///< for the ledger, such as "http 503"
  std::string message;                   ///< for a person: the same with what the server said
  bool declined = false;                 ///< the server's last word on this text: see CallFault::declined
  Billing billing = Billing::none;       ///< unless completed
  std::optional<TokenCounts> usage{};    ///< completed: as the server claims, if it does
  std::int64_t completion_estimate = 0;  ///< of what was received, for when nobody has counted
  std::int64_t completion_most = 0;      ///< Billing::received: no tokenizer makes more of what was streamed
  bool unusable = false;                 ///< failed: the server took the call for answered, and it was not
  bool stalled = false;                  ///< given up for its silence, see `silence`
  Delay latency{0};
  Delay first_byte{0};  ///< from sending; 0: unknown
  ServerHints hints;
};

/// A line for the budget's log.
struct Booking {
  enum class Kind { settle, settle_at_most };
  Kind kind = Kind::settle;
  std::uint64_t attempt = 0;
  Spending amount;

  bool operator==(const Booking&) const = default;
};

/// What becomes of the call.
struct Verdict {
  enum class Kind { over, again, failed };
  Kind kind = Kind::over;
  CallFault fault = CallFault::gave_up;  ///< if failed
  std::string message;                   ///< if failed
  std::vector<Booking>
      bookings;        ///< of this attempt, and of earlier ones of the call that more is known of now
  TokenCounts tokens;  ///< of a completed attempt
  CountSource source = CountSource::server;
  std::optional<TokenCounts>
      implausible{};  ///< what the server claims, if that cannot be: then nobody counted
};

/// Decides when which call goes to which endpoint: order of service, retries, limits of rate and concurrency, circuit
/// breakers, budget and accounts. Pure: it knows no sockets and is told the time, which never goes back.
/// A call waits, is in flight, or is over; while it waits it holds nothing. Single-threaded.
class CallPlanner {
 public:
  CallPlanner(std::vector<PlannedEndpoint> endpoints, const PlanOptions& options);

  /// Whether any endpoint serves this model.
  bool serves(const std::string& model) const;

  /// A call for a model that is served; `id` is new. `chain`: how many calls depend on it, one after the other.
  void add(std::uint64_t id, const std::string& model, const CallSize& size, std::uint32_t chain);
  /// Forgets a call that waits. False: it is in flight or unknown.
  bool cancel(std::uint64_t id);

  /// The next attempt to send now, if there is one; ask until there is none.
  std::optional<Attempt> next(Instant now);
  /// After `next` had none: when to ask again; kNever: after the next `finish`, `add` or `cancel`.
  Instant wake_at() const { return wake_at_; }
  /// Calls that `next` found to be over, each once.
  std::vector<EndedCall> take_ended();
  /// What a person should hear of: endpoints that bring nothing usable, ask to be left alone for long, or count no tokens.
  std::vector<std::string> take_notices();

  /// The call's attempt in flight has ended. After `over` and `failed` the call is forgotten.
  Verdict finish(std::uint64_t call, Instant now, const AttemptEnd& end);

  /// How long the call's attempt in flight may be silent, as far as is known by now; 0: as long as it likes. Nobody is given up
  /// at the cost of the retries that other failures need.
  Delay silence(std::uint64_t call) const;

  std::size_t waiting() const { return calls_.size() - in_flight_; }
  std::size_t in_flight() const { return in_flight_; }
  const Ledger& ledger() const { return ledger_; }
  const Budget& budget() const { return budget_; }
  std::size_t endpoints() const { return endpoints_.size(); }
  const PlannedEndpoint& options(std::size_t endpoint) const { return endpoints_[endpoint].options; }
  const RateLimit& rate_limit(std::size_t endpoint) const { return endpoints_[endpoint].rate; }
  const ConcurrencyLimit& concurrency(std::size_t endpoint) const { return endpoints_[endpoint].concurrency; }
  const CircuitBreaker& breaker(std::size_t endpoint) const { return endpoints_[endpoint].breaker; }
  EndpointHealth health(std::size_t endpoint) const { return endpoints_[endpoint].health; }
  Instant parked_until(std::size_t endpoint) const { return endpoints_[endpoint].parked_until; }

 private:
  struct Endpoint {
    Endpoint(PlannedEndpoint planned, const RetryQuotaOptions& retries, LedgerAccount opened)
        : options(std::move(planned)),
          rate(options.rate),
          concurrency(options.concurrency),
          breaker(options.breaker),
          peers(options.peers),
          quota(retries),
          account(opened) {}

    PlannedEndpoint options;
    RateLimit rate;
    ConcurrencyLimit concurrency;
    CircuitBreaker breaker;
    PeerDeadline peers;
    RetryQuota quota;
    TokenStatistics statistics;
    LedgerAccount account;
    EndpointHealth health = EndpointHealth::usable;
    std::string halted_by;  ///< what its server said
    Instant parked_until = Instant::min();
    Instant newest_answered = Instant::min();  ///< when the latest attempt was sent that has been answered
    EndpointTrouble trouble;
    Instant wait_told = Instant::min();  ///< the longest wait that was told of ends then
    bool counts_tokens = true;           ///< as far as is known: its replies have a usage

    /// When its server wants to be asked again.
    Instant left_alone_until() const { return std::max(parked_until, rate.paused_until()); }
  };
  struct Flight {
    std::uint64_t attempt = 0;
    std::size_t endpoint = 0;
    SentAttempt sent;
    AttemptRole role = AttemptRole::ordinary;
    std::int64_t prompt_reserved = 0;  ///< at the rate limit
    Spending most;                     ///< reserved of the budget
    int lessons = 0;                   ///< that the call had taught: requests of the same number are the same
  };
  /// An attempt that nobody counted.
  struct Doubt {
    std::uint64_t attempt = 0;
    std::size_t endpoint = 0;
    int lessons = 0;
    std::int64_t completion_most = 0;
  };
  struct Call {
    std::size_t lane = 0;
    ServiceOrder::Place place;
    CallSize size;
    int attempts = 0;  ///< started
    int lessons = 0;   ///< of these, ended by learning; they are no retries
    int stalls = 0;    ///< of these, given up for their silence
    std::optional<Flight> flight;
    std::vector<Doubt> doubts;
  };
  /// The calls of one model that may go at once.
  struct Lane {
    std::string model;
    std::vector<std::size_t> endpoints;
    ServiceOrder waiting;
    bool has_answered = false;  ///< any of its endpoints, ever
  };
  struct Delayed {
    Instant until;
    std::uint64_t call;
    friend bool operator>(const Delayed& a, const Delayed& b) {
      return a.until != b.until ? a.until > b.until : a.call > b.call;
    }
  };
  using Calls = std::unordered_map<std::uint64_t, Call>;

  /// Why a call did not go to an endpoint.
  struct NotSent {
    Instant again = kNever;            ///< when to ask again; kNever: when an attempt finishes
    std::optional<CallFault> never{};  ///< it can never go there
    std::string message{};             ///< if never
  };

  void release_due(Instant now);
  std::optional<Attempt> send_front(Lane& lane, Instant now);
  std::variant<Attempt, NotSent> try_endpoint(std::uint64_t id, Call& call, std::size_t endpoint,
                                              Instant now);
  Instant room_grows_at(const Lane& lane, Instant now);
  std::vector<EndpointState> states(const Lane& lane, Instant now) const;
  bool another_serves(const Lane& lane, std::size_t endpoint) const;
  std::string why_halted(const Lane& lane) const;
  std::optional<std::string> why_hopeless(const Lane& lane, Instant now) const;
  void end_waiting(const Lane& lane, const std::string& message);
  void watch(Endpoint& endpoint, Instant now, const AttemptEnd& end);
  Spending most(const Endpoint& endpoint, std::int64_t prompt, std::int64_t completion) const;
  std::int64_t tokens_to_reserve(const Endpoint& endpoint, const CallSize& size) const;
  void end(std::uint64_t id, CallFault fault, std::string message);
  void settle(Call& call, const Flight& flight, Instant now, const AttemptEnd& end, Verdict& verdict);
  void book(Verdict& verdict, std::uint64_t attempt, const Spending& spent);
  void book_at_most(Verdict& verdict, const Doubt& doubt, std::int64_t prompt_most);
  void settle_doubts(const Call& call, const Flight& flight, std::int64_t prompt, Verdict& verdict);
  void retry(std::uint64_t id, Call& call, const Flight& flight, Instant now, const AttemptEnd& end,
             Verdict& verdict);
  void wait_again(std::uint64_t id, const Call& call, Instant now, Delay delay);

  PlanOptions options_;
  RetryPolicy policy_;
  Budget budget_;
  Ledger ledger_;
  std::vector<Endpoint> endpoints_;
  std::vector<Lane> lanes_;
  Calls calls_;
  std::priority_queue<Delayed, std::vector<Delayed>, std::greater<>> delayed_;
  std::vector<EndedCall> ended_;
  std::vector<std::string> notices_;
  std::size_t in_flight_ = 0;
  std::uint64_t attempts_ = 0;
  Instant wake_at_ = kNever;
};

}  // namespace throng::llm
