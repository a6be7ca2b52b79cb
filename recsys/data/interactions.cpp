#include "recsys/data/interactions.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace throng {

Interactions::Interactions(std::size_t users, std::size_t items, std::vector<Interaction> rows,
                           InteractionColumns columns)
    : num_items_(items), columns_(columns), offsets_(users + 1, 0) {
  const auto key = [](const Interaction& row) { return std::tuple(row.user, row.item); };
  const auto before = [&](const Interaction& a, const Interaction& b) { return key(a) < key(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), before)) std::sort(rows.begin(), rows.end(), before);
  items_.reserve(rows.size());
  if (columns.ratings) ratings_.reserve(rows.size());
  if (columns.times) times_.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Interaction& row = rows[i];
    if (index(row.user) >= users || index(row.item) >= items || (i > 0 && key(rows[i - 1]) == key(row))) {
      throw std::invalid_argument(fmt::format("interaction (user {}, item {}) is out of range or a duplicate",
                                              index(row.user), index(row.item)));
    }
    ++offsets_[index(row.user) + 1];
    items_.push_back(row.item);
    if (columns.ratings) ratings_.push_back(row.rating);
    if (columns.times) times_.push_back(row.time);
  }
  for (std::size_t user = 0; user < users; ++user) offsets_[user + 1] += offsets_[user];
}

Interactions::Interactions(std::size_t num_items, std::vector<std::size_t> offsets, std::vector<ItemId> items)
    : num_items_(num_items), offsets_(std::move(offsets)), items_(std::move(items)) {
  if (offsets_.empty() || offsets_.front() != 0 || offsets_.back() != items_.size() ||
      !std::is_sorted(offsets_.begin(), offsets_.end())) {
    throw std::invalid_argument("the offsets of interactions do not fit the items");
  }
  for (std::size_t user = 0; user < num_users(); ++user) {
    const auto own = items_of(UserId(static_cast<std::uint32_t>(user)));
    const bool ascends = std::adjacent_find(own.begin(), own.end(), std::greater_equal{}) == own.end();
    if (!ascends || (!own.empty() && index(own.back()) >= num_items)) {
      throw std::invalid_argument(
          fmt::format("the items of user {} do not ascend below {}", user, num_items));
    }
  }
}

bool Interactions::contains(UserId user, ItemId item) const {
  const auto items = items_of(user);
  return std::binary_search(items.begin(), items.end(), item);
}

std::vector<Interaction> Interactions::rows() const {
  std::vector<Interaction> rows;
  rows.reserve(size());
  for (std::size_t user = 0; user < num_users(); ++user) {
    for (std::size_t i = offsets_[user]; i < offsets_[user + 1]; ++i) {
      rows.push_back({.user = UserId(user),
                      .item = items_[i],
                      .rating = columns_.ratings ? ratings_[i] : 0,
                      .time = columns_.times ? times_[i] : 0});
    }
  }
  return rows;
}

std::vector<std::uint32_t> Interactions::item_counts() const {
  std::vector<std::uint32_t> counts(num_items_, 0);
  for (const ItemId item : items_) ++counts[index(item)];
  return counts;
}

std::vector<UserId> users_with_items(const Interactions& interactions) {
  std::vector<UserId> users;
  for (std::uint32_t user = 0; user < interactions.num_users(); ++user) {
    if (!interactions.items_of(UserId{user}).empty()) users.push_back(UserId{user});
  }
  return users;
}

std::vector<std::uint32_t> order_of_rows(std::span<const Interaction> rows, std::size_t users) {
  std::vector<std::size_t> next(users + 1, 0);  // where the user's next row goes
  for (const Interaction& row : rows) ++next[index(row.user) + 1];
  for (std::size_t user = 0; user < users; ++user) next[user + 1] += next[user];
  std::vector<std::uint64_t> keys(rows.size());  // item, then position
  for (std::size_t i = 0; i < rows.size(); ++i) {
    keys[next[index(rows[i].user)]++] = static_cast<std::uint64_t>(rows[i].item) << 32U | i;
  }
  std::size_t begin = 0;  // next[user] is now where the user's rows end
  for (std::size_t user = 0; user < users; begin = next[user++]) {
    std::sort(keys.begin() + static_cast<std::ptrdiff_t>(begin),
              keys.begin() + static_cast<std::ptrdiff_t>(next[user]));
  }
  std::vector<std::uint32_t> order(rows.size());
  std::transform(keys.begin(), keys.end(), order.begin(),
                 [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
  return order;
}

std::vector<std::uint32_t> repeated_rows(std::span<const Interaction> rows,
                                         std::span<const std::uint32_t> order) {
  std::vector<std::uint32_t> repeated;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Interaction& row = rows[order[i]];
    const Interaction& before = rows[order[i - 1]];
    if (row.user == before.user && row.item == before.item) repeated.push_back(order[i]);
  }
  std::sort(repeated.begin(), repeated.end());
  return repeated;
}

}  // namespace throng
