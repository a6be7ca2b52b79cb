// The hold model: with n events pending, pop the first and push one a random time later. Ours beside a bare
// binary heap of the same keys in the same run, and with the dispatch of real actors.
#include <queue>

#include <benchmark/benchmark.h>

#include "engine/sim/event_queue.h"
#include "engine/sim/random.h"
#include "engine/sim/scheduler.h"

namespace throng {
namespace {

constexpr Purpose kStep{"benchmark/step"};
constexpr std::size_t kSteps = 1U << 16U;

/// Exponential-like gaps, drawn beforehand so that drawing is not measured.
const std::vector<std::int64_t>& steps() {
  static const std::vector<std::int64_t> values = [] {
    std::vector<std::int64_t> drawn;
    const Draws draws(1);
    for (std::uint32_t i = 0; i < kSteps; ++i) {
      drawn.push_back(1 + static_cast<std::int64_t>(-1e6 * std::log1p(-draws.uniform(kStep, {.item = i}))));
    }
    return drawn;
  }();
  return values;
}

EventKey key(std::int64_t time, std::uint64_t sequence) {
  return {.time = VirtualTime(Duration(time)), .sequence = sequence};
}

void hold_event_queue(benchmark::State& state) {
  EventQueue<int> queue;
  std::uint64_t sequence = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    queue.push(key(steps()[sequence % kSteps], sequence), 0), ++sequence;
  for (auto _ : state) {
    const auto event = queue.pop_before(VirtualTime::max());
    const std::int64_t now = event->key.time.time_since_epoch().count();
    queue.push(key(now + steps()[sequence % kSteps], sequence), 0);
    ++sequence;
  }
  state.SetItemsProcessed(state.iterations());
}

void hold_priority_queue(benchmark::State& state) {
  std::priority_queue<EventKey, std::vector<EventKey>, std::greater<>> queue;
  std::uint64_t sequence = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    queue.push(key(steps()[sequence % kSteps], sequence)), ++sequence;
  for (auto _ : state) {
    const std::int64_t now = queue.top().time.time_since_epoch().count();
    queue.pop();
    queue.push(key(now + steps()[sequence % kSteps], sequence));
    ++sequence;
  }
  state.SetItemsProcessed(state.iterations());
}

void hold_actors(benchmark::State& state) {
  Scheduler scheduler;
  std::int64_t handled = 0;
  for (std::uint32_t n = 0; n < state.range(0); ++n) {
    scheduler.spawn(ActorId(n), VirtualTime(Duration(n)), [&handled, n](Actor& self) -> Task<void> {
      for (std::size_t i = n;; ++i) {
        ++handled;
        co_await self.sleep_for(Duration(steps()[i % kSteps]));
      }
    });
  }
  VirtualTime end = VirtualTime(Duration(state.range(0)));
  scheduler.run_until(end);
  // Each iteration lets about one event in 100 of those pending happen.
  const Duration slice(10'000);
  handled = 0;
  for (auto _ : state) scheduler.run_until(end += slice);
  state.SetItemsProcessed(handled);
}

BENCHMARK(hold_event_queue)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold_priority_queue)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold_actors)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace throng
