#pragma once

#include <map>
#include <span>
#include <vector>

#include "agents/calibration/behaviour.h"
#include "agents/observer.h"
#include "scenarios/run/simulation.h"

namespace throng {

/// A population some of whose statistical agents are fitted to its language models (`fitted_to`): hears what the models' agents do
/// in the first round, and how both kinds fare in the rounds that they share. Passes everything on.
class Tiers : public RunObserver {
 public:
  /// Everything outlives it.
  Tiers(RunObserver& next, const Minds& minds, const Population& population)
      : next_(next), minds_(minds), population_(population) {}

  void on_window_started(const Window& window) override;
  void on_partition(const PartitionResult& result) override;
  void on_window_finished(const Window& window) override { next_.on_window_finished(window); }
  void on_stopped(std::span<const SessionRecord> over) override { next_.on_stopped(over); }
  bool wants_stop() const override { return next_.wants_stop(); }

  /// Of the first round, by agent: those that language models played, on this rank.
  std::span<const SessionRecord> first_sessions() const { return first_sessions_; }
  /// Collective. Of the rounds after the first, on rank 0, elsewhere null: gaps_json, "recorded" being the language models.
  Json comparison(Ranks& ranks) const;

 private:
  RunObserver& next_;
  const Minds& minds_;
  const Population& population_;
  bool is_first_ = true;
  std::vector<SessionRecord> first_sessions_;
  std::map<AgentId, Behaviour> models_;  ///< of each agent, after the first round
  Behaviour fitted_;                     ///< of all fitted agents, likewise
};

}  // namespace throng
