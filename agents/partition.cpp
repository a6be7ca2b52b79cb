#include "agents/partition.h"

#include <algorithm>
#include <iterator>

namespace throng {
namespace {

constexpr Purpose kSessionStart{"session/start"};

VirtualTime session_start(const Window& window, const SessionOptions& options, AgentId agent,
                          const Draws& draws) {
  const auto slack = (window.end - window.begin - longest_session(options)).count();
  const auto offset = draws.below(static_cast<std::uint64_t>(slack), kSessionStart,
                                  {.agent = static_cast<std::uint32_t>(agent), .round = window.round});
  return window.begin + Duration(static_cast<std::int64_t>(offset));
}

RankingRequest ranking_request(const World& world, AgentId agent, UserId user, const Carried* carried) {
  RankingRequest request{.query = {.user = user}, .excluded = {world.not_recommended.items_of(user)}};
  if (carried == nullptr) return request;
  request.excluded.emplace_back(carried->agents[index(agent)].picked);
  if (carried->rows != nullptr) request.query.user = carried->rows->row_of(agent);
  return request;
}

std::vector<ItemId> merged(const std::vector<ItemId>& a, const std::vector<ItemId>& b) {
  std::vector<ItemId> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

}  // namespace

Partition::Partition(const World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
                     const Window& window, std::span<const AgentId> agents, Carried* carried)
    : options_(options),
      window_(window),
      carried_(carried),
      visits_(visits(world, agents)),
      rankings_(rank(world)) {
  for (std::size_t i = 0; i < agents.size(); ++i) {
    Visit& visit = visits_[i];
    const SessionContext context{.options = options_,
                                 .profile = visit.profile,
                                 .ranking = rankings_.of(i),
                                 .mean_ratings = world.mean_ratings,
                                 .mind = mind};
    scheduler_.spawn(
        agents[i], session_start(window, options, agents[i], draws),
        [&visit, context](Actor& self) { return run_session(self, context, visit.memory, visit.record); });
  }
}

std::vector<Partition::Visit> Partition::visits(const World& world, std::span<const AgentId> agents) const {
  std::vector<Visit> visits(agents.size());
  for (std::size_t i = 0; i < agents.size(); ++i) {
    visits[i].profile = world.population.profile(agents[i]);
    visits[i].record.agent = agents[i];
    visits[i].record.round = window_.round;
    if (carried_ != nullptr) visits[i].memory = std::move(carried_->agents[index(agents[i])].memory);
  }
  return visits;
}

Rankings Partition::rank(const World& world) const {
  std::vector<RankingRequest> requests;
  requests.reserve(visits_.size());
  for (const Visit& visit : visits_) {
    requests.push_back(ranking_request(world, visit.record.agent, visit.profile.user, carried_));
  }
  return rank_top_k(world.recommender, requests, std::size_t{options_.items_per_page} * options_.max_pages);
}

std::vector<SessionRecord> Partition::close() {
  scheduler_.close_window(window_.end);
  std::vector<SessionRecord> records;
  records.reserve(visits_.size());
  for (Visit& visit : visits_) {
    if (carried_ != nullptr) {
      AgentState& state = carried_->agents[index(visit.record.agent)];
      state.picked = merged(state.picked, picked_items(visit.record, carried_->rule));
      state.memory = std::move(visit.memory);
      state.abandoned = visit.record.abandoned();
    }
    records.push_back(std::move(visit.record));
  }
  return records;
}

}  // namespace throng
