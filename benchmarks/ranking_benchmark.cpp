// Rankings for 1,000,000 agents: the best 20 of 3,706 items at 64 factors, 256 agents at a time as in a run. They are 4,096 users
// with 100 items left out each. share_of_peak: of the float32 operations per second that the same number of threads reach in
// registers, counting two for each factor of each item.
#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/support/peak.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

constexpr std::uint32_t kAgents = 1'000'000;
constexpr std::uint32_t kUsers = 4096;
constexpr std::uint32_t kItems = 3706;
constexpr int kFactors = 64;
constexpr std::uint32_t kHistory = 100;
constexpr std::uint32_t kPartition = 256;
constexpr Purpose kItem{"benchmark/item"};

Interactions random_interactions() {
  std::vector<Interaction> rows;
  const Draws draws(1);
  std::vector<std::uint32_t> order(kItems);
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    draws.permutation(order, kItem, {.agent = user});
    for (std::uint32_t i = 0; i < kHistory; ++i)
      rows.push_back({.user = UserId(user), .item = ItemId(order[i])});
  }
  return {kUsers, kItems, std::move(rows), {}};
}

void rank_a_million(benchmark::State& state) {
  static const Interactions train = random_interactions();
  static const std::unique_ptr<Recommender> recommender = [] {
    auto mf = make_recommender({{"kind", "mf"}, {"factors", kFactors}, {"max_epochs", 1}}).value();
    FitObserver quiet;
    mf->fit({.train = train}, quiet);
    return mf;
  }();
  const auto threads = static_cast<std::size_t>(state.range(0));
  const ThreadLimit limit(threads);
  const double peak = measured_peak_flops(threads);
  const auto begin = std::chrono::steady_clock::now();
  for (auto _ : state) {
    parallel_for((kAgents + kPartition - 1) / kPartition, [&](std::size_t partition) {
      std::vector<RankingRequest> requests;
      for (std::size_t agent = partition * kPartition;
           agent < std::min<std::size_t>(kAgents, (partition + 1) * kPartition); ++agent) {
        const UserId user{static_cast<std::uint32_t>(agent % kUsers)};
        requests.push_back({.query = {.user = user}, .excluded = {train.items_of(user)}});
      }
      benchmark::DoNotOptimize(recommender->rank(requests, 20));
    });
  }
  state.SetItemsProcessed(state.iterations() * kAgents);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const double operations = static_cast<double>(state.iterations()) * kAgents * kItems * kFactors * 2;
  state.counters["share_of_peak"] = operations / elapsed.count() / peak;
}

BENCHMARK(rank_a_million)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace throng
