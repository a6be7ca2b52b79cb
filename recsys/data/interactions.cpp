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

}  // namespace throng
