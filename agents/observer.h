#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "agents/exposure.h"
#include "agents/memory/memory.h"
#include "agents/metrics.h"
#include "agents/session_record.h"
#include "engine/base/hash.h"
#include "engine/sim/window.h"

namespace throng {

/// What an agent takes from one session to the next.
struct AgentState {
  Memory memory;
  bool abandoned = false;  ///< it does not come back
};

/// Items of an agent's session were picked: they enter the training data when the recommender is retrained, and are not
/// recommended to it again, unless agents repeat.
struct Picks {
  AgentId agent{};
  std::vector<ItemId> items{};  ///< ascending, each once
  std::vector<ItemId>
      viewed{};  ///< likewise what it viewed, where the rule leaves that aside (leaves_choice_aside); else empty
};

/// What a partition's window left: a value, made of nothing but its agents, so that partitions may run anywhere. Whoever needs
/// something of all agents folds those of the partitions in the order of their numbers.
struct PartitionResult {
  std::size_t number = 0;               ///< of the partition
  std::vector<SessionRecord> sessions;  ///< one per agent that came, by agent
  std::vector<AgentState> states;       ///< parallel to `sessions`; empty if the window is the last
  std::vector<Effect<Picks>> effects;   ///< by agent; empty if the window is the last
  Hash128 digest;                       ///< the chain of the sessions' digests
  Exposures exposures;
  PositionCounts positions{};
  std::size_t pages = 0;
};

/// Hears what happens in a run. Calls come one at a time, though from different threads, and in the same
/// order on any number of threads.
class RunObserver {
 public:
  virtual ~RunObserver() = default;

  /// How accurate the recommender of this round (from 0) is offline, before the round begins; nothing where that is not known.
  virtual void on_offline_accuracy(std::uint16_t /*round*/, const Accuracy& /*accuracy*/) {}
  virtual void on_window_started(const Window& /*window*/) {}
  /// A partition has finished its window; successive calls go on with greater numbers.
  virtual void on_partition(const PartitionResult& /*result*/) {}
  virtual void on_window_finished(const Window& /*window*/) {}
  /// The run stops before a partition has finished: those of its sessions that are over, by agent. There is no `on_partition` for
  /// it, and the window does not finish.
  virtual void on_stopped(std::span<const SessionRecord> /*over*/) {}
  /// Asked often, from any thread: true ends the run before its next part.
  virtual bool wants_stop() const { return false; }
};

/// Keeps every session, in the order of partitions.
class SessionCollector : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override {
    sessions.insert(sessions.end(), result.sessions.begin(), result.sessions.end());
  }
  std::vector<SessionRecord> sessions;
};

}  // namespace throng
