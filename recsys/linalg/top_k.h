#pragma once

#include <cstddef>
#include <span>

#include "recsys/data/interactions.h"

namespace throng {

/// Writes the best items to `best`, by score, descending, ties by item id, ascending; at most best.size(),
/// fewer if fewer are left. Returns how many. `scores` holds a finite score for every item; those of the
/// items in the `excluded` lists, which are not ranked, are overwritten with minus infinity.
std::size_t top_k(std::span<float> scores, std::span<const std::span<const ItemId>> excluded,
                  std::span<ItemId> best);

}  // namespace throng
