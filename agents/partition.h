#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

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

  /// Handles all that can be handled until somebody has to wait for the outside.
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
  struct Outbox : Outside {
    void submit(const CallKey& key, ExternalRequest request) override {
      calls.emplace_back(key, std::move(request));
    }
    std::vector<std::pair<CallKey, ExternalRequest>> calls;
  };

  void add(AgentId agent, Memory memory);
  std::unique_ptr<PartitionRankings> rankings() const;
  Task<void> play(Actor& self, std::size_t session);

  std::size_t number_;
  const World& world_;
  Mind& mind_;
  const SessionOptions& options_;
  Window window_;
  std::vector<Visit> visits_;
  std::unique_ptr<PartitionRankings> rankings_;
  Outbox outbox_;
  Scheduler scheduler_;
};

}  // namespace throng
