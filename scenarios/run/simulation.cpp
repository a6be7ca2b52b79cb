#include "scenarios/run/simulation.h"

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
  minds_ = std::make_unique<Minds>(
      scenario.minds,
      MindWorld{.dataset = dataset_, .space = *space_, .train = split_.train, .mean_ratings = mean_ratings_},
      draws_);
}

Platform Simulation::platform(Exchange* outside) {
  const World world{.population = *population_,
                    .recommender = *recommender_,
                    .not_recommended = not_recommended_,
                    .mean_ratings = mean_ratings_};
  return {world, minds_->mind(), scenario_.session, draws_, outside};
}

Window Simulation::window(std::uint16_t round) const {
  const VirtualTime begin = VirtualTime(round * scenario_.retrain.every);
  return {.round = round, .begin = begin, .end = begin + scenario_.retrain.every};
}

bool Simulation::run_first_round(std::span<const AgentId> agents, RunObserver& observer, Exchange* outside) {
  return platform(outside).run_window(window(0), agents, observer);
}

bool Simulation::run(RunObserver& observer, Exchange* outside) {
  const Platform in_front_of_agents = platform(outside);
  std::vector<AgentId> agents = population_->everyone();
  if (scenario_.rounds == 1) return in_front_of_agents.run_window(window(0), agents, observer);
  Carried carried{.rule = scenario_.retrain.picks, .agents = std::vector<AgentState>(population_->size())};
  for (std::uint16_t round = 0; round < scenario_.rounds; ++round) {
    if (!in_front_of_agents.run_window(window(round), agents, observer, &carried)) return false;
    std::erase_if(agents, [&](AgentId agent) { return carried.agents[index(agent)].abandoned; });
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
