#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/random.h"
#include "recsys/linalg/factor_matrix.h"
#include "recsys/models/bpr.h"

namespace throng {

inline std::vector<ItemId> ids(const std::vector<std::uint32_t>& numbers) {
  std::vector<ItemId> items;
  for (const std::uint32_t number : numbers) items.push_back(ItemId{number});
  return items;
}

/// Standard normal numbers, the same for the same name.
inline FactorMatrix random_matrix(std::size_t rows, std::size_t factors, std::string_view name) {
  FactorMatrix matrix(rows, factors);
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t f = 0; f < factors; ++f) {
      matrix.row(row)[f] = static_cast<float>(Draws(1).normal(Purpose(name), {.agent = row, .item = f}));
    }
  }
  return matrix;
}

inline BprSample sample(std::uint32_t user, std::uint32_t positive, std::uint32_t negative) {
  return {.user = UserId{user}, .positive = ItemId{positive}, .negative = ItemId{negative}};
}

}  // namespace throng
