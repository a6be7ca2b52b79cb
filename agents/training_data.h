#pragma once

#include <span>
#include <vector>

#include "agents/population.h"
#include "agents/session_record.h"
#include "recsys/data/interactions.h"

namespace throng {

/// Which of the items that it was shown an agent picks.
enum class PickRule { viewed, aligned, liked };

/// The items picked in a session, ascending, each once. A degraded page counts nowhere: what was viewed there is not learned from
/// and may be recommended again.
std::vector<ItemId> picked_items(const SessionRecord& session, PickRule rule);

/// What the recommender trains on as agents go on picking. A user of the dataset has the row of its number; an agent that is none,
/// sampled or of a population file, has a row of its own, which begins as a copy of its user's.
class TrainingData {
 public:
  /// `train` and `population` must outlive it.
  TrainingData(const Interactions& train, const Population& population)
      : train_(train), population_(population) {}

  std::size_t num_rows() const;
  UserId row_of(AgentId agent) const;

  /// The training interactions and what each agent has picked (ascending), without ratings and times.
  Interactions with_picks(std::span<const std::vector<ItemId>> picked) const;
  /// `held_out` (validation or test) with as many rows as the training data, without what has been picked.
  /// Agents with rows of their own have nothing held out.
  Interactions held_out(const Interactions& held_out, std::span<const std::vector<ItemId>> picked) const;

 private:
  const Interactions& train_;
  const Population& population_;
};

}  // namespace throng
