#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "agents/platform.h"

namespace throng {

/// Some of a window's agents, with an event queue of their own: the unit of parallel work. One thread at a time.
class Partition {
 public:
  /// Ranks for all of `agents` (ascending, each once) at once. Everything outlives the partition. `carried`: see
  /// Platform::run_window; what its agents bring along is taken from it.
  Partition(const World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
            const Window& window, std::span<const AgentId> agents, Carried* carried);

  /// Handles all that can be handled until somebody has to wait for the outside.
  void run() { scheduler_.run_until(window_.end); }
  bool finished() const { return scheduler_.calls_under_way() == 0; }

  /// The calls made since the last time.
  std::vector<std::pair<CallKey, ExternalRequest>> take_calls() { return std::exchange(outbox_.calls, {}); }
  /// Hands over a reply; `run` goes on with it.
  void complete(const CallKey& key, std::string reply) { scheduler_.complete(key, std::move(reply)); }

  /// The sessions, by agent. What agents take home goes to `carried`. To be called once, after `finished`.
  std::vector<SessionRecord> close();

 private:
  /// One agent's session while it runs.
  struct Visit {
    Profile profile;
    Memory memory;
    SessionRecord record;
    std::vector<ItemId> ranking;  ///< from outside
  };
  struct Outbox : Outside {
    void submit(const CallKey& key, ExternalRequest request) override {
      calls.emplace_back(key, std::move(request));
    }
    std::vector<std::pair<CallKey, ExternalRequest>> calls;
  };

  std::vector<Visit> visits(std::span<const AgentId> agents) const;
  std::size_t ranking_length() const { return std::size_t{options_.items_per_page} * options_.max_pages; }
  RankingRequest ranking_request(const Visit& visit) const;
  /// By the recommender of this process; empty if there is none.
  Rankings rank() const;
  Task<void> session_ranked_outside(Actor& self, SessionContext context, Visit& visit) const;

  SessionOptions options_;
  Window window_;
  World world_;
  Carried* carried_;
  std::vector<Visit> visits_;
  Rankings rankings_;
  Outbox outbox_;
  Scheduler scheduler_{&outbox_};
};

}  // namespace throng
