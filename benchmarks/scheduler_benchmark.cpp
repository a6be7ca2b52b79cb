// What the engine costs a partition: a scheduler made, `kPartitionSize` actors spawned, each with twenty events, before each of
// which it awaits a Task as a session awaits its mind.
#include <benchmark/benchmark.h>

#include "benchmarks/support/allocations.h"
#include "engine/base/random.h"
#include "engine/sim/scheduler.h"

namespace throng {
namespace {

constexpr std::uint32_t kEvents = 20;
constexpr Purpose kGap{"benchmark/gap"};

Task<Duration> decide(const Draws& draws, ActorId actor, std::uint32_t event) {
  const auto bits =
      draws.below(20'000'000, kGap, {.agent = static_cast<std::uint32_t>(actor), .item = event});
  co_return Duration(static_cast<std::int64_t>(bits));
}

Task<void> session(Actor& self, const Draws& draws) {
  for (std::uint32_t event = 1; event < kEvents; ++event) {
    const Duration gap = co_await decide(draws, self.id(), event);
    co_await self.sleep_for(gap);
  }
}

void partition(benchmark::State& state) {
  const Draws draws(1);
  const Window window{.end = VirtualTime(std::chrono::days(1))};
  const Allocations before = allocations();
  for (auto _ : state) {
    Scheduler scheduler(window);
    for (std::uint32_t actor = 0; actor < kPartitionSize; ++actor) {
      scheduler.spawn(ActorId(actor), VirtualTime(std::chrono::seconds(actor % 60)),
                      [&draws](Actor& self) { return session(self, draws); });
    }
    scheduler.run();
  }
  const auto events = static_cast<double>(state.iterations()) * kPartitionSize * kEvents;
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["allocs/event"] = static_cast<double>(allocations().count - before.count) / events;
}
BENCHMARK(partition);

}  // namespace
}  // namespace throng
