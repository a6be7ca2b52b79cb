#pragma once

#include <span>
#include <vector>

#include "agents/population.h"
#include "agents/session_record.h"
#include "engine/base/random.h"
#include "recsys/data/interactions.h"

namespace throng {

/// Which of the items that an agent was shown are picked for the training data.
enum class PickRule {
  viewed,
  aligned,
  liked,
  unviewed,  ///< shown, but not viewed
  random,    ///< as many as were viewed, drawn uniformly from all that were shown
};

/// Whether something else is picked than what the agent chose itself: what it viewed is then not recommended to it again either.
inline bool leaves_choice_aside(PickRule rule) {
  return rule == PickRule::unviewed || rule == PickRule::random;
}

/// The items picked in a session, ascending, each once. A degraded page counts nowhere: what was viewed there is not learned from
/// and may be recommended again. Pages that answer a search count as all others do. PickRule::random: the items shown are put into
/// a uniformly random order (`draws` by agent and round), and the first as many as were viewed are picked; what was viewed may be
/// among them.
std::vector<ItemId> picked_items(const SessionRecord& session, PickRule rule, const Draws& draws);

/// What the recommender trains on as agents go on picking. A user of the dataset has the row of its number; an agent that is none,
/// sampled or of a population file, has a row of its own, which begins as a copy of its user's.
class TrainingData {
 public:
  /// `train` and `population` must outlive it.
  TrainingData(const Interactions& train, const Population& population)
      : train_(train), population_(population) {}

  std::size_t num_rows() const;
  UserId row_of(AgentId agent) const;

  /// What agents that are users have picked (`picked`: of each agent, ascending), in the shape of the training interactions.
  Interactions picks_of_users(std::span<const std::vector<ItemId>> picked) const;
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
