#pragma once

#include <vector>

#include "engine/base/json.h"
#include "llm/bench/load.h"
#include "llm/bench/workload.h"
#include "llm/client.h"
#include "llm/ledger.h"

namespace throng::llm::bench {

/// One load of a test, done: all that was counted and measured, warm-up apart.
struct Point {
  Load load;
  LoadOutcome outcome;
  Measurements measured;
  LedgerEntry ledger;                    ///< of this point alone
  std::int64_t requests_per_minute = 0;  ///< the limits as they stood at the end; 0: none
  std::int64_t tokens_per_minute = 0;
  TokenCounting counting = TokenCounting::admission;
  double cpu_seconds = 0;  ///< of this process
};

/// What `after` holds beyond `before`.
LedgerEntry since(const LedgerEntry& before, LedgerEntry after);

/// Several points as one: sums, and percentiles over all calls. The load and the limits are the last one's.
Point together(const std::vector<Point>& points);

/// An object with
///   "mode" ("closed", "open"), "concurrency" or "rate"
///   "requests"   calls started = completed + failed + "canceled" (broken off by an early end)
///   "attempts", "completed", "failed" {kind: count}, "failed_attempts" {kind: count}, "aborted_attempts" (after which
///   the server may have generated something: broken off, timed out, broken replies)
///   "prompt_tokens", "cached_tokens" (of these), "completion_tokens": as counted by the server;
///   "estimated_tokens" {"prompt", "completion"}: beside those, of attempts and replies without a count
///   "seconds", "requests_per_second" (completed ones), "prompt_tokens_per_second", "completion_tokens_per_second"
///   "latency_ms", "queue_ms", "service_ms", "first_token_ms", "per_output_token_ms": see Measurements and Distribution;
///   nulls where nothing was measured
///   "rate_limit" {"requests_per_minute", "requests_used", "tokens_per_minute", "tokens_used"}: the limits, 0 if there is
///   none, and the shares of them that were used, null likewise
///   "goodput"    null without an objective, else {"objective_ms", "within", "share" (of requests), "requests_per_second"}
///   "max_running"   most calls begun and not over at once
///   "cpu_seconds"
Json to_json(const Point& point);

/// What curves need, for a report: {"percentiles": [{"share", "ms"}], "timeline": [{"second", "requests_per_second", "p50",
/// "p99"}]}; about 60 steps of time.
Json curves_json(const Point& point);

struct BenchOptions {
  EndpointOptions endpoint;
  WorkloadOptions workload;  ///< its model is the endpoint's
  std::vector<Load> loads;   ///< one after the other
  Extent extent;             ///< of each
  std::int64_t warm_up = 0;  ///< calls before each load that are not counted
  std::optional<Delay> objective;
  ConcurrencyMode concurrency = ConcurrencyMode::fixed;
  std::uint64_t retry_seed = 0;
  std::function<void(const std::string&)> log;  ///< as ClientOptions::log
};

struct BenchResult {
  std::vector<Point> points;  ///< as far as it came
  Go ended = Go::on;          ///< stop: early, because the observer wanted it
};

/// Hears ten times a second how the load with this index goes. Warm-up has no progress.
using BenchObserver = std::function<Go(std::size_t load, const LoadProgress&)>;

/// Runs a load test on its own io_context. One client serves all loads: limits per minute hold across them, and
/// connections stay open. Throws Failure(usage) for an endpoint that cannot work.
BenchResult run_bench(const BenchOptions& options, const Environment& environment,
                      const BenchObserver& observer);

}  // namespace throng::llm::bench
