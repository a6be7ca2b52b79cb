#include "agents/world.h"

#include <algorithm>
#include <iterator>

namespace throng {

void World::apply(std::vector<Effect<Picks>> effects) {
  sort_by_key(effects);
  picked.resize(population.size());
  for (const Effect<Picks>& effect : effects) {
    std::vector<ItemId>& before = picked[index(effect.change.agent)];
    std::vector<ItemId> all;
    std::ranges::set_union(before, effect.change.items, std::back_inserter(all));
    before = std::move(all);
  }
}

RankingRequest World::ranking_request(AgentId agent) const {
  const UserId user = population.user_of(agent);
  RankingRequest request{.query = {.user = rows == nullptr ? user : rows->row_of(agent)},
                         .excluded = {not_recommended.items_of(user)}};
  if (!picked.empty()) request.excluded.emplace_back(picked[index(agent)]);
  return request;
}

std::vector<ItemId> World::history_of(AgentId agent) const {
  if (train == nullptr) return {};
  const std::span<const ItemId> trained = train->items_of(population.user_of(agent));
  if (picked.empty()) return {trained.begin(), trained.end()};
  std::vector<ItemId> all;
  std::ranges::set_union(trained, picked[index(agent)], std::back_inserter(all));
  return all;
}

}  // namespace throng
