// What agents remember takes: statistical ones who have seen twenty pages of four items each.
#include <algorithm>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "agents/minds/statistical_mind.h"
#include "agents/platform.h"
#include "engine/base/process.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/data/split.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

/// Sums up what memories say of themselves.
class MemorySizes : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override {
    pages += result.pages;
    for (const AgentState& state : result.states) {
      bytes += state.memory.bytes();
      largest = std::max(largest, state.memory.bytes());
    }
  }
  std::size_t pages = 0;
  std::size_t bytes = 0;
  std::size_t largest = 0;
};

/// Agents who stay to the end.
StatisticalParameters patient() {
  StatisticalParameters parameters;
  parameters.exit_base = {-100, -100, -100};
  return parameters;
}

/// What lies unused is given back first.
std::size_t resident() {
  malloc_trim(0);
  return rss_bytes();
}

void memory_of_agents(benchmark::State& state) {
  const auto agents = static_cast<std::uint32_t>(state.range(0));
  const Dataset dataset = load_dataset("synthetic:2000x3700");
  const Split split = split_dataset(dataset, {});
  const Interactions not_recommended = all_but(dataset.interactions, split.validation);
  const TasteSpace space(dataset.catalogue, split.train);
  const SpaceAffinity affinity(space);
  const std::vector<float> mean_ratings = dataset.mean_ratings();
  const Draws draws(1);
  LocalRanker ranker(make_recommender({{"kind", "popularity"}}).value());
  FitObserver quiet;
  ranker.fit({.train = split.train}, 0, quiet);
  const Population population(dataset, space, {.agents = agents}, draws);
  StatisticalMind mind(patient(), affinity, mean_ratings, draws);
  World world{.population = population,
              .catalogue = dataset.catalogue,
              .ranker = ranker,
              .not_recommended = not_recommended,
              .mean_ratings = mean_ratings};
  const SessionOptions session{.items_per_page = 4, .max_pages = 20};
  MemorySizes sizes;
  for (auto _ : state) {
    const std::size_t before = resident();
    Platform platform(world, mind, session, draws, population.everyone());
    platform.run_window({.end = VirtualTime(std::chrono::days(7))}, sizes);
    state.counters["resident"] = static_cast<double>(resident() - before) / agents;
  }
  state.counters["pages"] = static_cast<double>(sizes.pages) / agents;
  state.counters["bytes"] = static_cast<double>(sizes.bytes) / agents;
  state.counters["largest"] = static_cast<double>(sizes.largest);
}

BENCHMARK(memory_of_agents)
    ->ArgName("agents")
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Repetitions(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace throng
