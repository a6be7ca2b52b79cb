// The dispatch of coroutine actors with n of them pending, at the very times of event_queue_benchmark.cpp:
//   hold      every event resumes an actor, which sleeps for the next gap
//   phold     the same, and each event changes the state of one of n places: PHOLD (Fujimoto 1990) seen from
//             its jobs, which are the actors here
//   sessions  every actor lives for four events, each with a Task awaited, and then spawns its successor
#include <thread>

#include <benchmark/benchmark.h>

#include "benchmarks/support/report.h"
#include "benchmarks/support/workload.h"
#include "engine/sim/scheduler.h"

namespace throng {
namespace {

struct World {
  World(Gaps gaps, std::uint32_t actors) : workload(gaps, actors) {}

  Workload workload;
  Scheduler scheduler;
  std::int64_t events = 0;
};

/// Runs about `kEvents` events of a world whose actors have been spawned, after one per actor to warm up.
void measure(benchmark::State& state, World& world) {
  VirtualTime end = VirtualTime(Workload::kMean);
  world.scheduler.run_until(end);
  world.events = 0;
  const Allocations before = allocations();
  for (auto _ : state) {
    while (world.events < kEvents) world.scheduler.run_until(end += Workload::kMean / 2);
  }
  report_events(state, world.events, before);
}

Task<void> sleeper(Actor& self, World& world) {
  const auto actor = static_cast<std::uint32_t>(self.id());
  co_await self.sleep_until(world.workload.start(actor));
  for (std::uint64_t sequence = 0;; ++sequence) {
    ++world.events;
    co_await self.sleep_for(world.workload.gap(actor, sequence));
  }
}

void hold(benchmark::State& state, Gaps gaps) {
  World world(gaps, static_cast<std::uint32_t>(state.range(0)));
  for (std::uint32_t actor = 0; actor < world.workload.actors(); ++actor) {
    world.scheduler.spawn(ActorId(actor), VirtualTime{},
                          [&world](Actor& self) { return sleeper(self, world); });
  }
  measure(state, world);
}

struct PholdWorld : World {
  PholdWorld(Gaps gaps, std::uint32_t actors) : World(gaps, actors), places(actors) {}
  std::vector<Place> places;
};

Task<void> job(Actor& self, PholdWorld& world) {
  const auto actor = static_cast<std::uint32_t>(self.id());
  co_await self.sleep_until(world.workload.start(actor));
  for (std::uint64_t sequence = 0;; ++sequence) {
    ++world.events;
    world.places[world.workload.place(actor, sequence)].visit(self.now(), actor);
    co_await self.sleep_for(world.workload.gap(actor, sequence));
  }
}

void phold(benchmark::State& state, Gaps gaps) {
  PholdWorld world(gaps, static_cast<std::uint32_t>(state.range(0)));
  for (std::uint32_t actor = 0; actor < world.workload.actors(); ++actor) {
    world.scheduler.spawn(ActorId(actor), VirtualTime{}, [&world](Actor& self) { return job(self, world); });
  }
  measure(state, world);
}

constexpr std::uint32_t kEventsPerSession = 4;

/// What a mind is to a session: a Task that is ready at once.
Task<Duration> decide(const World& world, std::uint32_t actor, std::uint32_t sequence) {
  co_return world.workload.gap(actor, sequence);
}

void start_session(World& world, std::uint32_t actor, std::uint32_t sequence, VirtualTime start);

Task<void> session(Actor& self, World& world, std::uint32_t actor, std::uint32_t sequence) {
  const std::uint32_t last = sequence + kEventsPerSession - 1;
  for (;; ++sequence) {
    ++world.events;
    const Duration gap = co_await decide(world, actor, sequence);
    if (sequence == last) {
      start_session(world, actor, sequence + 1, self.now() + gap);
      co_return;
    }
    co_await self.sleep_for(gap);
  }
}

/// An actor and its successor, which meet for a moment, have different ids.
void start_session(World& world, std::uint32_t actor, std::uint32_t sequence, VirtualTime start) {
  const bool odd = sequence / kEventsPerSession % 2 == 1;
  world.scheduler.spawn(
      ActorId(actor + (odd ? world.workload.actors() : 0)), start,
      [&world, actor, sequence](Actor& self) { return session(self, world, actor, sequence); });
}

void sessions(benchmark::State& state, Gaps gaps) {
  World world(gaps, static_cast<std::uint32_t>(state.range(0)));
  for (std::uint32_t actor = 0; actor < world.workload.actors(); ++actor) {
    start_session(world, actor, 0, world.workload.start(actor));
  }
  measure(state, world);
}

/// An actor that has nothing of its own: all memory that it takes is the engine's.
Task<void> idler(Actor& self) {
  for (;;) co_await self.sleep_for(Workload::kMean);
}

/// Bytes of heap per sleeping actor, as the allocator rounds them: its Actor, its coroutine's frame (which
/// holds no user state here) and its share of the queue and of all tables, as grown by doubling.
void idle_actors(benchmark::State& state) {
  const auto actors = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    double bytes = 0;
    // On a thread of its own, which has no frames left over from other runs.
    std::thread([&] {
      const Allocations before = allocations();
      Scheduler scheduler;
      for (std::uint32_t i = 0; i < actors; ++i) scheduler.spawn(ActorId(i), VirtualTime{}, idler);
      scheduler.run_until(VirtualTime{} + Duration(1));
      bytes = static_cast<double>(allocations().live_bytes - before.live_bytes);
    }).join();
    state.counters["bytes/actor"] = bytes / actors;
  }
}

[[maybe_unused]] const bool registered = [] {
  benchmark::AddCustomContext("Workload", "2M events a run, one core, gaps drawn beforehand, mean gap 10 s");
  register_for_all_workloads("hold/actors", 1, hold);
  register_for_all_workloads("phold/actors", 1, phold);
  register_for_all_workloads("sessions/actors", 1, sessions);
  return true;
}();
BENCHMARK(idle_actors)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Iterations(1);

}  // namespace
}  // namespace throng
