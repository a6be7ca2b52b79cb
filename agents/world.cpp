#include "agents/world.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/parallel.h"

namespace throng {

namespace {

/// Both ascending, each once.
void add_to(std::vector<ItemId>& before, std::vector<ItemId> items) {
  if (before.empty()) {
    before = std::move(items);
    return;
  }
  std::vector<ItemId> all;
  all.reserve(before.size() + items.size());
  std::ranges::set_union(before, items, std::back_inserter(all));
  before = std::move(all);
}

std::size_t place_of(AgentId agent, const World& world) { return index(agent) - index(world.keeps.first); }

}  // namespace

void World::apply(std::vector<Effect<Picks>> effects) {
  const std::size_t kept = std::min<std::size_t>(index(keeps.second), population.size()) - index(keeps.first);
  picked.resize(kept);
  if (leaves_choice_aside(pick_rule)) viewed_besides.resize(kept);
  const auto of_partitions =
      by_partition(std::span(effects), [](const Effect<Picks>& effect) { return effect.change.agent; });
  parallel_for(of_partitions.size(), [&](std::size_t i) {
    sort_by_key(of_partitions[i]);
    for (Effect<Picks>& effect : of_partitions[i]) {
      const std::size_t place = place_of(effect.change.agent, *this);
      add_to(picked[place], std::move(effect.change.items));
      if (!viewed_besides.empty()) add_to(viewed_besides[place], std::move(effect.change.viewed));
    }
  });
}

RankingRequest World::ranking_request(AgentId agent) const {
  const UserId user = population.user_of(agent);
  RankingRequest request{.query = {.user = rows == nullptr ? user : rows->row_of(agent)},
                         .excluded = {not_recommended.items_of(user)}};
  if (repeats) return request;
  for (const auto* const met : {&picked, &viewed_besides})
    if (!met->empty()) request.excluded.emplace_back((*met)[place_of(agent, *this)]);
  return request;
}

std::vector<ItemId> World::history_of(AgentId agent) const {
  if (train == nullptr) return {};
  const std::span<const ItemId> trained = train->items_of(population.user_of(agent));
  const auto& met = leaves_choice_aside(pick_rule) ? viewed_besides : picked;
  if (met.empty()) return {trained.begin(), trained.end()};
  std::vector<ItemId> all;
  std::ranges::set_union(trained, met[place_of(agent, *this)], std::back_inserter(all));
  return all;
}

}  // namespace throng
