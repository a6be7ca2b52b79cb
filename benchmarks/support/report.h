#pragma once

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "benchmarks/support/allocations.h"
#include "benchmarks/support/workload.h"

namespace throng {

/// Events measured per run, after one per actor to warm up.
constexpr std::int64_t kEvents = 2'000'000;

using EventBenchmark = void (*)(benchmark::State&, Gaps);

/// Registers `run` for every distribution and 1k to 1M pending events, as "<name>/<distribution>/<pending>".
inline void register_for_all_workloads(const std::string& name, std::int64_t iterations, EventBenchmark run) {
  for (const Gaps gaps : {Gaps::exponential, Gaps::bimodal, Gaps::all_ties, Gaps::far_future}) {
    const auto body = [run, gaps](benchmark::State& state) { run(state, gaps); };
    benchmark::RegisterBenchmark((name + "/" + to_string(gaps)).c_str(), body)
        ->RangeMultiplier(10)
        ->Range(1'000, 1'000'000)
        ->Iterations(iterations);
  }
}

/// Sets the counters of a run that has handled `events` since `before`.
inline void report_events(benchmark::State& state, std::int64_t events, const Allocations& before) {
  const auto count = static_cast<double>(events);
  const auto allocated = static_cast<double>(allocations().count - before.count);
  state.counters["events/s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["time/event"] =
      benchmark::Counter(count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocs/event"] = allocated / count;
}

}  // namespace throng
