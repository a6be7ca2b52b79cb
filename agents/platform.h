#pragma once

#include <span>

#include "agents/observer.h"
#include "agents/session.h"
#include "agents/training_data.h"
#include "engine/sim/random.h"
#include "recsys/data/split.h"
#include "recsys/models/ranking.h"
#include "recsys/models/recommender.h"

namespace throng {

/// What does not change within a window. Everything outlives the platform.
struct World {
  const Population& population;
  const Recommender& recommender;       ///< fitted
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
  static constexpr std::uint32_t kPartitionSize = 256;

  Platform(const World& world, Mind& mind, const SessionOptions& options, const Draws& draws)
      : world_(world), mind_(mind), options_(options), draws_(draws) {}

  /// One session of every agent, each at its own random moment of the window. The window must be longer than
  /// `longest_session`. Agents go on from what is `carried` and leave there what they take home; nullptr:
  /// they come for the first time and do not come back. Returns false if the observer wanted to stop before
  /// all sessions were run; then it has not heard of all of them, nor that the window has finished.
  bool run_window(const Window& window, RunObserver& observer, Carried* carried = nullptr) const;

 private:
  std::vector<SessionRecord> run_partition(const Window& window, std::uint32_t first_agent,
                                           Carried* carried) const;
  RankingRequest ranking_request(AgentId agent, UserId user, const Carried* carried) const;
  VirtualTime session_start(const Window& window, AgentId agent) const;

  World world_;
  Mind& mind_;
  SessionOptions options_;
  Draws draws_;
};

}  // namespace throng
