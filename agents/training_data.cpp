#include "agents/training_data.h"

#include <algorithm>
#include <iterator>

#include "agents/metrics.h"

namespace throng {
namespace {

constexpr Purpose kPicked{"training/picked"};

/// The items of the pages that count which `add(page, items)` adds, ascending, each once.
template <class Add>
std::vector<ItemId> items_of_pages(const SessionRecord& session, const Add& add) {
  std::vector<ItemId> items;
  for (const PageRecord& page : session.pages) {
    if (!page.degraded()) add(page, items);
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

template <class Is>
std::vector<ItemId> shown_items(const SessionRecord& session, const Is& is_wanted) {
  return items_of_pages(session, [&](const PageRecord& page, std::vector<ItemId>& items) {
    for (const Impression& shown : page.impressions) {
      if (is_wanted(shown)) items.push_back(shown.item);
    }
  });
}

template <class Is>
std::vector<ItemId> items_with(const SessionRecord& session, const Is& is_wanted) {
  return items_of_pages(session, [&](const PageRecord& page, std::vector<ItemId>& items) {
    for (const Action& action : page.actions) {
      if (is_wanted(action)) items.push_back(page.item_of(action));
    }
  });
}

/// `count` of them, at most as many as there are.
std::vector<ItemId> drawn(const std::vector<ItemId>& items, std::size_t count, const DrawAddress& at,
                          const Draws& draws) {
  std::vector<std::uint32_t> order(items.size());
  draws.permutation(order, kPicked, at);
  std::vector<ItemId> some;
  for (std::size_t i = 0; i < count; ++i) some.push_back(items[order[i]]);
  std::ranges::sort(some);
  return some;
}

void add_row(std::vector<Interaction>& rows, UserId row, std::span<const ItemId> items) {
  for (const ItemId item : items) rows.push_back({.user = row, .item = item});
}

}  // namespace

std::vector<ItemId> picked_items(const SessionRecord& session, PickRule rule, const Draws& draws) {
  if (rule == PickRule::aligned)
    return shown_items(session, [](const Impression& shown) { return shown.aligned; });
  if (rule == PickRule::liked) return items_with(session, is_like);
  std::vector<ItemId> viewed =
      items_with(session, [](const Action& action) { return action.kind == ActionKind::view; });
  if (rule == PickRule::viewed) return viewed;
  const std::vector<ItemId> shown = shown_items(session, [](const Impression&) { return true; });
  if (rule == PickRule::random) {
    const DrawAddress at{.agent = static_cast<std::uint32_t>(session.agent), .round = session.round};
    return drawn(shown, viewed.size(), at, draws);
  }
  std::vector<ItemId> unviewed;
  std::ranges::set_difference(shown, viewed, std::back_inserter(unviewed));
  return unviewed;
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

Interactions TrainingData::picks_of_users(std::span<const std::vector<ItemId>> picked) const {
  std::vector<Interaction> rows;
  for (std::uint32_t n = 0; n < picked.size(); ++n) {
    if (population_.is_user(AgentId(n))) add_row(rows, population_.user_of(AgentId(n)), picked[n]);
  }
  return {train_.num_users(), train_.num_items(), std::move(rows), {}};
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
  const Interactions picks = picks_of_users(picked);
  for (std::size_t user = 0; user < held_out.num_users(); ++user) {
    for (const ItemId item : held_out.items_of(UserId(user))) {
      if (!picks.contains(UserId(user), item)) rows.push_back({.user = UserId(user), .item = item});
    }
  }
  return {num_rows(), held_out.num_items(), std::move(rows), {}};
}

}  // namespace throng
