#include "agents/platform.h"

#include <algorithm>
#include <atomic>
#include <iterator>

#include "engine/base/parallel.h"
#include "recsys/models/ranking.h"

namespace throng {
namespace {

constexpr Purpose kSessionStart{"session/start"};

/// One agent's session while it runs.
struct Visit {
  Profile profile;
  Memory memory;
  SessionRecord record;
};

void take_home(Visit& visit, PickRule rule, AgentState& state) {
  const std::vector<ItemId> picked = picked_items(visit.record, rule);
  std::vector<ItemId> all;
  std::set_union(state.picked.begin(), state.picked.end(), picked.begin(), picked.end(),
                 std::back_inserter(all));
  state.picked = std::move(all);
  state.memory = std::move(visit.memory);
}

}  // namespace

VirtualTime Platform::session_start(const Window& window, AgentId agent) const {
  const auto slack = (window.end - window.begin - longest_session(options_)).count();
  const auto offset = draws_.below(static_cast<std::uint64_t>(slack), kSessionStart,
                                   {.agent = static_cast<std::uint32_t>(agent), .round = window.round});
  return window.begin + Duration(static_cast<std::int64_t>(offset));
}

RankingRequest Platform::ranking_request(AgentId agent, UserId user, const Carried* carried) const {
  RankingRequest request{.query = {.user = user}, .excluded = {world_.not_recommended.items_of(user)}};
  if (carried == nullptr) return request;
  request.excluded.emplace_back(carried->agents[index(agent)].picked);
  if (carried->rows != nullptr) request.query.user = carried->rows->row_of(agent);
  return request;
}

std::vector<SessionRecord> Platform::run_partition(const Window& window, std::uint32_t first_agent,
                                                   Carried* carried) const {
  const std::uint32_t agents = std::min(kPartitionSize, world_.population.size() - first_agent);
  std::vector<Visit> visits(agents);
  std::vector<RankingRequest> requests(agents);
  for (std::uint32_t i = 0; i < agents; ++i) {
    const AgentId agent{first_agent + i};
    visits[i].profile = world_.population.profile(agent);
    visits[i].record.agent = agent;
    visits[i].record.round = window.round;
    if (carried != nullptr) visits[i].memory = std::move(carried->agents[index(agent)].memory);
    requests[i] = ranking_request(agent, visits[i].profile.user, carried);
  }
  const std::size_t ranked = std::size_t{options_.items_per_page} * options_.max_pages;
  const Rankings rankings = rank_top_k(world_.recommender, requests, ranked);

  Scheduler scheduler;
  for (std::uint32_t i = 0; i < agents; ++i) {
    Visit& visit = visits[i];
    const SessionContext context{.options = options_,
                                 .profile = visit.profile,
                                 .ranking = rankings.of(i),
                                 .mean_ratings = world_.mean_ratings,
                                 .mind = mind_};
    scheduler.spawn(
        visit.record.agent, session_start(window, visit.record.agent),
        [&visit, context](Actor& self) { return run_session(self, context, visit.memory, visit.record); });
  }
  scheduler.run_until(window.end);
  scheduler.close_window(window.end);

  std::vector<SessionRecord> records;
  records.reserve(agents);
  for (Visit& visit : visits) {
    if (carried != nullptr) take_home(visit, carried->rule, carried->agents[index(visit.record.agent)]);
    records.push_back(std::move(visit.record));
  }
  return records;
}

bool Platform::run_window(const Window& window, RunObserver& observer, Carried* carried) const {
  observer.on_window_started(window);
  std::atomic<bool> stopped = false;
  const std::uint32_t partitions = (world_.population.size() + kPartitionSize - 1) / kPartitionSize;
  parallel_in_order<std::vector<SessionRecord>>(
      partitions,
      [&](std::size_t partition) -> std::vector<SessionRecord> {
        if (stopped || observer.wants_stop()) {
          stopped = true;
          return {};
        }
        return run_partition(window, static_cast<std::uint32_t>(partition) * kPartitionSize, carried);
      },
      [&](std::vector<SessionRecord> sessions) {
        if (!sessions.empty()) observer.on_sessions(sessions);
      });
  if (stopped) return false;
  observer.on_window_finished(window);
  return true;
}

}  // namespace throng
