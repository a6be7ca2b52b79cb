// Rankings per second: the best 20 of 3,706 items at 64 factors, for 4,096 users with 100 items left out
// each.
#include <benchmark/benchmark.h>

#include "engine/base/parallel.h"
#include "engine/sim/random.h"
#include "recsys/models/ranking.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

constexpr std::uint32_t kUsers = 4096;
constexpr std::uint32_t kItems = 3706;
constexpr std::uint32_t kHistory = 100;
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

void rank_users(benchmark::State& state) {
  static const Interactions train = random_interactions();
  static const std::unique_ptr<Recommender> recommender = [] {
    auto mf = make_recommender({{"kind", "mf"}, {"max_epochs", 1}}).value();
    FitObserver quiet;
    mf->fit({.train = train}, quiet);
    return mf;
  }();
  std::vector<RankingRequest> requests;
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    requests.push_back({.query = {.user = UserId(user)}, .excluded = {train.items_of(UserId(user))}});
  }
  const ThreadLimit limit(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(recommender->rank(requests, 20));
  state.SetItemsProcessed(state.iterations() * kUsers);
}

BENCHMARK(rank_users)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace throng
