#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <unordered_set>

#include "engine/base/json.h"
#include "engine/http/http_message.h"
#include "llm/mock/delivery.h"
#include "llm/mock/dialect.h"
#include "llm/mock/mock_options.h"
#include "llm/mock/rate_limits.h"

namespace throng::llm {
class JsonView;
}

namespace throng::llm::mock {

struct ChatCall;

/// What the mock counts. Every request for a completion or embeddings ends as one of: completed (slow and invalid
/// replies too), rejected_*, bad_requests, aborted, another fault.
struct MockStats {
  std::int64_t requests = 0;  ///< for completions or embeddings, with a right key
  std::int64_t completed = 0;
  std::int64_t streamed = 0;  ///< of completed
  std::int64_t rejected_rpm = 0;
  std::int64_t rejected_tpm = 0;
  std::int64_t rejected_quota = 0;
  std::int64_t unauthorized = 0;               ///< not among the requests
  std::int64_t bad_requests = 0;               ///< status 400
  std::int64_t aborted = 0;                    ///< the client went away before it had all
  std::array<std::int64_t, kFaults> faults{};  ///< drawn
  std::int64_t prompt_tokens = 0;              ///< of completed calls, as the three that follow
  std::int64_t cached_tokens = 0;              ///< of prompt_tokens
  std::int64_t completion_tokens = 0;
  std::int64_t aborted_prompt_tokens = 0;      ///< of aborted calls that the model had begun
  std::int64_t aborted_completion_tokens = 0;  ///< what of their streams had been written
  std::int64_t in_flight = 0;
  std::int64_t max_in_flight = 0;
  std::int64_t max_queued = 0;               ///< for a slot
  std::int64_t max_requests_per_minute = 0;  ///< in any sliding 60 s, rejected ones included
  std::int64_t max_tokens_per_minute = 0;
  std::int64_t connections = 0;  ///< accepted
  std::int64_t max_connections = 0;
  std::int64_t tls_resumed = 0;

  std::int64_t operator[](Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
};

/// With the names above; `faults` is an object of the kinds.
Json to_json(const MockStats& stats);

/// The mock without sockets and clock: decides what happens to each request, and counts. What a reply says follows from
/// (seed, body); faults of transport and latency from (seed, body, attempt), where the header x-throng-attempt (1, 2,
/// ...) or x-stainless-retry-count (0, 1, ...) names the attempt.
class MockCore {
 public:
  using TimePoint = RateLimits::TimePoint;

  MockCore(MockOptions options, TimePoint start);

  /// A request came in. `delivered` or `aborted` shall follow.
  Plan take(const net::HttpRequest& request, TimePoint now);
  /// All of a plan's reply has been written.
  void delivered(const Plan& plan, TimePoint now);
  /// The client went away before. `tokens`: of its stream, written.
  void aborted(const Plan& plan, std::int64_t tokens);

  const MockOptions& options() const { return options_; }
  /// How many are being answered.
  void count_in_flight(std::int64_t in_flight, std::int64_t queued);
  MockStats stats() const;
  std::int64_t requests() const { return stats_.requests; }

 private:
  Plan answer(const Route& route, const net::HttpRequest& request, TimePoint now);
  Plan chat(JsonView body, const Route& route, const net::HttpRequest& request, TimePoint now);
  Plan embeddings(JsonView body, const Route& route, const net::HttpRequest& request, TimePoint now);
  std::optional<Plan> rejection(std::int64_t tokens, TimePoint now);
  Plan error(const ErrorReply& reply, TimePoint now);
  Plan document(const Json& json) const;
  /// Draws latency and faults for what is a good reply so far.
  void play(Plan& plan, const Draws& draws, std::uint32_t attempt, TimePoint now);
  bool knows_key(const net::HttpRequest& request) const;
  std::int64_t cached_tokens(const ChatCall& call) const;
  void halve_when_due(TimePoint now);
  void add_headers(Plan& plan, TimePoint now);

  MockOptions options_;
  RateLimits limits_;
  TimePoint halve_at_;
  MockStats stats_;
  std::unordered_set<std::uint64_t> cached_prefixes_;
};

}  // namespace throng::llm::mock
