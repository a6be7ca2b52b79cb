#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "agents/observer.h"
#include "agents/session.h"
#include "agents/world.h"
#include "engine/base/parallel.h"
#include "engine/ranks/ranks.h"

namespace throng {

/// Some of a window's agents, with a scheduler of their own: the unit of parallel work. One thread at a time.
class Partition {
 public:
  /// `agents`: those of partition `number` that come, ascending; `states`: what they bring along, parallel to them, or empty if
  /// they come for the first time. Everything referred to outlives the partition.
  Partition(std::size_t number, const World& world, Mind& mind, const SessionOptions& options,
            const Draws& draws, const Window& window, std::span<const AgentId> agents,
            std::vector<AgentState> states);

  /// Starts sessions, one after the other, until `more` of those it started wait for replies or all have been started. (Sessions do
  /// not meet: one that starts later than another, by the clock on the wall, may be earlier in virtual time.)
  void start(std::size_t more);
  bool all_started() const { return started_ == visits_.size(); }
  /// Goes on with what has been answered until it has to be waited for again.
  void run() { scheduler_.run(); }
  /// Sessions that wait for replies.
  std::size_t under_way() const { return scheduler_.unfinished(); }
  bool finished() const { return all_started() && under_way() == 0; }
  std::size_t number() const { return number_; }

  /// The calls made since the last time.
  std::vector<std::pair<CallKey, ExternalRequest>> take_calls() { return std::exchange(outbox_.calls, {}); }
  /// Hands over a reply; `run` goes on with it.
  void complete(const CallKey& key, std::string reply) { scheduler_.complete(key, std::move(reply)); }

  /// What the window left. To be called once, after `finished`.
  PartitionResult close();
  /// The records of the sessions that are over, of a partition that will not go on.
  std::vector<SessionRecord> take_over();

 private:
  /// One agent's session while it runs.
  struct Visit {
    Profile profile;
    Memory memory;
    SessionRecord record;
    bool is_over = false;
  };
  struct Outbox : CallSink {
    void submit(const CallKey& key, ExternalRequest request) override {
      calls.emplace_back(key, std::move(request));
    }
    std::vector<std::pair<CallKey, ExternalRequest>> calls;
  };

  void add(AgentId agent, Memory memory);
  std::unique_ptr<PartitionRankings> rankings() const;
  std::size_t places() const;
  std::vector<ShownItem> arranged_for(const Visit& visit, std::span<const ItemId> ranking) const;
  /// What no search of the agent brings; empty where nobody searches.
  std::vector<std::span<const ItemId>> not_found_for(AgentId agent) const;
  Task<void> play(Actor& self, std::size_t session);

  std::size_t number_;
  const World& world_;
  Mind& mind_;
  const SessionOptions& options_;
  const Draws& draws_;
  Window window_;
  std::vector<Visit> visits_;
  std::size_t started_ = 0;  ///< of the visits, from the first
  std::unique_ptr<PartitionRankings> rankings_;
  Outbox outbox_;
  Scheduler scheduler_;
};

/// The agents, [first, second), whose sessions are run on this rank: those of its block of partitions.
std::pair<AgentId, AgentId> own_agents(const Ranks& ranks, const Population& population);

/// Brings agents and recommender together, window by window. Of a run over several ranks each plays its block of the partitions;
/// then what is said of agents is said of those in the block.
class Platform {
 public:
  static constexpr std::size_t kAnyNumber = ~std::size_t{0};

  /// `agents`: who comes to begin with, on any rank (ascending, each once). `gateway`: whom minds and the world's ranker ask; nullptr:
  /// they ask nobody. `calls_at_once`: so many calls they can have under way; more would wait in line. All but `agents` must outlive
  /// the platform.
  Platform(World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
           std::span<const AgentId> agents, Gateway* gateway = nullptr,
           std::size_t calls_at_once = kAnyNumber, Ranks& ranks = alone());

  /// Agents who come, to any rank, from the next window on; none of them is there.
  void admit(std::span<const AgentId> agents);

  /// One session of each agent that is still there, each at its own random moment of the window, which must be longer than
  /// `longest_session`; then what they left is applied to the world. Where agents ask, they come in waves: only so many sessions
  /// are under way as keep busy whoever is asked, in the order of agents, so that those who came first are through when a run stops
  /// half-way. No result depends on it.
  /// Collective. Returns false if the observer of a rank wanted to stop before all sessions were run; then it has not heard of all of
  /// them, nor that the window has finished. Throws what `gateway` throws; the observer hears `on_stopped` before.
  bool run_window(const Window& window, RunObserver& observer);

 private:
  /// The agents of one partition that are still there.
  using Group = std::span<const AgentId>;
  /// What is left for the window's end.
  struct WindowFold;
  class Waves;

  bool is_own(AgentId agent) const { return agent >= own_.first && agent < own_.second; }
  AgentState& state_of(AgentId agent) { return states_[index(agent) - index(own_.first)]; }
  std::vector<Group> groups() const;
  std::vector<AgentState> take_states(Group group);
  std::unique_ptr<Partition> open(const Window& window, Group group);
  bool wants_stop(const RunObserver& observer) const;
  bool play(const Window& window, WindowFold& fold);
  bool play_on_all_ranks(const Window& window, WindowFold& fold);
  bool run_alone(const Window& window, WindowFold& fold);
  bool run_with_gateway(const Window& window, WindowFold& fold);
  void keep_states(PartitionResult& result);
  std::vector<Effect<Picks>> exchanged(std::vector<Effect<Picks>> effects);

  World& world_;
  Mind& mind_;
  SessionOptions options_;
  Draws draws_;
  Ranks& ranks_;
  std::pair<AgentId, AgentId> own_;  ///< see own_agents
  std::vector<AgentId> agents_;      ///< who is still there, ascending
  std::vector<AgentState>
      states_;  ///< of this rank's agents; empty before the first window that is not the last
  Gateway* gateway_;
  std::size_t calls_at_once_;
};

}  // namespace throng
