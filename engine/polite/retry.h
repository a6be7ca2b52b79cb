#pragma once

#include <cstdint>
#include <string>

#include "engine/http/http_message.h"
#include "engine/polite/server_hints.h"

namespace throng {

/// What went wrong on the way, before or instead of a whole HTTP reply.
enum class TransportFault {
  none,           ///< there is a whole reply: its status decides
  connect,        ///< also name resolution and TLS that did not come about
  reset,          ///< the connection broke, at whatever point
  timeout,        ///< any deadline
  broken_reply,   ///< truncated, not HTTP, not the JSON envelope it should be
  certificate,    ///< the server is not who it should be: not retried
  refused_by_us,  ///< the request or the reply is over our own limits: not retried
};

TransportFault transport_fault(net::HttpFailureKind kind);

/// How an attempt failed.
struct FailedAttempt {
  TransportFault fault = TransportFault::none;
  int status = 0;          ///< of the HTTP reply; 0: none
  std::string error_code;  ///< `error.code`, or else `error.type`, of the reply's body; empty: none
  ServerHints hints;
  bool never_answered =
      false;  ///< nobody at this address, or at one that could have served the call, ever did
};

enum class RetryAction {
  retry,  ///< once more, not before `delay` has passed
  park,   ///< the same, but that is so long that the whole endpoint should be left alone meanwhile
  fail,   ///< the call has failed
  halt,   ///< so will all calls: nothing more goes to this endpoint (quota or billing)
};

struct RetryDecision {
  RetryAction action = RetryAction::fail;
  /// To leave the endpoint (after a 429: its bucket) alone for, also if this call has failed.
  Delay delay{0};
};

struct RetryOptions {
  std::uint64_t seed = 0;
  int max_attempts = 10;  ///< of one call, the first included; 0: no limit
  int max_unanswered =
      5;  ///< the same while nobody ever answered: most likely the address is wrong; 0: no limit
  Delay first_delay =
      std::chrono::milliseconds(500);              ///< mean wait before the second attempt, doubled each time
  Delay longest_delay = std::chrono::seconds(30);  ///< the doubling ends here
  Delay park_over = std::chrono::seconds(60);      ///< a server that wants more than this is parked
};

/// The one retry layer. Pure: the same attempt of the same call always gets the same answer.
class RetryPolicy {
 public:
  explicit RetryPolicy(RetryOptions options = {}) : options_(options) {}

  /// What to do after attempt `attempt` (the first is 1) of call `call` failed. Retried are 408, 409, 429, all
  /// from 500 on, and transport faults other than a bad certificate; `x-should-retry` overrules that. Quota and
  /// billing errors halt the endpoint whatever else is said. The wait is what the server said; if it
  /// said nothing, `backoff`.
  RetryDecision decide(const FailedAttempt& failed, std::uint64_t call, int attempt) const;

  /// Exponential backoff with jitter: uniform in [0.5, 1.5) of the mean wait, by hash of (seed, call, attempt).
  Delay backoff(std::uint64_t call, int attempt) const;

 private:
  bool is_last(const FailedAttempt& failed, int attempt) const;

  RetryOptions options_;
};

/// Somebody spoke at the address, if only to break off.
bool is_answer(TransportFault fault);

/// The account is empty or closed: no attempt can succeed before a person acts.
bool is_billing_error(int status, const std::string& error_code);

struct RetryQuotaOptions {
  double at_start = 100;     ///< retries before anything has succeeded
  double per_request = 0.1;  ///< earned by a new call
  double per_success = 1;    ///< earned by a success, as far as calls made so far allow
};

/// How many retries an endpoint is worth, over all calls. On a server that always fails there are at most
/// `at_start + per_request * calls`; successes give back what retries took, so that random faults (up to half
/// of all attempts) do not use it up.
class RetryQuota {
 public:
  explicit RetryQuota(RetryQuotaOptions options = {}) : options_(options), left_(options.at_start) {}

  void on_call();
  void on_success();
  /// Takes one retry. False: there is none left, the call fails.
  [[nodiscard]] bool try_retry();

  double left() const { return left_; }

 private:
  void earn(double retries);

  RetryQuotaOptions options_;
  double left_;
  double most_ = 0;  ///< `left_` never exceeds at_start + this
};

}  // namespace throng
