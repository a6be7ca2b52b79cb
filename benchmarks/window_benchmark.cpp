// Pages per second of a window: statistical agents of the demo world in front of a popularity ranking, no
// store.
#include <benchmark/benchmark.h>

#include "agents/minds/statistical_mind.h"
#include "agents/platform.h"
#include "engine/base/parallel.h"
#include "recsys/data/demo_world.h"
#include "recsys/data/split.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

/// Counts pages.
class PageCounter : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override { pages += result.pages; }
  std::size_t pages = 0;
};

void run_window(benchmark::State& state) {
  static const Dataset dataset = make_demo_world();
  static const Split split = split_dataset(dataset, {});
  static const Interactions not_recommended = all_but(dataset.interactions, split.validation);
  static const TasteSpace space(dataset.catalogue, split.train);
  static const SpaceAffinity affinity(space);
  static const std::vector<float> mean_ratings = dataset.mean_ratings();
  const Draws draws(1);
  LocalRanker ranker(make_recommender({{"kind", "popularity"}}).value());
  FitObserver quiet;
  ranker.fit({.train = split.train}, 0, quiet);
  const Population population(dataset, space, {.agents = 20'000}, draws);
  StatisticalMind mind({}, affinity, mean_ratings, draws);
  World world{.population = population,
              .catalogue = dataset.catalogue,
              .ranker = ranker,
              .not_recommended = not_recommended,
              .mean_ratings = mean_ratings};
  Platform platform(world, mind, {}, draws, population.everyone());
  const ThreadLimit limit(static_cast<std::size_t>(state.range(0)));
  PageCounter counter;
  const Window window{.end = VirtualTime(std::chrono::days(7)), .is_last = true};
  for (auto _ : state) platform.run_window(window, counter);
  state.SetItemsProcessed(static_cast<std::int64_t>(counter.pages));
}

BENCHMARK(run_window)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace throng
