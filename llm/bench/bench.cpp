#include "llm/bench/bench.h"

#include <algorithm>

#include <boost/asio/io_context.hpp>

#include "engine/base/log.h"
#include "engine/base/process.h"

namespace throng::llm::bench {
namespace {

double seconds(Delay delay) { return static_cast<double>(delay.count()) / 1e6; }

double per_second(std::int64_t count, Delay elapsed) {
  return elapsed == Delay(0) ? 0 : static_cast<double>(count) / seconds(elapsed);
}

Json share_of_limit(std::int64_t used, std::int64_t limit, Delay elapsed) {
  if (limit == 0 || elapsed == Delay(0)) return nullptr;
  return per_second(used, elapsed) * 60 / static_cast<double>(limit);
}

Json rate_limit_json(const Point& point) {
  const Delay elapsed = point.outcome.elapsed;
  const std::int64_t tokens = point.counting == TokenCounting::admission ? point.measured.admitted_tokens()
                                                                         : point.ledger.counted.total();
  return {{"requests_per_minute", point.requests_per_minute},
          {"requests_used", share_of_limit(point.ledger.attempts, point.requests_per_minute, elapsed)},
          {"tokens_per_minute", point.tokens_per_minute},
          {"tokens_used", share_of_limit(tokens, point.tokens_per_minute, elapsed)}};
}

Json goodput_json(const Point& point) {
  if (!point.measured.objective()) return nullptr;
  const std::int64_t within = point.measured.within_objective();
  const std::int64_t all = point.measured.completed() + point.measured.failed();
  return {{"objective_ms", milliseconds(*point.measured.objective())},
          {"within", within},
          {"share", all == 0 ? 0 : static_cast<double>(within) / static_cast<double>(all)},
          {"requests_per_second", per_second(within, point.outcome.elapsed)}};
}

template <class Counts>
Json counts_json(const Counts& counts) {
  Json json = Json::object();
  for (const auto& [kind, count] : counts) json[kind] = count;
  return json;
}

TokenCounts minus(TokenCounts a, const TokenCounts& b) {
  a.prompt -= b.prompt;
  a.cached -= b.cached;
  a.completion -= b.completion;
  return a;
}

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

LedgerEntry since(const LedgerEntry& before, LedgerEntry after) {
  after.calls -= before.calls;
  after.attempts -= before.attempts;
  after.completed -= before.completed;
  after.aborted -= before.aborted;
  for (const auto& [kind, count] : before.failed_attempts) after.failed_attempts[kind] -= count;
  std::erase_if(after.failed_attempts, [](const auto& entry) { return entry.second == 0; });
  after.counted = minus(after.counted, before.counted);
  after.estimated = minus(after.estimated, before.estimated);
  after.spent.pico -= before.spent.pico;
  after.estimated_spent.pico -= before.estimated_spent.pico;
  return after;
}

Point together(const std::vector<Point>& points) {
  Point whole = points.front();
  for (auto point = points.begin() + 1; point != points.end(); ++point) {
    whole.load = point->load;
    whole.outcome.started += point->outcome.started;
    whole.outcome.most_running = std::max(whole.outcome.most_running, point->outcome.most_running);
    whole.outcome.elapsed += point->outcome.elapsed;
    whole.outcome.ended = point->outcome.ended;
    whole.measured.add(point->measured);
    whole.ledger += point->ledger;
    whole.requests_per_minute = point->requests_per_minute;
    whole.tokens_per_minute = point->tokens_per_minute;
    whole.cpu_seconds += point->cpu_seconds;
  }
  return whole;
}

Json to_json(const Point& point) {
  const bool closed = point.load.kind == Load::Kind::closed;
  const Measurements& measured = point.measured;
  const LedgerEntry& ledger = point.ledger;
  const Delay elapsed = point.outcome.elapsed;
  Json json{{"mode", closed ? "closed" : "open"}};
  if (closed) {
    json["concurrency"] = point.load.concurrency;
  } else {
    json["rate"] = point.load.rate;
  }
  json.update({{"requests", point.outcome.started},
               {"attempts", ledger.attempts},
               {"completed", measured.completed()},
               {"failed", counts_json(measured.failures())},
               {"canceled", measured.canceled()},
               {"failed_attempts", counts_json(ledger.failed_attempts)},
               {"aborted_attempts", ledger.aborted},
               {"prompt_tokens", ledger.counted.prompt},
               {"cached_tokens", ledger.counted.cached},
               {"completion_tokens", ledger.counted.completion},
               {"estimated_tokens",
                {{"prompt", ledger.estimated.prompt}, {"completion", ledger.estimated.completion}}},
               {"seconds", seconds(elapsed)},
               {"requests_per_second", per_second(measured.completed(), elapsed)},
               {"prompt_tokens_per_second", per_second(ledger.counted.prompt, elapsed)},
               {"completion_tokens_per_second", per_second(ledger.counted.completion, elapsed)},
               {"latency_ms", measured.latency().summary()},
               {"queue_ms", measured.queue().summary()},
               {"service_ms", measured.service().summary()},
               {"first_token_ms", measured.first_token().summary()},
               {"per_output_token_ms", measured.per_output_token().summary()},
               {"rate_limit", rate_limit_json(point)},
               {"goodput", goodput_json(point)},
               {"max_running", point.outcome.most_running},
               {"cpu_seconds", point.cpu_seconds}});
  return json;
}

Json curves_json(const Point& point) {
  Json percentiles = Json::array();
  const Distribution& latency = point.measured.latency();
  for (const std::int64_t share : {1'000, 5'000, 10'000, 20'000, 30'000, 40'000, 50'000, 60'000, 70'000,
                                   80'000, 90'000, 95'000, 98'000, 99'000, 99'500, 99'900, 100'000}) {
    if (!latency.empty()) {
      percentiles.push_back(
          {{"share", static_cast<double>(share) / 1e3}, {"ms", milliseconds(latency.percentile(share))}});
    }
  }
  constexpr int kSteps = 60;
  Json timeline = Json::array();
  const Delay step = std::max(point.outcome.elapsed / kSteps, Delay(std::chrono::milliseconds(100)));
  const auto& ended = point.measured.ended();
  for (std::size_t i = 0; i < ended.size();) {
    const Delay::rep number = (ended[i].at - point.outcome.began) / step;
    const Instant end = point.outcome.began + (number + 1) * step;
    Distribution within;
    for (; i < ended.size() && ended[i].at < end; ++i) within.add(ended[i].latency);
    timeline.push_back({{"second", seconds(number * step)},
                        {"requests_per_second", per_second(within.count(), step)},
                        {"p50", milliseconds(within.percentile(50'000))},
                        {"p99", milliseconds(within.percentile(99'000))}});
  }
  return {{"percentiles", percentiles}, {"timeline", timeline}};
}

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
