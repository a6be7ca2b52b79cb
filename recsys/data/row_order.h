#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/interactions.h"

namespace throng {

/// The positions of `rows` in the order of (user, item), equal pairs by position. User ids are below `users`;
/// at most 2^32 rows.
std::vector<std::uint32_t> order_of_rows(std::span<const Interaction> rows, std::size_t users);

/// Those positions, ascending, whose (user, item) pair also occurs at an earlier position.
std::vector<std::uint32_t> repeated_rows(std::span<const Interaction> rows,
                                         std::span<const std::uint32_t> order);

}  // namespace throng
