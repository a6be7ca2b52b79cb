#pragma once

#include <chrono>
#include <unordered_set>

#include "engine/http/http_message.h"
#include "llm/mock/mock_options.h"
#include "llm/mock/mock_stats.h"
#include "llm/mock/plan.h"
#include "llm/mock/rate_limits.h"
#include "llm/mock/route.h"

namespace throng::llm {
class JsonView;
}

namespace throng::llm::mock {

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
