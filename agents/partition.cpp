#include "agents/platform.h"
#include "engine/base/hash.h"

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

}  // namespace

Partition::Partition(std::size_t number, const World& world, Mind& mind, const SessionOptions& options,
                     const Draws& draws, const Window& window, std::span<const AgentId> agents,
                     std::vector<AgentState> states)
    : number_(number),
      world_(world),
      mind_(mind),
      options_(options),
      draws_(draws),
      window_(window),
      scheduler_(window, &outbox_) {
  visits_.reserve(agents.size());
  for (std::size_t i = 0; i < agents.size(); ++i)
    add(agents[i], states.empty() ? Memory() : std::move(states[i].memory));
  rankings_ = rankings();
}

void Partition::start(std::size_t more) {
  const std::size_t most = more < visits_.size() ? under_way() + more : visits_.size();
  while (!all_started() && under_way() < most) {
    const std::size_t next = started_++;
    const AgentId agent = visits_[next].record.agent;
    scheduler_.spawn(agent, session_start(window_, options_, agent, draws_),
                     [this, next](Actor& self) { return play(self, next); });
    scheduler_.run();
  }
}

void Partition::add(AgentId agent, Memory memory) {
  Visit& visit = visits_.emplace_back();
  visit.profile = world_.population.profile(agent);
  visit.memory = std::move(memory);
  visit.record.agent = agent;
  visit.record.round = window_.round;
}

std::unique_ptr<PartitionRankings> Partition::rankings() const {
  std::vector<RankingRequest> requests;
  requests.reserve(visits_.size());
  for (const Visit& visit : visits_) requests.push_back(world_.ranking_request(visit.record.agent));
  return world_.ranker.for_partition(std::move(requests), ranked_for(places(), world_.page_policies));
}

std::size_t Partition::places() const { return std::size_t{options_.items_per_page} * options_.max_pages; }

std::vector<ShownItem> Partition::arranged_for(const Visit& visit, std::span<const ItemId> ranking) const {
  if (world_.page_policies.empty()) return as_ranked(ranking, world_.mean_ratings);
  const AgentId agent = visit.record.agent;
  const RankingRequest ranked = world_.ranking_request(agent);
  const std::vector<ItemId> history = world_.history_of(agent);
  return arranged(ranking,
                  {.agent = agent,
                   .round = window_.round,
                   .mean_ratings = world_.mean_ratings,
                   .ranked = ranked,
                   .draws = draws_,
                   .places = places(),
                   .history = history,
                   .memory = &visit.memory},
                  world_.page_policies);
}

std::vector<std::span<const ItemId>> Partition::not_found_for(AgentId agent) const {
  if (world_.search == nullptr) return {};
  return world_.ranking_request(agent).excluded;
}

Task<void> Partition::play(Actor& self, std::size_t session) {
  Visit& visit = visits_[session];
  const std::vector<ShownItem> items = arranged_for(visit, co_await rankings_->rank(self, session));
  const std::vector<std::span<const ItemId>> not_found = not_found_for(visit.record.agent);
  const std::vector<const InterviewQuestion*> questions =
      questions_for(options_.questions, visit.record.agent, window_.is_last, draws_);
  const SessionContext context{.options = options_,
                               .profile = visit.profile,
                               .items = items,
                               .mind = mind_,
                               .catalogue = world_.search,
                               .mean_ratings = world_.mean_ratings,
                               .not_found = not_found,
                               .questions = questions,
                               .hidden = world_.hidden};
  co_await run_session(self, context, visit.memory, visit.record);
  visit.is_over = true;
}

std::vector<SessionRecord> Partition::take_over() {
  std::vector<SessionRecord> over;
  for (Visit& visit : visits_) {
    if (visit.is_over) over.push_back(std::move(visit.record));
  }
  return over;
}

PartitionResult Partition::close() {
  PartitionResult result{.number = number_, .exposures = Exposures(world_.catalogue.size())};
  result.sessions.reserve(visits_.size());
  DigestChain digest;
  for (Visit& visit : visits_) {
    const SessionRecord& session = result.sessions.emplace_back(std::move(visit.record));
    digest.add(session.digest);
    if (world_.exposure != nullptr) result.exposures.add(session, *world_.exposure);
    result.positions.add(session);
    result.pages += session.pages.size();
    if (window_.is_last) continue;
    visit.memory.compact();
    result.states.push_back({.memory = std::move(visit.memory), .abandoned = session.abandoned()});
    Picks picks{.agent = session.agent, .items = picked_items(session, world_.pick_rule, draws_)};
    if (leaves_choice_aside(world_.pick_rule)) picks.viewed = picked_items(session, PickRule::viewed, draws_);
    if (picks.items.empty() && picks.viewed.empty()) continue;
    result.effects.push_back(
        {.key = {.time = session.ended, .source = session.agent}, .change = std::move(picks)});
  }
  result.digest = digest.value();
  return result;
}

}  // namespace throng
