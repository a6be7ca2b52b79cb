#pragma once

#include <vector>

#include "agents/calibration/calibration.h"
#include "scenarios/calibration/recorded_source.h"
#include "scenarios/run/simulation.h"

namespace throng {

/// Recorded agents in the world they met, put together: the recommender is fitted.
class RecordedSimulation {
 public:
  /// `observer` hears of fits and must outlive this.
  RecordedSimulation(RecordedSource source, FitObserver& observer);

  const std::vector<RecordedAgent>& agents() const { return agents_; }
  /// What calibration sees of them.
  std::vector<RecordedSession> sessions() const;
  bool quality_is_popularity() const { return merits_.quality_is_popularity(); }

  TraitGroups traits_of(AgentId agent) const { return simulation_.population().traits_of(agent); }

  /// First sessions of agents (ascending) played by the statistical mind; `luck` names one of many throws of the dice.
  std::vector<SessionRecord> play(const std::vector<AgentId>& agents, const StatisticalParameters& parameters,
                                  std::uint64_t luck);
  /// Whether it can play: nobody has to be asked for rankings.
  bool can_play() const { return !scenario_.has_remote_recommender(); }

 private:
  Scenario scenario_;
  std::vector<RecordedAgent> agents_;
  Simulation simulation_;
  SpaceAffinity affinity_;
  ItemMerits merits_;
  RatingHabits habits_;
};

}  // namespace throng
