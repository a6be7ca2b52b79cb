#include "scenarios/run/simulation.h"

#include "agents/minds/statistical_mind.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

Split split_for(const Scenario& scenario, const Dataset& dataset) {
  SplitOptions options = scenario.split;
  options.kind =
      scenario.split_kind.value_or(dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given);
  options.seed = scenario.seed;
  return split_dataset(dataset, options);
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, Dataset dataset, FitObserver& observer)
    : scenario_(scenario),
      fit_observer_(observer),
      draws_(scenario.seed),
      dataset_(std::move(dataset)),
      split_(split_for(scenario, dataset_)),
      not_recommended_(all_but(dataset_.interactions, split_.validation)),
      mean_ratings_(dataset_.mean_ratings()),
      recommender_(make_recommender(scenario.recommender).value()) {
  recommender_->fit(
      {.train = split_.train, .validation = &split_.validation, .test = &split_.test, .seed = scenario.seed},
      observer);
  space_ = std::make_unique<TasteSpace>(dataset_.catalogue, split_.train);
  population_ = std::make_unique<Population>(dataset_, *space_, scenario.population, draws_);
  training_data_ = std::make_unique<TrainingData>(split_.train, *population_);
  mind_ = std::make_unique<StatisticalMind>(StatisticalParameters{}, *space_, mean_ratings_, draws_);
}

bool Simulation::run(RunObserver& observer) {
  const World world{.population = *population_,
                    .recommender = *recommender_,
                    .not_recommended = not_recommended_,
                    .mean_ratings = mean_ratings_};
  const Platform platform(world, *mind_, scenario_.session, draws_);
  const bool they_come_back = scenario_.rounds > 1;
  Carried carried{.rule = scenario_.retrain.picks,
                  .agents = std::vector<AgentState>(they_come_back ? population_->size() : 0)};
  for (std::uint16_t round = 0; round < scenario_.rounds; ++round) {
    const VirtualTime begin = VirtualTime(round * scenario_.retrain.every);
    const Window window{.round = round, .begin = begin, .end = begin + scenario_.retrain.every};
    if (!platform.run_window(window, observer, they_come_back ? &carried : nullptr)) return false;
    if (scenario_.retrain.learns && round + 1 < scenario_.rounds) {
      retrain(carried.agents);
      carried.rows = training_data_.get();
    }
  }
  return true;
}

void Simulation::retrain(std::span<const AgentState> agents) {
  const Interactions train = training_data_->with_picks(agents);
  const Interactions validation = training_data_->held_out(split_.validation, agents);
  const Interactions test = training_data_->held_out(split_.test, agents);
  recommender_->fit({.train = train,
                     .validation = &validation,
                     .test = &test,
                     .seed = scenario_.seed,
                     .start = scenario_.retrain.start},
                    fit_observer_);
}

}  // namespace throng
