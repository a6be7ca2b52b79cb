#pragma once

#include <cstdint>
#include <vector>

#include "agents/population.h"
#include "agents/taste.h"
#include "recsys/data/split.h"
#include "scenarios/run/simulation.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// What of a dataset agents that are to be validated may know: the catalogue, and the training part with its ratings. What the
/// source says of users and items on the strength of all interactions, the held-out ones among them, is left out: trait groups,
/// persona texts and mean ratings.
Dataset training_view(const Dataset& whole, const Interactions& train);

/// What agents are made from.
enum class Knowledge {
  training,     ///< the training part alone, see training_view
  as_in_a_run,  ///< what the source says as well: no fair basis for comparisons with held-out items
};

struct TrainingWorldOptions {
  Knowledge knowledge = Knowledge::training;
  std::uint8_t TraitGroups::*neutral = nullptr;  ///< a trait that everybody has the neutral group of
};

/// Agents made, unless the options say otherwise, from the training part alone: tastes, traits, quality and popularity of items, what prompts tell of a user's
/// history. So no change of validation or test items can reach an answer. Each agent is the user of the dataset with the same
/// number.
class TrainingWorld {
 public:
  /// `observer` hears of fits. Throws Failure(usage) if agents are no users of the dataset, or if the scenario asks what the
  /// dataset cannot give.
  TrainingWorld(const Scenario& scenario, Dataset whole, FitObserver& observer,
                const TrainingWorldOptions& options = {});
  TrainingWorld(const TrainingWorld&) = delete;
  TrainingWorld& operator=(const TrainingWorld&) = delete;

  std::uint64_t seed() const { return draws_.seed(); }
  const Draws& draws() const { return draws_; }
  const Catalogue& catalogue() const { return training_.catalogue; }
  const Dataset& training() const { return training_; }
  const Split& split() const { return split_; }
  const Interactions& part(SplitPart part) const;
  const Dataset& whole() const { return whole_; }  ///< as it was given
  /// All interactions, those among them that the split left out.
  const Interactions& all() const { return whole_.interactions; }
  const std::vector<float>& mean_ratings() const { return mean_ratings_; }  ///< displayed, per item
  const Population& population() const { return population_; }
  Minds& minds() { return minds_; }
  const Minds& minds() const { return minds_; }

 private:
  Draws draws_;
  Dataset whole_;
  Split split_;
  Dataset training_;
  std::vector<float> mean_ratings_;
  TasteSpace space_;
  Population population_;
  std::vector<MindOptions> mind_options_;  ///< minds refer to the prompt templates in them
  Minds minds_;
};

}  // namespace throng
