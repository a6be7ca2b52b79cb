// Queues of events without actors: EventQueue beside a bare 4-ary heap and std::priority_queue of the same
// keys.
//   hold      with n events pending, pop the first and push the next of its actor
//   phold     the same, and each event changes the state of one of n places
#include <queue>

#include <benchmark/benchmark.h>

#include "benchmarks/support/bare_heap.h"
#include "benchmarks/support/report.h"
#include "benchmarks/support/workload.h"
#include "engine/sim/event_queue.h"

namespace throng {
namespace {

class Ours {
 public:
  void push(const EventKey& key) { queue_.push(key, 0); }
  EventKey pop() { return queue_.pop_before(VirtualTime::max())->key; }

 private:
  EventQueue<int> queue_;
};

template <class Heap>
class Bare {
 public:
  void push(const EventKey& key) { heap_.push(key); }
  EventKey pop() {
    const EventKey first = heap_.top();
    heap_.pop();
    return first;
  }

 private:
  Heap heap_;
};

using FourAryHeap = Bare<BareHeap<EventKey>>;
using PriorityQueue = Bare<std::priority_queue<EventKey, std::vector<EventKey>, std::greater<>>>;

template <class Queue, class Handle>
void run(benchmark::State& state, Gaps gaps, Handle handle) {
  const Workload workload(gaps, static_cast<std::uint32_t>(state.range(0)));
  Queue queue;
  for (std::uint32_t actor = 0; actor < workload.actors(); ++actor) {
    queue.push({.time = workload.start(actor), .source = ActorId(actor)});
  }
  const auto step = [&] {
    EventKey key = queue.pop();
    handle(workload, key);
    key.time += workload.gap(static_cast<std::uint32_t>(key.source), key.sequence);
    ++key.sequence;
    queue.push(key);
  };
  for (std::uint32_t i = 0; i < workload.actors(); ++i) step();  // warm up
  const Allocations before = allocations();
  for (auto _ : state) step();
  report_events(state, state.iterations(), before);
}

template <class Queue>
void hold(benchmark::State& state, Gaps gaps) {
  run<Queue>(state, gaps, [](const Workload&, const EventKey&) {});
}

template <class Queue>
void phold(benchmark::State& state, Gaps gaps) {
  std::vector<Place> places(static_cast<std::size_t>(state.range(0)));
  run<Queue>(state, gaps, [&](const Workload& workload, const EventKey& key) {
    const auto actor = static_cast<std::uint32_t>(key.source);
    places[workload.place(actor, key.sequence)].visit(key.time, actor);
  });
}

[[maybe_unused]] const bool registered = [] {
  register_for_all_workloads("hold/event_queue", kEvents, hold<Ours>);
  register_for_all_workloads("hold/bare_4ary_heap", kEvents, hold<FourAryHeap>);
  register_for_all_workloads("hold/priority_queue", kEvents, hold<PriorityQueue>);
  register_for_all_workloads("phold/bare_4ary_heap", kEvents, phold<FourAryHeap>);
  return true;
}();

}  // namespace
}  // namespace throng
