#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "agents/memory.h"
#include "recsys/data/dataset.h"

namespace throng {

/// Which remembered pages come to mind, as ascending indices into `memory.factual()`. A page's claim is the sum of
/// three numbers in [0, 1], as in "Generative Agents" (Park et al., UIST 2023): recency, 0.9 to the power of how many
/// pages are younger; importance, relative to the most important page; relevance, the share of `cue`'s items that have a
/// genre with something viewed on it in common. Pages are taken by claim, younger ones first among equals, while the sum of
/// their costs (tokens, `cost(index)`) stays within `budget`. `cost` is asked for the 64 youngest pages at most.
std::vector<std::size_t> recall(const Memory& memory, const Catalogue& catalogue, std::span<const ItemId> cue,
                                std::int64_t budget, const std::function<std::int64_t(std::size_t)>& cost);

}  // namespace throng
