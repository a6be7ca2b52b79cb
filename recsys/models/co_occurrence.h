#pragma once

#include <span>

#include "recsys/linalg/sparse_rows.h"

namespace throng {

/// Who has what, by user and by item.
struct BothWays {
  SparseRows<ItemId> by_user;
  SparseRows<UserId> by_item;
};

inline BothWays both_ways(const Interactions& interactions) {
  return {items_by_user(interactions), users_by_item(interactions)};
}

/// Sets counts[j] to the number of users who have both `item` and j, for every item j. Exact below 2^24 users.
inline void count_together(const BothWays& train, std::size_t item, std::span<float> counts) {
  std::ranges::fill(counts, 0.0F);
  for (const UserId user : train.by_item.row(item)) {
    for (const ItemId other : train.by_user.row(index(user))) counts[index(other)] += 1;
  }
}

}  // namespace throng
