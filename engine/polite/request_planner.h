#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/polite/concurrency_limit.h"
#include "engine/polite/dispatch.h"
#include "engine/polite/endpoint_health.h"
#include "engine/polite/rate_limit.h"
#include "engine/polite/retry.h"

namespace throng {

/// A model at a server, with the limits to keep.
struct PlannedServer {
  std::string name;     ///< for messages: its origin
  std::string model{};  ///< serves calls for this model only
  RateLimitOptions rate{};
  ConcurrencyLimitOptions concurrency{};
  CircuitBreakerOptions breaker{};
  PeerDeadlineOptions peers{};
};

struct RequestPlanOptions {
  RetryOptions retry{};
  RetryQuotaOptions quota{};  ///< per endpoint
  /// How long to wait for endpoints that ask to be left alone, or bring nothing usable; see EndpointTrouble.
  Delay patience = std::chrono::minutes(10);
};

/// One sending of a call.
struct PlannedAttempt {
  std::uint64_t call = 0;
  std::size_t endpoint = 0;
  int number = 1;  ///< of the call's attempts
  int lessons =
      0;  ///< that the call has taught before: to one endpoint, requests of the same number are the same
};

/// Why a call ended without a reply.
enum class CallFault {
  rejected,  ///< the server refuses this very request
  declined,  ///< the server's last word on this very text: filtered, or longer than the model's context, or in unknown words
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

/// What a server refuses with a request.
enum class Refuses {
  this_request,  ///< in whatever words: the call fails
  this_text,     ///< what it says: the call ends with the server's last word on it
  everything,    ///< whatever is asked: a key, a model, money, a schema
  unclear,       ///< this text or everything: another call decides
};

/// How an attempt ended.
struct RequestEnd {
  enum class Kind {
    completed,  ///< a whole reply, whatever it says
    failed,     ///< `failed` says how
    learned,    ///< the endpoint does not know a field; the same call goes again without it
    canceled,
  };
  Kind kind = Kind::completed;
  FailedAttempt failed{};
  std::string message{};  ///< failed, for a person
  Refuses refuses = Refuses::this_request;
  bool unusable = false;  ///< failed: the server took the call for answered, and it was not
  bool foreign = false;   ///< unusable: a whole reply of another kind, which comes again
  bool stalled = false;   ///< given up for its silence, see `silence`
  Delay latency{0};
  Delay first_byte{0};  ///< from sending; 0: unknown
  ServerHints hints{};
};

/// What becomes of the call.
struct RequestVerdict {
  enum class Kind { over, again, failed };
  Kind kind = Kind::over;
  CallFault fault = CallFault::gave_up;  ///< if failed
  std::string message{};                 ///< if failed
};

/// Decides when which call goes to which endpoint: order of service, retries, limits of rate and concurrency, circuit
/// breakers, and when to give up. Pure: it knows no sockets and is told the time, which never goes back.
/// A call waits, is in flight, or is over; while it waits it holds nothing. Single-threaded.
class RequestPlanner {
 public:
  RequestPlanner(std::vector<PlannedServer> servers, const RequestPlanOptions& options);
  virtual ~RequestPlanner() = default;
  RequestPlanner(const RequestPlanner&) = delete;
  RequestPlanner& operator=(const RequestPlanner&) = delete;

  /// Whether any endpoint serves this model.
  bool serves(const std::string& model) const;

  /// A call for a model that is served; `id` is new. `chain`: how many calls depend on it, one after the other.
  void add(std::uint64_t id, const std::string& model, std::uint32_t chain);
  /// Forgets a call that waits. False: it is in flight or unknown.
  bool cancel(std::uint64_t id);

  /// The next attempt to send now, if there is one; ask until there is none.
  std::optional<PlannedAttempt> next(Instant now);
  /// After `next` had none: when to ask again; kNever: after the next `finish`, `add` or `cancel`.
  Instant wake_at() const { return wake_at_; }
  /// Calls that `next` found to be over, each once.
  std::vector<EndedCall> take_ended() { return std::exchange(ended_, {}); }
  /// What a person should hear of: endpoints that bring nothing usable, or ask to be left alone for long.
  std::vector<std::string> take_notices() { return std::exchange(notices_, {}); }

  /// The call's attempt in flight has ended. After `over` and `failed` the call is forgotten. `tokens`: what became of those that
  /// it had reserved at the limit per minute.
  RequestVerdict finish(std::uint64_t call, Instant now, const RequestEnd& end,
                        const RateLimit::Usage& tokens = {.counted = TokensCounted::none});

  /// How long the call's attempt in flight may be silent, as far as is known by now; 0: as long as it likes. Nobody is given up
  /// at the cost of the retries that other failures need.
  Delay silence(std::uint64_t call) const;

  std::size_t waiting() const { return calls_.size() - in_flight_; }
  std::size_t in_flight() const { return in_flight_; }
  /// Nothing goes to the endpoint any more. `why` is for a person.
  void halt(std::size_t endpoint, std::string why);

  std::size_t endpoints() const { return endpoints_.size(); }
  const PlannedServer& options(std::size_t endpoint) const { return endpoints_[endpoint].options; }
  const RateLimit& rate_limit(std::size_t endpoint) const { return endpoints_[endpoint].rate; }
  const ConcurrencyLimit& concurrency(std::size_t endpoint) const { return endpoints_[endpoint].concurrency; }
  const CircuitBreaker& breaker(std::size_t endpoint) const { return endpoints_[endpoint].breaker; }
  EndpointHealth health(std::size_t endpoint) const { return endpoints_[endpoint].health; }
  Instant parked_until(std::size_t endpoint) const { return endpoints_[endpoint].parked_until; }

 protected:
  /// Why a call does not go to an endpoint: never, or (without a word) not before another call has ended.
  struct Refusal {
    std::optional<CallFault> never{};
    std::string message{};
  };
  /// For whoever else has a say in whether a call may go, such as a budget: the tokens to reserve at the limit per minute, or why
  /// not.
  virtual std::variant<std::int64_t, Refusal> reserve(std::uint64_t call, std::size_t endpoint);
  /// What was reserved last does not go now.
  virtual void release(std::uint64_t call);
  void notice(std::string text) { notices_.push_back(std::move(text)); }

 private:
  struct Endpoint {
    Endpoint(PlannedServer planned, const RetryQuotaOptions& retries)
        : options(std::move(planned)),
          rate(options.rate),
          concurrency(options.concurrency),
          breaker(options.breaker),
          peers(options.peers),
          quota(retries) {}

    PlannedServer options;
    RateLimit rate;
    ConcurrencyLimit concurrency;
    CircuitBreaker breaker;
    PeerDeadline peers;
    RetryQuota quota;
    EndpointHealth health = EndpointHealth::usable;
    std::string halted_by;  ///< what its server said
    Instant parked_until = Instant::min();
    Instant newest_answered = Instant::min();  ///< when the latest attempt was sent that has been answered
    EndpointTrouble trouble;
    bool has_completed = false;          ///< a call, ever
    int refused_in_a_row = 0;            ///< calls, for reasons that are not clear
    Instant wait_told = Instant::min();  ///< the longest wait that was told of ends then

    /// When its server wants to be asked again.
    Instant left_alone_until() const { return std::max(parked_until, rate.paused_until()); }
  };
  struct Flight {
    std::size_t endpoint = 0;
    SentAttempt sent;
    AttemptRole role = AttemptRole::ordinary;
  };
  struct Call {
    std::size_t lane = 0;
    ServiceOrder::Place place;
    int attempts = 0;  ///< started
    int lessons = 0;   ///< of these, ended by learning; they are no retries
    int stalls = 0;    ///< of these, given up for their silence
    std::optional<Flight> flight;
  };
  /// A call that was refused before any was ever taken: if the next one is, too, every call would be.
  struct Doubted {
    std::uint64_t call = 0;  ///< waits for that; 0: it is over, as there was no other
    std::string message;
  };
  /// The calls of one model that may go at once.
  struct Lane {
    std::string model;
    std::vector<std::size_t> endpoints;
    ServiceOrder waiting;
    bool has_answered = false;  ///< any of its endpoints, ever
    std::optional<Doubted> doubted{};
  };
  struct Delayed {
    Instant until;
    std::uint64_t call;
    friend bool operator>(const Delayed& a, const Delayed& b) {
      return a.until != b.until ? a.until > b.until : a.call > b.call;
    }
  };
  /// Why a call did not go to an endpoint.
  struct NotSent {
    Instant again = kNever;            ///< when to ask again; kNever: when an attempt finishes
    std::optional<CallFault> never{};  ///< it can never go there
    std::string message{};             ///< if never
  };

  void release_due(Instant now);
  std::optional<PlannedAttempt> send_from(Lane& lane, Instant now);
  std::variant<PlannedAttempt, NotSent> try_endpoint(std::uint64_t id, Call& call, std::size_t endpoint,
                                                     Instant now);
  Instant room_grows_at(const Lane& lane, Instant now);
  std::vector<EndpointState> states(const Lane& lane, Instant now) const;
  bool another_serves(const Lane& lane, std::size_t endpoint) const;
  std::string why_halted(const Lane& lane) const;
  std::optional<std::string> why_hopeless(const Lane& lane, Instant now) const;
  void end_waiting(const Lane& lane, const std::string& message);
  void end(std::uint64_t id, CallFault fault, std::string message);
  void observe(Endpoint& endpoint, Call& call, const Flight& flight, Instant now, const RequestEnd& end);
  void watch(Endpoint& endpoint, Instant now, const RequestEnd& end);
  RequestVerdict retry(std::uint64_t id, Call& call, const Flight& flight, Instant now,
                       const RequestEnd& end);
  RequestVerdict doubt(std::uint64_t id, Call& call, Endpoint& endpoint, const std::string& message);
  void resolve_doubt(Lane& lane, CallFault fault);
  void end_lonely_doubts();
  void leave_alone(Endpoint& endpoint, const Flight& flight, Instant now, const RequestEnd& end,
                   const RetryDecision& decision);
  void wait_again(std::uint64_t id, const Call& call, Instant now, Delay delay);

  RequestPlanOptions options_;
  RetryPolicy policy_;
  std::vector<Endpoint> endpoints_;
  std::vector<Lane> lanes_;
  std::unordered_map<std::uint64_t, Call> calls_;
  std::priority_queue<Delayed, std::vector<Delayed>, std::greater<>> delayed_;
  std::vector<EndedCall> ended_;
  std::vector<std::string> notices_;
  std::size_t in_flight_ = 0;
  Instant wake_at_ = kNever;
};

}  // namespace throng
