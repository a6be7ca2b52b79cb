#include "scenarios/run/simulation.h"

#include "agents/minds/statistical_mind.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

constexpr Duration kWindow = std::chrono::days(7);

Split split_for(const Scenario& scenario, const Dataset& dataset) {
  SplitOptions options = scenario.split;
  options.kind =
      scenario.split_kind.value_or(dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given);
  options.seed = scenario.seed;
  return split_dataset(dataset, options);
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, Dataset dataset, FitObserver& observer)
    : session_(scenario.session),
      draws_(scenario.seed),
      dataset_(std::move(dataset)),
      split_(split_for(scenario, dataset_)),
      mean_ratings_(dataset_.mean_ratings()),
      recommender_(make_recommender(scenario.recommender).value()) {
  recommender_->fit(
      {.train = split_.train, .validation = &split_.validation, .test = &split_.test, .seed = scenario.seed},
      observer);
  space_ = std::make_unique<TasteSpace>(dataset_.catalogue, split_.train);
  population_ = std::make_unique<Population>(dataset_, *space_, scenario.population, draws_);
  mind_ = std::make_unique<StatisticalMind>(StatisticalParameters{}, *space_, mean_ratings_, draws_);
}

bool Simulation::run(RunObserver& observer) {
  const World world{.population = *population_,
                    .recommender = *recommender_,
                    .train = split_.train,
                    .test = split_.test,
                    .mean_ratings = mean_ratings_};
  const Window window{.round = 0, .begin = VirtualTime{}, .end = VirtualTime(kWindow)};
  return Platform(world, *mind_, session_, draws_).run_window(window, observer);
}

}  // namespace throng
