#include "llm/bench/bench.h"

#include <boost/asio/io_context.hpp>

#include "engine/base/log.h"
#include "engine/base/process.h"

namespace throng::llm::bench {
namespace {

/// A load test with its client.
class Bench {
 public:
  Bench(const BenchOptions& options, const Environment& environment, const BenchObserver& observer)
      : options_(options),
        observer_(observer),
        workload_(with_model(options.workload, options.endpoint.model)),
        client_(io_, {options.endpoint}, environment, client_options(options)) {}

  Go warm_up(std::size_t number) {
    if (options_.warm_up == 0) return Go::on;
    Measurements ignored;
    const LoadObserver observer = [&](const LoadProgress&) { return observer_(number, {}); };
    return run_load(
               io_, client_, options_.loads[number], {.requests = options_.warm_up},
               [&](std::int64_t index) {
                 return workload_.warm_up(static_cast<std::uint16_t>(number),
                                          static_cast<std::uint32_t>(index));
               },
               ignored, observer)
        .ended;
  }

  Point run(std::size_t number) {
    Point point{.load = options_.loads[number], .measured = Measurements(options_.objective)};
    const LedgerEntry before = client_.planner().ledger().total();
    const double cpu_before = process_cpu_seconds();
    point.outcome = run_load(
        io_, client_, point.load, options_.extent,
        [&](std::int64_t index) {
          return workload_.request(static_cast<std::uint16_t>(number), static_cast<std::uint32_t>(index));
        },
        point.measured, [&](const LoadProgress& progress) { return observer_(number, progress); });
    point.cpu_seconds = process_cpu_seconds() - cpu_before;
    point.ledger = since(before, client_.planner().ledger().total());
    const RateLimit& limit = client_.planner().rate_limit(0);
    point.requests_per_minute = limit.requests_per_minute();
    point.tokens_per_minute = limit.tokens_per_minute();
    point.counting = options_.endpoint.token_counting;
    log_point(number, point);
    return point;
  }

 private:
  static void log_point(std::size_t number, const Point& point) {
    log_event(LogLevel::info, "bench", "load over",
              {{"load", number + 1},
               {"concurrency", point.load.concurrency},
               {"rate", point.load.rate},
               {"seconds", point.outcome.elapsed},
               {"started", point.outcome.started},
               {"completed", point.ledger.completed},
               {"attempts", point.ledger.attempts},
               {"cpu_s", point.cpu_seconds},
               {"rss_mb", rss_bytes() >> 20U}});
  }

  static WorkloadOptions with_model(WorkloadOptions options, const std::string& model) {
    options.model = model;
    return options;
  }
  static ClientOptions client_options(const BenchOptions& options) {
    ClientOptions client;
    client.plan.retry.seed = options.retry_seed;
    client.concurrency = options.concurrency;
    client.log = options.log;
    return client;
  }

  const BenchOptions& options_;
  const BenchObserver& observer_;
  Workload workload_;
  boost::asio::io_context io_{1};
  Client client_;
};

}  // namespace

BenchResult run_bench(const BenchOptions& options, const Environment& environment,
                      const BenchObserver& observer) {
  Bench bench(options, environment, observer);
  BenchResult result;
  for (std::size_t number = 0; number < options.loads.size() && result.ended == Go::on; ++number) {
    result.ended = bench.warm_up(number);
    if (result.ended == Go::stop) break;
    result.points.push_back(bench.run(number));
    result.ended = result.points.back().outcome.ended;
  }
  return result;
}

}  // namespace throng::llm::bench
