#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "agents/observer.h"
#include "agents/session.h"
#include "agents/world.h"

namespace throng {

/// Some of a window's agents, with a scheduler of their own: the unit of parallel work. One thread at a time.
class Partition {
 public:
  /// `agents`: those of partition `number` that come, ascending; `states`: what they bring along, parallel to them, or empty if
  /// they come for the first time. Everything referred to outlives the partition.
  Partition(std::size_t number, const World& world, Mind& mind, const SessionOptions& options,
            const Draws& draws, const Window& window, std::span<const AgentId> agents,
            std::vector<AgentState> states);

  /// Handles all that can be handled until somebody has to wait for replies.
  void run() { scheduler_.run(); }
  bool finished() const { return scheduler_.unfinished() == 0; }
  std::size_t number() const { return number_; }

  /// The calls made since the last time.
  std::vector<std::pair<CallKey, ExternalRequest>> take_calls() { return std::exchange(outbox_.calls, {}); }
  /// Hands over a reply; `run` goes on with it.
  void complete(const CallKey& key, std::string reply) { scheduler_.complete(key, std::move(reply)); }

  /// What the window left. To be called once, after `finished`.
  PartitionResult close();

 private:
  /// One agent's session while it runs.
  struct Visit {
    Profile profile;
    Memory memory;
    SessionRecord record;
  };
  struct Outbox : CallSink {
    void submit(const CallKey& key, ExternalRequest request) override {
      calls.emplace_back(key, std::move(request));
    }
    std::vector<std::pair<CallKey, ExternalRequest>> calls;
  };

  void add(AgentId agent, Memory memory);
  std::unique_ptr<PartitionRankings> rankings() const;
  std::vector<ShownItem> arranged_for(AgentId agent, std::span<const ItemId> ranking) const;
  Task<void> play(Actor& self, std::size_t session);

  std::size_t number_;
  const World& world_;
  Mind& mind_;
  const SessionOptions& options_;
  const Draws& draws_;
  Window window_;
  std::vector<Visit> visits_;
  std::unique_ptr<PartitionRankings> rankings_;
  Outbox outbox_;
  Scheduler scheduler_;
};

/// Brings agents and recommender together, window by window.
class Platform {
 public:
  /// So many partitions wait for replies at once, at most.
  static constexpr std::size_t kPartitionsAtOnce = 512;

  /// `agents`: who comes to begin with (ascending, each once). `gateway`: whom minds and the world's ranker ask; nullptr: they ask nobody. All
  /// but `agents` must outlive the platform.
  Platform(World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
           std::vector<AgentId> agents, Gateway* gateway = nullptr)
      : world_(world),
        mind_(mind),
        options_(options),
        draws_(draws),
        agents_(std::move(agents)),
        gateway_(gateway) {}

  /// Agents who come from the next window on; none of them is there.
  void admit(std::span<const AgentId> agents);

  /// One session of each agent that is still there, each at its own random moment of the window, which must be longer than
  /// `longest_session`; then what they left is applied to the world. Returns false if the observer wanted to stop before all
  /// sessions were run; then it has not heard of all of them, nor that the window has finished. Throws what `gateway` throws.
  bool run_window(const Window& window, RunObserver& observer);

 private:
  /// The agents of one partition that are still there.
  struct Group {
    std::size_t number = 0;
    std::span<const AgentId> agents;
  };
  /// What is left for the window's end.
  struct WindowFold;

  std::vector<Group> groups() const;
  std::vector<AgentState> take_states(const Group& group);
  std::unique_ptr<Partition> start(const Window& window, const Group& group);
  bool run_alone(const Window& window, WindowFold& fold);
  bool run_with_gateway(const Window& window, WindowFold& fold);
  void keep_states(PartitionResult& result);

  World& world_;
  Mind& mind_;
  SessionOptions options_;
  Draws draws_;
  std::vector<AgentId> agents_;     ///< who is still there, ascending
  std::vector<AgentState> states_;  ///< by agent; empty before the first window that is not the last
  Gateway* gateway_;
};

}  // namespace throng
