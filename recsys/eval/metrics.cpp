#include "recsys/eval/metrics.h"

#include <algorithm>
#include <cmath>

namespace throng {
namespace {

/// What a hit at a position (from 0) adds to the DCG.
double gain(std::size_t position) { return 1 / std::log2(static_cast<double>(position) + 2); }

}  // namespace

RankingMetrics ranking_metrics(std::span<const ItemId> ranking, std::span<const ItemId> held_out,
                               std::size_t k) {
  std::size_t hits = 0;
  double dcg = 0;
  double reciprocal_rank = 0;
  for (std::size_t position = 0; position < std::min(k, ranking.size()); ++position) {
    if (!std::ranges::binary_search(held_out, ranking[position])) continue;
    if (++hits == 1) reciprocal_rank = 1 / (static_cast<double>(position) + 1);
    dcg += gain(position);
  }
  double ideal = 0;
  for (std::size_t position = 0; position < std::min(k, held_out.size()); ++position) ideal += gain(position);
  const auto found = static_cast<double>(hits);
  return {.recall = found / static_cast<double>(held_out.size()),
          .ndcg = dcg / ideal,
          .hit_rate = hits > 0 ? 1.0 : 0.0,
          .precision = found / static_cast<double>(k),
          .reciprocal_rank = reciprocal_rank};
}

}  // namespace throng
