// What it costs that a rank asks through the first one's gateway: calls per second of one that answers at once, with a journal, asked
// directly and by another rank (a thread of this process). In an MPI run a message takes longer by its way through the network.
#include <filesystem>

#include <benchmark/benchmark.h>

#include "scenarios/gateway/ranks_gateway.h"
#include "tests/support/echo_backend.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

constexpr std::size_t kCalls = 20'000;

/// As prompts are: instructions that all share, and a page of the agent's own.
ExternalRequest request(std::size_t number) {
  return {.parts = {R"({"model": "echo"})", std::string(3000, 'i'),
                    std::to_string(number) + std::string(1500, 'p')}};
}

/// Asks with so many calls under way.
void ask(Gateway& gateway, std::size_t under_way) {
  std::size_t asked = 0;
  for (std::size_t answered = 0; answered < kCalls;) {
    for (; asked < kCalls && asked < answered + under_way; ++asked) {
      ExternalRequest next = request(asked);
      const CallKey key{.actor = ActorId(asked % 256), .request = request_hash(next.parts)};
      gateway.submit(key, std::move(next));
    }
    gateway.wait([&](const CallKey&, const std::string&) { ++answered; });
  }
  gateway.close_window();
}

void calls(benchmark::State& state, std::size_t ranks) {
  const auto under_way = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const TempFolder folder;
    ThreadRanks::run(ranks, [&](Ranks& self) {
      if (!self.is_first()) {
        ForwardingGateway gateway(self);
        return ask(gateway, under_way);
      }
      testing::EchoBackend backend;
      Journal journal(folder / "journal.db", Journal::Mode::survives_kill);
      JournaledGateway own(journal, nullptr, backend.io, Backends{&backend});
      if (self.is_alone()) return ask(own, under_way);
      ServingGateway(own, self).close_window();
    });
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCalls));
}

BENCHMARK_CAPTURE(calls, direct, 1)->ArgName("under_way")->Arg(8)->Arg(64)->Arg(1000)->UseRealTime();
BENCHMARK_CAPTURE(calls, of_another_rank, 2)->ArgName("under_way")->Arg(8)->Arg(64)->Arg(1000)->UseRealTime();

}  // namespace
}  // namespace throng
