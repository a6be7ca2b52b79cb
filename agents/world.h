#pragma once

#include <span>
#include <utility>
#include <vector>

#include "agents/exposure.h"
#include "agents/pages/catalogue_search.h"
#include "agents/pages/page_policy.h"
#include "agents/population.h"
#include "agents/ranker.h"
#include "agents/training_data.h"

namespace throng {

/// What agents meet, the same for all of them. It does not change within a window; `apply` changes it at the end of one. What it
/// refers to outlives it.
struct World {
  const Population& population;
  const Catalogue& catalogue;
  Ranker& ranker;
  const Interactions& not_recommended;  ///< users x items: what a user is not shown
  std::span<const float> mean_ratings;  ///< displayed, per item
  PickRule pick_rule = PickRule::viewed;
  bool repeats = false;  ///< what agents have picked may be recommended to them again
  bool learns = false;   ///< the recommender learns from what agents pick: of all of them, on each rank
  std::span<const std::unique_ptr<PagePolicy>>
      page_policies{};                      ///< between rankings and pages, in this order
  const CatalogueSearch* search = nullptr;  ///< where agents may search; null: nobody does
  std::pair<AgentId, AgentId> keeps{
      AgentId(0), AgentId(~0U)};  ///< whose picks are kept, [first, second): all there are, if it `learns`
  std::vector<std::vector<ItemId>>
      picked{};  ///< per agent of `keeps`, ascending: not recommended again, unless agents repeat; empty before the first effect
  std::vector<std::vector<ItemId>>
      viewed_besides{};                     ///< likewise, of Picks::viewed; empty if the rule needs none
  const Interactions* train = nullptr;      ///< of the dataset's users; nullptr: no page policy looks at it
  const ExposureWorld* exposure = nullptr;  ///< nullptr: nobody wants to know of it
  const Interactions* hidden = nullptr;     ///< users x items: the validation part; nullptr: not known
  const TrainingData* rows = nullptr;  ///< which row of the recommender's an agent has; nullptr: its user's

  /// Applies what agents have left, in the order of the effects' keys. `effects`: those of a partition stand together. Partitions
  /// are taken at once, for what an agent picked concerns nobody else.
  void apply(std::vector<Effect<Picks>> effects);

  /// What the ranker is asked for an agent. Refers to the world.
  RankingRequest ranking_request(AgentId agent) const;
  /// What the agent has interacted with: its user's training part and what was picked of its sessions, or what
  /// it viewed where the rule leaves that aside (leaves_choice_aside). Empty if `train` is not known.
  std::vector<ItemId> history_of(AgentId agent) const;
};

}  // namespace throng
