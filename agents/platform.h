#pragma once

#include <memory>
#include <span>

#include "agents/observer.h"
#include "agents/outside_ranking.h"
#include "agents/session.h"
#include "agents/training_data.h"
#include "engine/base/random.h"
#include "recsys/data/split.h"
#include "recsys/recommender/recommender.h"

namespace throng {

class Partition;

/// What does not change within a window. Everything outlives the platform.
struct World {
  const Population& population;
  const Recommender* recommender;  ///< fitted; null: `outside_ranking` is asked
  const OutsideRanking* outside_ranking;
  const Interactions& not_recommended;  ///< users x items: what a user is not shown
  std::span<const float> mean_ratings;  ///< displayed, per item
};

/// What a run carries from window to window.
struct Carried {
  PickRule rule = PickRule::viewed;
  std::vector<AgentState> agents;      ///< one per agent
  const TrainingData* rows = nullptr;  ///< which row of the recommender's an agent has; nullptr: its user's
};

/// Brings agents and recommender together.
class Platform {
 public:
  /// Agents per partition. A partition has its own event queue and is the unit of parallel work and of
  /// stopping.
  static constexpr std::size_t kPartitionSize = 256;
  /// So many partitions wait for the outside at once, at most.
  static constexpr std::size_t kPartitionsAtOnce = 512;

  /// `outside`: whom minds ask; nullptr: they ask nobody. It must outlive the platform.
  Platform(const World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
           Exchange* outside = nullptr)
      : world_(world), mind_(mind), options_(options), draws_(draws), outside_(outside) {}

  /// One session of each of `agents` (ascending, each once), each at its own random moment of the window, which must be
  /// longer than `longest_session`. Agents go on from what is `carried` and leave there what they take home; nullptr:
  /// they come for the first time and do not come back. Returns false if the observer wanted to stop before
  /// all sessions were run; then it has not heard of all of them, nor that the window has finished. Throws what
  /// `outside` throws.
  bool run_window(const Window& window, std::span<const AgentId> agents, RunObserver& observer,
                  Carried* carried = nullptr) const;

 private:
  using Agents = std::span<const AgentId>;

  std::unique_ptr<Partition> partition(const Window& window, Agents agents, std::size_t number,
                                       Carried* carried) const;
  bool run_alone(const Window& window, Agents agents, RunObserver& observer, Carried* carried) const;
  bool run_with_outside(const Window& window, Agents agents, RunObserver& observer, Carried* carried) const;

  World world_;
  Mind& mind_;
  SessionOptions options_;
  Draws draws_;
  Exchange* outside_;
};

}  // namespace throng
