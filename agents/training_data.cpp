#include "agents/training_data.h"

#include <algorithm>

#include "agents/metrics.h"

namespace throng {
namespace {

void add_picked(const PageRecord& page, PickRule rule, std::vector<ItemId>& items) {
  if (rule == PickRule::aligned) {
    for (const Impression& shown : page.impressions) {
      if (shown.aligned) items.push_back(shown.item);
    }
    return;
  }
  for (const Action& action : page.actions) {
    const bool is_picked = rule == PickRule::liked ? is_like(action) : action.kind == ActionKind::view;
    if (is_picked) items.push_back(page.item_of(action));
  }
}

void add_row(std::vector<Interaction>& rows, UserId row, std::span<const ItemId> items) {
  for (const ItemId item : items) rows.push_back({.user = row, .item = item});
}

}  // namespace

std::vector<ItemId> picked_items(const SessionRecord& session, PickRule rule) {
  std::vector<ItemId> items;
  for (const PageRecord& page : session.pages) {
    if (!page.degraded()) add_picked(page, rule, items);
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

UserId TrainingData::row_of(AgentId agent) const {
  // Agents that are no users follow them, in agent order.
  if (population_.is_user(agent)) return population_.user_of(agent);
  return UserId(train_.num_users() + index(agent) - population_.first_of_its_own());
}

std::size_t TrainingData::num_rows() const {
  const std::size_t first = population_.first_of_its_own();
  return train_.num_users() + std::max<std::size_t>(population_.size(), first) - first;
}

Interactions TrainingData::with_picks(std::span<const std::vector<ItemId>> picked) const {
  std::vector<Interaction> rows;
  for (std::size_t user = 0; user < train_.num_users(); ++user) {
    add_row(rows, UserId(user), train_.items_of(UserId(user)));
  }
  for (std::uint32_t n = 0; n < population_.size(); ++n) {
    const AgentId agent{n};
    if (!population_.is_user(agent))
      add_row(rows, row_of(agent), train_.items_of(population_.user_of(agent)));
    add_row(rows, row_of(agent), picked[n]);
  }
  return {num_rows(), train_.num_items(), std::move(rows), {}};
}

Interactions TrainingData::held_out(const Interactions& held_out,
                                    std::span<const std::vector<ItemId>> picked) const {
  std::vector<Interaction> rows;
  std::vector<const std::vector<ItemId>*> picked_of(held_out.num_users(), nullptr);
  for (std::uint32_t n = 0; n < picked.size(); ++n) {
    if (population_.is_user(AgentId(n))) picked_of[index(population_.user_of(AgentId(n)))] = &picked[n];
  }
  for (std::size_t user = 0; user < held_out.num_users(); ++user) {
    for (const ItemId item : held_out.items_of(UserId(user))) {
      const bool is_picked = picked_of[user] != nullptr && std::ranges::binary_search(*picked_of[user], item);
      if (!is_picked) rows.push_back({.user = UserId(user), .item = item});
    }
  }
  return {num_rows(), held_out.num_items(), std::move(rows), {}};
}

}  // namespace throng
