#include "scenarios/run/simulation.h"

#include <chrono>
#include <optional>

#include "engine/base/log.h"
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

/// Tells a remote recommender what agents did, too.
class FeedbackObserver : public RunObserver {
 public:
  FeedbackObserver(RunObserver& observer, RemoteTeaching& remote) : observer_(observer), remote_(remote) {}

  void on_window_started(const Window& window) override { observer_.on_window_started(window); }
  void on_sessions(std::span<const SessionRecord> sessions) override {
    remote_.collect(sessions);
    observer_.on_sessions(sessions);
  }
  void on_window_finished(const Window& window) override { observer_.on_window_finished(window); }
  bool wants_stop() const override { return observer_.wants_stop(); }

 private:
  RunObserver& observer_;
  RemoteTeaching& remote_;
};

}  // namespace

Simulation::Simulation(const Scenario& scenario, Dataset dataset, FitObserver& observer)
    : scenario_(scenario),
      fit_observer_(observer),
      draws_(scenario.seed),
      dataset_(std::move(dataset)),
      split_(split_for(scenario, dataset_)),
      not_recommended_(all_but(dataset_.interactions, split_.validation)),
      mean_ratings_(dataset_.mean_ratings()) {
  if (!scenario.has_remote_recommender()) {
    recommender_ = make_recommender(scenario.recommender).value();
    recommender_->fit({.train = split_.train,
                       .validation = &split_.validation,
                       .test = &split_.test,
                       .seed = scenario.seed,
                       .dataset = &dataset_},
                      observer);
  }
  space_ = std::make_unique<TasteSpace>(dataset_.catalogue, split_.train);
  population_ = std::make_unique<Population>(dataset_, *space_, scenario.population, draws_);
  training_data_ = std::make_unique<TrainingData>(split_.train, *population_);
  if (scenario.has_remote_recommender()) {
    remote_names_ = std::make_unique<remote::Names>(names_for(dataset_, *population_));
    remote_ = std::make_unique<RemoteTeaching>(scenario.recommender["model"].get<std::string>(),
                                               *remote_names_, *training_data_, *population_);
  }
  minds_ = std::make_unique<Minds>(
      scenario.minds,
      MindWorld{.dataset = dataset_, .space = *space_, .train = split_.train, .mean_ratings = mean_ratings_},
      draws_);
}

Platform Simulation::platform(Exchange* outside) {
  const World world{.population = *population_,
                    .recommender = recommender_.get(),
                    .outside_ranking = remote_.get(),
                    .not_recommended = not_recommended_,
                    .mean_ratings = mean_ratings_};
  return {world, minds_->mind(), scenario_.session, draws_, outside};
}

void Simulation::start_teaching(const RemoteTeaching::Teach& teach) {
  if (!remote_) return;
  remote_->start(teach);
  remote_->fit({.round = 0, .seed = scenario_.seed}, split_.train);
}

Window Simulation::window(std::uint16_t round) const {
  const VirtualTime begin = VirtualTime(round * scenario_.retrain.every);
  return {.round = round, .begin = begin, .end = begin + scenario_.retrain.every};
}

bool Simulation::run_first_round(std::span<const AgentId> agents, RunObserver& observer, Exchange* outside,
                                 const RemoteTeaching::Teach& teach) {
  start_teaching(teach);
  return platform(outside).run_window(window(0), agents, observer);
}

bool Simulation::run(RunObserver& observer, Exchange* outside, const RemoteTeaching::Teach& teach) {
  start_teaching(teach);
  const Platform in_front_of_agents = platform(outside);
  std::vector<AgentId> agents = population_->everyone();
  if (scenario_.rounds == 1) return in_front_of_agents.run_window(window(0), agents, observer);
  Carried carried{.rule = scenario_.retrain.picks, .agents = std::vector<AgentState>(population_->size())};
  std::optional<FeedbackObserver> listening;
  if (remote_) listening.emplace(observer, *remote_);
  RunObserver& heard_by = listening ? *listening : observer;
  for (std::uint16_t round = 0; round < scenario_.rounds; ++round) {
    if (!in_front_of_agents.run_window(window(round), agents, heard_by, &carried)) return false;
    std::erase_if(agents, [&](AgentId agent) { return carried.agents[index(agent)].abandoned; });
    if (round + 1 == scenario_.rounds) break;
    if (remote_) remote_->end_window(round);
    if (scenario_.retrain.learns) {
      retrain(static_cast<std::uint16_t>(round + 1), carried.agents);
      carried.rows = training_data_.get();
    }
  }
  return true;
}

void Simulation::retrain(std::uint16_t next_round, std::span<const AgentState> agents) {
  Interactions train = training_data_->with_picks(agents);
  if (remote_) {
    log_event(LogLevel::info, "fit", "the remote recommender is to learn what agents picked",
              {{"round", next_round + 1}, {"interactions", train.size()}});
    remote_->fit({.round = next_round, .seed = scenario_.seed, .start = scenario_.retrain.start},
                 std::move(train));
    return;
  }
  const Interactions validation = training_data_->held_out(split_.validation, agents);
  const Interactions test = training_data_->held_out(split_.test, agents);
  const auto began = std::chrono::steady_clock::now();
  recommender_->fit({.train = train,
                     .validation = &validation,
                     .test = &test,
                     .seed = scenario_.seed,
                     .start = scenario_.retrain.start,
                     .dataset = &dataset_},
                    fit_observer_);
  log_event(LogLevel::info, "fit", "fitted anew",
            {{"round", next_round + 1},
             {"interactions", train.size()},
             {"took", std::chrono::steady_clock::now() - began}});
}

}  // namespace throng
