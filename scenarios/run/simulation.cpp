#include "scenarios/run/simulation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "agents/minds/agent4rec/agent4rec_mind.h"
#include "agents/minds/statistical_mind.h"
#include "agents/minds/structured_mind.h"
#include "agents/ranker.h"
#include "engine/ranks/packing.h"
#include "recsys/external/remote_client.h"
#include "recsys/models/registry.h"
#include "recsys/recommender/evaluate.h"
#include "scenarios/run/tiers.h"

namespace throng {
namespace {

/// So many users at most make the offline figures of a round: ten thousands would take as long as the round itself.
constexpr std::size_t kEvaluatedUsers = 1000;

}  // namespace

Minds::Minds(const std::vector<MindOptions>& options, const MindWorld& world, const Draws& draws,
             FitObserver& observer)
    // Who an agent is follows from the seed: other luck, as minds get it that play again, does not make it somebody else.
    : personas_(std::make_unique<Personas>(world.dataset, world.space, world.train,
                                           world.population.attribute_names(), Draws(world.seed))),
      world_(world) {
  std::vector<MixedMind::Tier> tiers;
  for (const MindOptions& each : options) {
    MixedMind::Tier& tier = tiers.emplace_back(MixedMind::Tier{.mind = nullptr, .share = each.share});
    if (each.llm) {
      tier.mind = make(*each.llm, world, draws);
      llm_.push_back(static_cast<const LlmMind*>(tier.mind.get()));
    } else {
      tier.mind = std::make_unique<StatisticalMind>(each.parameters, affinity(each, world, draws, observer),
                                                    world.mean_ratings, draws, popularity_of(world.train),
                                                    RatingHabits(world.train, world.mean_ratings),
                                                    world.dataset.catalogue.genre_names);
      llm_.push_back(nullptr);
      if (each.fitted_to_llm) {
        fitted_tier_ = tiers.size() - 1;
        fitted_ = static_cast<StatisticalMind*>(tier.mind.get());
      }
    }
  }
  mixed_ = std::make_unique<MixedMind>(std::move(tiers), draws);
}

const Affinity& Minds::affinity(const MindOptions& options, const MindWorld& world, const Draws& draws,
                                FitObserver& observer) {
  if (options.has_model_taste()) {
    affinities_.push_back(std::make_unique<ModelAffinity>(options.taste, world.dataset, world.train,
                                                          world.population, draws, world.seed, observer));
  } else {
    affinities_.push_back(std::make_unique<SpaceAffinity>(world.space));
  }
  return *affinities_.back();
}

std::unique_ptr<Mind> Minds::make(const LlmOptions& options, const MindWorld& world, const Draws& draws) {
  if (!world.dataset.catalogue.has_titles()) {
    throw Failure(ErrorKind::usage,
                  fmt::format("/mind: a language model judges items by their titles, but {} has none",
                              world.dataset.name));
  }
  const Prompts& prompts = *options.templates;
  prompts.check_attributes(world.population.attribute_names());
  const PromptViews& views = views_.emplace_back(world.dataset, *personas_, prompts, options.views);
  if (options.mind.protocol == Protocol::structured) {
    return std::make_unique<StructuredMind>(options.mind, prompts, views, draws);
  }
  return std::make_unique<Agent4RecMind>(options.mind, prompts, views, world.dataset.catalogue, draws);
}

std::string Minds::name_of(AgentId agent) const {
  const LlmMind* llm = llm_[mixed_->tier_of(agent)];
  return llm == nullptr ? "statistical" : llm->model_of(agent);
}

const std::string& Minds::embedder_of(AgentId agent) const {
  static const std::string none;
  const LlmMind* llm = llm_[mixed_->tier_of(agent)];
  return llm == nullptr || !llm->embedder() ? none : llm->embedder()->model;
}

Calibration Minds::fit(std::span<const SessionRecord> sessions, Ranks& ranks) {
  const StatisticalParameters reckoned_with;
  const RecordedWorld recorded{.affinity = fitted_->affinity(),
                               .merits = fitted_->merits(),
                               .habits = fitted_->habits(),
                               .parameters = reckoned_with,
                               .max_pages = world_.max_pages};
  std::vector<RecordedSession> own;
  for (const SessionRecord& session : sessions) {
    std::ranges::move(recorded_sessions(std::to_string(index(session.agent)),
                                        world_.population.profile(session.agent), {&session, 1}, recorded),
                      std::back_inserter(own));
  }
  const std::vector<std::string> of_ranks = ranks.gather(pack(own));
  Calibration calibration;
  const std::string parameters = on_first(ranks, [&] {
    std::vector<RecordedSession> all;
    for (const std::string& of_rank : of_ranks)
      std::ranges::move(unpack<std::vector<RecordedSession>>(of_rank), std::back_inserter(all));
    calibration = calibrate(all, fitted_->merits().quality_is_popularity(), 0);
    return to_json(calibration.parameters).dump();
  });
  fitted_->adopt(read_statistical_parameters(Json::parse(parameters), "").value());
  return calibration;
}

Split split_for(const Scenario& scenario, const Dataset& dataset) {
  SplitOptions options = scenario.split;
  options.kind =
      scenario.split_kind.value_or(dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given);
  options.seed = scenario.seed;
  return split_dataset(dataset, options);
}

Simulation::Simulation(const Scenario& scenario, Dataset dataset, FitObserver& observer)
    : Simulation(scenario, std::make_shared<const Dataset>(std::move(dataset)), observer, nullptr) {}

Simulation::Simulation(const Scenario& scenario, std::shared_ptr<const Dataset> dataset,
                       FitObserver& observer, SharedWorlds* shared, Ranks& ranks)
    : scenario_(scenario),
      ranks_(ranks),
      fit_observer_(observer),
      draws_(scenario.seed),
      dataset_(std::move(dataset)),
      split_(split_for(scenario, *dataset_)),
      not_recommended_(all_but(dataset_->interactions, split_.validation)),
      mean_ratings_(dataset_->mean_ratings()),
      space_(std::make_unique<TasteSpace>(dataset_->catalogue, split_.train)),
      population_(std::make_unique<Population>(*dataset_, *space_, scenario.population, draws_)),
      training_data_(std::make_unique<TrainingData>(split_.train, *population_)),
      exposure_(std::make_unique<ExposureWorld>(dataset_->catalogue, split_.train, *space_, *population_)),
      page_policies_(make_policies()),
      ranker_(make_ranker()) {
  if (scenario.session.actions.search) search_.emplace(dataset_->catalogue, split_.train.item_counts());
  fit_first(shared);
  replace_minds(scenario.minds, draws_);
}

void Simulation::replace_minds(const std::vector<MindOptions>& minds, const Draws& draws) {
  minds_ = std::make_unique<Minds>(minds,
                                   MindWorld{.dataset = *dataset_,
                                             .space = *space_,
                                             .population = *population_,
                                             .train = split_.train,
                                             .mean_ratings = mean_ratings_,
                                             .max_pages = scenario_.session.max_pages,
                                             .seed = scenario_.seed},
                                   draws, fit_observer_);
}

PagePolicies Simulation::make_policies() const {
  PagePolicies policies = make_page_policies(scenario_.page_policies, scenario_.session).value();
  for (std::size_t i = 0; i < policies.size(); ++i) {
    try {
      policies[i]->prepare(
          {.catalogue = dataset_->catalogue, .train = split_.train, .mean_ratings = mean_ratings_});
    } catch (const Failure& failure) {
      throw Failure(failure.kind(), fmt::format("/session/page_policies/{}{}", i, failure.what()));
    }
  }
  return policies;
}

std::unique_ptr<Ranker> Simulation::make_ranker() const {
  if (scenario_.has_remote_recommender()) {
    return std::make_unique<RemoteRanker>(scenario_.recommender["model"].get<std::string>(), *dataset_,
                                          *training_data_, *population_, ranks_);
  }
  return std::make_unique<LocalRanker>(make_recommender(scenario_.recommender).value());
}

const remote::Names* Simulation::remote_names() const {
  const auto* remote = dynamic_cast<const RemoteRanker*>(ranker_.get());
  return remote == nullptr ? nullptr : &remote->names();
}

void Simulation::fit_first(SharedWorlds* shared) {
  auto* const local = dynamic_cast<LocalRanker*>(ranker_.get());
  const auto fit_own = [&] { fit(0, split_.train, split_.validation, split_.test, FitStart::cold); };
  if (shared == nullptr || local == nullptr) return fit_own();
  std::shared_ptr<Recommender> fitted = shared->first_fit(scenario_, [&] {
    fit_own();
    return local->recommender();
  });
  if (fitted) local->adopt(std::move(fitted));
}

void Simulation::fit(std::uint16_t round, const Interactions& train, const Interactions& validation,
                     const Interactions& test, FitStart start) {
  ranker_->fit({.train = train,
                .validation = &validation,
                .test = &test,
                .seed = scenario_.seed,
                .start = start,
                .dataset = dataset_.get(),
                .ranks = &ranks_},
               round, fit_observer_);
}

void Simulation::retrain(World& world, std::uint16_t next_round) {
  fit(next_round, training_data_->with_picks(world.picked),
      training_data_->held_out(split_.validation, world.picked),
      training_data_->held_out(split_.test, world.picked), scenario_.retrain.start);
  world.rows = training_data_.get();
}

std::optional<Accuracy> Simulation::offline_accuracy(const World& world) const {
  const auto* const local = dynamic_cast<const LocalRanker*>(ranker_.get());
  if (!ranks_.is_first() || local == nullptr || split_.test.size() == 0) return std::nullopt;
  const Recommender& recommender = *local->recommender();
  if (dynamic_cast<const ScoringRecommender*>(&recommender) == nullptr) return std::nullopt;
  const Interactions test = sample_of_users(split_.test, kEvaluatedUsers, scenario_.seed);
  const Interactions learned = training_data_->picks_of_users(world.picked);
  const std::array<const Interactions*, 3> masked{&split_.train, &split_.validation, &learned};
  return evaluate(recommender, test, masked, kOfflineK);
}

World Simulation::world() const {
  return {.population = *population_,
          .catalogue = dataset_->catalogue,
          .ranker = *ranker_,
          .not_recommended = not_recommended_,
          .mean_ratings = mean_ratings_,
          .pick_rule = scenario_.retrain.picks,
          .repeats = scenario_.repeat_consumption,
          .learns = scenario_.rounds > 1 && scenario_.retrain.learns,
          .page_policies = page_policies_,
          .search = search_ ? &*search_ : nullptr,
          .train = &split_.train,
          .exposure = exposure_.get(),
          .hidden = &split_.validation};
}

Window Simulation::window(std::uint16_t round) const {
  const VirtualTime begin = VirtualTime(round * scenario_.retrain.every);
  return {.round = round,
          .begin = begin,
          .end = begin + scenario_.retrain.every,
          .is_last = round + 1 == scenario_.rounds};
}

namespace {

/// How many calls of its agents can be under way, on each of so many ranks.
std::size_t calls_at_once(const Scenario& scenario, std::size_t ranks = 1) {
  std::size_t calls = 0;
  for (const llm::EndpointOptions& endpoint : scenario.endpoints)
    calls += static_cast<std::size_t>(endpoint.max_in_flight);
  if (scenario.has_remote_recommender()) {
    const remote::RemoteOptions options = remote::read_remote_options(scenario.recommender).value();
    calls += static_cast<std::size_t>(options.batch) * static_cast<std::size_t>(options.max_in_flight);
  }
  return num_chunks(calls, ranks);
}

}  // namespace

bool Simulation::ends_with_questions() const {
  return scenario_.rounds > 1 &&
         std::ranges::any_of(scenario_.session.questions, [](const InterviewQuestion& question) {
           return question.when == InterviewQuestion::When::end;
         });
}

bool Simulation::run_first_round(std::span<const AgentId> agents, RunObserver& observer, Gateway* gateway,
                                 EndQuestions end_questions) {
  World world = this->world();
  Window first = window(0);
  SessionOptions session = scenario_.session;
  if (!first.is_last && end_questions == EndQuestions::if_it_is_the_last)
    std::erase_if(session.questions, [](const InterviewQuestion& question) {
      return question.when == InterviewQuestion::When::end;
    });
  first.is_last = true;
  return Platform(world, minds_->mind(), session, draws_, agents, gateway, calls_at_once(scenario_))
      .run_window(first, observer);
}

bool Simulation::run(RunObserver& observer, Gateway* gateway) {
  World world = this->world();
  std::vector<AgentId> agents;
  std::vector<AgentId> late_agents;
  const auto [first, last] = own_agents(ranks_, *population_);
  for (AgentId agent = first; agent < last; agent = AgentId(index(agent) + 1U))
    (minds_->is_fitted(agent) ? late_agents : agents).push_back(agent);
  if (!is_on_any(ranks_, !agents.empty()))
    throw Failure(ErrorKind::usage,
                  "/mind: fitted_to is \"llm\", but of so few agents a language model plays none");
  Platform platform(world, minds_->mind(), scenario_.session, draws_, agents, gateway,
                    calls_at_once(scenario_, ranks_.size()), ranks_);
  std::vector<AgentId>().swap(agents);  // the platform has them
  Tiers tiers(observer, *minds_, *population_);
  std::optional<Accuracy> offline;
  for (std::uint16_t round = 0; round < scenario_.rounds; ++round) {
    if (round > 0 && scenario_.retrain.learns) retrain(world, round);
    if (round == 0 || scenario_.retrain.learns) offline = offline_accuracy(world);
    if (offline) observer.on_offline_accuracy(round, *offline);
    if (!platform.run_window(window(round), minds_->some_are_fitted() ? tiers : observer)) return false;
    if (round == 0 && minds_->some_are_fitted()) {
      const Calibration calibration = minds_->fit(tiers.first_sessions(), ranks_);
      tiers_ = {{"fitted_to", calibration.fitted_agents},
                {"pages", calibration.pages},
                {"parameters", to_json(calibration.parameters)}};
      platform.admit(late_agents);
    }
  }
  if (minds_->some_are_fitted()) tiers_["comparison"] = tiers.comparison(ranks_);
  if (!ranks_.is_first()) tiers_ = nullptr;
  return true;
}

}  // namespace throng
