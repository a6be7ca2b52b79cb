#pragma once

#include <vector>

#include "llm/bench/point.h"
#include "llm/bench/workload.h"
#include "llm/client.h"

namespace throng::llm::bench {

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
