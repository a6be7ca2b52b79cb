#pragma once

#include <cstdint>
#include <vector>

#include "recsys/data/interactions.h"

namespace throng::testing {

/// Interactions from a list of items per user, without ratings and times.
inline Interactions interactions_of(std::size_t items, const std::vector<std::vector<std::uint32_t>>& users) {
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < users.size(); ++user) {
    for (const std::uint32_t item : users[user]) rows.push_back({.user = UserId{user}, .item = ItemId{item}});
  }
  return {users.size(), items, std::move(rows), {}};
}

/// Everyone has three fifths of the items of their own parity: user u and item i of the same parity
/// interact if (i / 2 + 3 (u / 2)) mod 5 is below 3.
inline Interactions checkerboard(std::uint32_t users, std::uint32_t items) {
  std::vector<std::vector<std::uint32_t>> rows(users);
  for (std::uint32_t user = 0; user < users; ++user) {
    for (std::uint32_t item = user % 2; item < items; item += 2) {
      if ((item / 2 + 3 * (user / 2)) % 5 < 3) rows[user].push_back(item);
    }
  }
  return interactions_of(items, rows);
}

}  // namespace throng::testing
