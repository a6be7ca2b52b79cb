#pragma once

#include <memory>
#include <span>
#include <vector>

#include "agents/observer.h"
#include "agents/session.h"
#include "agents/world.h"

namespace throng {

class Partition;

/// Brings agents and recommender together, window by window.
class Platform {
 public:
  /// So many partitions wait for the outside at once, at most.
  static constexpr std::size_t kPartitionsAtOnce = 512;

  /// `agents`: who comes (ascending, each once). `ranker`: the world's. `outside`: whom minds and the ranker ask; nullptr: they
  /// ask nobody. All but `agents` must outlive the platform.
  Platform(World& world, Ranker& ranker, Mind& mind, const SessionOptions& options, const Draws& draws,
           std::vector<AgentId> agents, Exchange* outside = nullptr)
      : world_(world),
        ranker_(ranker),
        mind_(mind),
        options_(options),
        draws_(draws),
        agents_(std::move(agents)),
        outside_(outside) {}

  /// One session of each agent that is still there, each at its own random moment of the window, which must be longer than
  /// `longest_session`; then what they left is applied to the world. Returns false if the observer wanted to stop before all
  /// sessions were run; then it has not heard of all of them, nor that the window has finished. Throws what `outside` throws.
  bool run_window(const Window& window, RunObserver& observer);

 private:
  /// The agents of one partition that are still there.
  struct Group {
    std::size_t number = 0;
    std::span<const AgentId> agents;
  };
  /// What is left for the window's end.
  struct Harvest;

  std::vector<Group> groups() const;
  std::vector<AgentState> take_states(const Group& group);
  std::unique_ptr<Partition> start(const Window& window, const Group& group);
  bool run_alone(const Window& window, Harvest& harvest);
  bool run_with_outside(const Window& window, Harvest& harvest);
  void keep_states(PartitionResult& result);

  World& world_;
  Ranker& ranker_;
  Mind& mind_;
  SessionOptions options_;
  Draws draws_;
  std::vector<AgentId> agents_;     ///< who is still there, ascending
  std::vector<AgentState> states_;  ///< by agent; empty before the first window that is not the last
  Exchange* outside_;
};

}  // namespace throng
