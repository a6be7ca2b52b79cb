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

/// A ranking is there when the session starts.
Duration no_time(std::string_view /*reply*/) { return Duration(0); }

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
      world_(world),
      carried_(carried),
      visits_(visits(agents)),
      rankings_(rank()) {
  for (std::size_t i = 0; i < agents.size(); ++i) {
    Visit& visit = visits_[i];
    const SessionContext context{.options = options_,
                                 .profile = visit.profile,
                                 .ranking = world.recommender ? rankings_.of(i) : std::span<const ItemId>(),
                                 .mean_ratings = world.mean_ratings,
                                 .mind = mind};
    scheduler_.spawn(agents[i], session_start(window, options, agents[i], draws),
                     [this, &visit, context](Actor& self) {
                       return world_.recommender ? run_session(self, context, visit.memory, visit.record)
                                                 : session_ranked_outside(self, context, visit);
                     });
  }
}

std::vector<Partition::Visit> Partition::visits(std::span<const AgentId> agents) const {
  std::vector<Visit> visits(agents.size());
  for (std::size_t i = 0; i < agents.size(); ++i) {
    visits[i].profile = world_.population.profile(agents[i]);
    visits[i].record.agent = agents[i];
    visits[i].record.round = window_.round;
    if (carried_ != nullptr) visits[i].memory = std::move(carried_->agents[index(agents[i])].memory);
  }
  return visits;
}

RankingRequest Partition::ranking_request(const Visit& visit) const {
  const UserId user = visit.profile.user;
  RankingRequest request{.query = {.user = user}, .excluded = {world_.not_recommended.items_of(user)}};
  if (carried_ == nullptr) return request;
  const AgentId agent = visit.record.agent;
  request.excluded.emplace_back(carried_->agents[index(agent)].picked);
  if (carried_->rows != nullptr) request.query.user = carried_->rows->row_of(agent);
  return request;
}

Rankings Partition::rank() const {
  if (world_.recommender == nullptr) return {0, 0};
  std::vector<RankingRequest> requests;
  requests.reserve(visits_.size());
  for (const Visit& visit : visits_) requests.push_back(ranking_request(visit));
  return world_.recommender->rank(requests, ranking_length());
}

Task<void> Partition::session_ranked_outside(Actor& self, SessionContext context, Visit& visit) const {
  const OutsideRanking& outside = *world_.outside_ranking;
  ExternalRequest request = outside.request(self.id(), ranking_request(visit), ranking_length());
  const std::string reply = co_await self.external(std::move(request), no_time);
  visit.ranking = outside.ranking(reply);
  context.ranking = visit.ranking;
  co_await run_session(self, context, visit.memory, visit.record);
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
