#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/calibration/calibration.h"
#include "agents/minds/affinity.h"
#include "agents/minds/mind.h"
#include "agents/minds/mixed_mind.h"
#include "agents/minds/prompts.h"
#include "agents/minds/statistical_mind.h"
#include "agents/platform.h"
#include "agents/population.h"
#include "agents/profile/personas.h"
#include "agents/taste.h"
#include "recsys/external/remote_protocol.h"
#include "scenarios/run/shared_worlds.h"
#include "scenarios/scenario/mind_options.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// What minds are made from. Everything outlives them.
struct MindWorld {
  const Dataset& dataset;
  const TasteSpace& space;
  const Population& population;
  const Interactions& train;
  std::span<const float> mean_ratings;
  std::uint16_t max_pages = 0;
  std::uint64_t seed = 0;
};

/// The minds of a population, put together from a scenario.
class Minds {
 public:
  /// `observer` hears of the fits of tastes. Throws Failure(usage) if a mind cannot work with the dataset.
  Minds(const std::vector<MindOptions>& options, const MindWorld& world, const Draws& draws,
        FitObserver& observer);

  Mind& mind() { return *mixed_; }
  /// Whether a language model plays the agent.
  bool asks(AgentId agent) const { return llm_[mixed_->tier_of(agent)] != nullptr; }
  /// Whether the agent's mind is to be fitted to what language models do in the first round: it comes from the second on.
  bool is_fitted(AgentId agent) const { return fitted_ != nullptr && mixed_->tier_of(agent) == fitted_tier_; }
  bool some_are_fitted() const { return fitted_ != nullptr; }
  /// Who plays the agent: "statistical" or a model's name.
  std::string name_of(AgentId agent) const;
  /// The model whose vectors tell the agent how relevant its memories are; "": none, of an endpoint.
  const std::string& embedder_of(AgentId agent) const;
  /// The tastes of the first statistical mind; null: there is none.
  const Affinity* affinity() const { return affinities_.empty() ? nullptr : affinities_.front().get(); }
  /// What agents know of themselves.
  const Personas& personas() const { return *personas_; }
  /// Fits that mind to sessions of language models. Collective: of several ranks each gives its own, by agent; rank 0 fits to all of
  /// them, and has what it returns.
  Calibration fit(std::span<const SessionRecord> sessions, Ranks& ranks);

 private:
  std::unique_ptr<Mind> make(const LlmOptions& options, const MindWorld& world, const Draws& draws);

  const Affinity& affinity(const MindOptions& options, const MindWorld& world, const Draws& draws,
                           FitObserver& observer);

  std::unique_ptr<Personas> personas_;
  std::vector<std::unique_ptr<Affinity>> affinities_;
  std::deque<PromptViews> views_;
  MindWorld world_;
  std::vector<const LlmMind*> llm_;  ///< by tier; null: statistical
  std::size_t fitted_tier_ = 0;
  StatisticalMind* fitted_ = nullptr;  ///< null: no mind is fitted
  std::unique_ptr<MixedMind> mixed_;
};

/// The scenario's split of its dataset. Throws what split_dataset throws.
Split split_for(const Scenario& scenario, const Dataset& dataset);

/// A scenario put together: the dataset is split, the recommender fitted, tastes and traits are learned.
class Simulation {
 public:
  /// `observer` hears of every fit and must outlive the simulation. Throws Failure(usage) if the scenario
  /// asks what the dataset cannot give.
  Simulation(const Scenario& scenario, Dataset dataset, FitObserver& observer);
  /// The same with what other runs have in common with it; `shared` may be null. Collective, as `run` is.
  Simulation(const Scenario& scenario, std::shared_ptr<const Dataset> dataset, FitObserver& observer,
             SharedWorlds* shared, Ranks& ranks = alone());

  /// Runs every round, and retrains in between. `gateway`: whom minds ask, and rankings that are not made here; null: nobody
  /// asks. Returns false if the observer stopped the run; see Platform::run_window.
  bool run(RunObserver& observer, Gateway* gateway);
  /// Which of the questions with When::end a first round has.
  enum class EndQuestions {
    if_it_is_the_last,
    all,  ///< as if it was the last
  };
  /// Runs the first round with some agents only (ascending, each once), on one rank.
  bool run_first_round(std::span<const AgentId> agents, RunObserver& observer, Gateway* gateway,
                       EndQuestions end_questions = EndQuestions::if_it_is_the_last);
  /// Whether a later round than the first ends with questions of its own.
  bool ends_with_questions() const;

  /// What a remote recommender is asked about; null if the recommender is another.
  const remote::Names* remote_names() const;

  /// Other minds from now on, with luck of their own; rankings and when sessions begin stay as they were.
  void replace_minds(const std::vector<MindOptions>& minds, const Draws& draws);

  const Scenario& scenario() const { return scenario_; }
  const Dataset& dataset() const { return *dataset_; }
  const Interactions& train() const { return split_.train; }
  const TasteSpace& taste_space() const { return *space_; }
  const Population& population() const { return *population_; }
  const std::vector<float>& mean_ratings() const { return mean_ratings_; }
  const Minds& minds() const { return *minds_; }
  /// How agents fitted to language models came about and fared beside them (see Tiers), once the run is over, on rank 0; null: there are
  /// none.
  const Json& tiers() const { return tiers_; }

 private:
  PagePolicies make_policies() const;
  std::unique_ptr<Ranker> make_ranker() const;
  void fit_first(SharedWorlds* shared);
  void fit(std::uint16_t round, const Interactions& train, const Interactions& validation,
           const Interactions& test, FitStart start);
  void retrain(World& world, std::uint16_t next_round);
  /// Of the recommender as it is: at kOfflineK on the test part, without training and validation part and what was learned since, on
  /// rank 0. None if it is asked elsewhere or does not score items, or if there is no test part.
  std::optional<Accuracy> offline_accuracy(const World& world) const;
  World world() const;
  Window window(std::uint16_t round) const;

  Scenario scenario_;
  Ranks& ranks_;
  FitObserver& fit_observer_;
  Draws draws_;
  std::shared_ptr<const Dataset> dataset_;
  Split split_;
  Interactions not_recommended_;
  std::vector<float> mean_ratings_;
  std::optional<CatalogueSearch> search_;  ///< none: nobody may search
  std::unique_ptr<TasteSpace> space_;
  std::unique_ptr<Population> population_;
  std::unique_ptr<TrainingData> training_data_;
  std::unique_ptr<ExposureWorld> exposure_;
  PagePolicies page_policies_;
  std::unique_ptr<Ranker> ranker_;
  std::unique_ptr<Minds> minds_;
  Json tiers_;
};

}  // namespace throng
