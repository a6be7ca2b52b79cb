#pragma once

#include <cstddef>
#include <span>

#include "recsys/data/ids.h"

namespace throng {

/// How well one ranking finds a user's held-out items, each value in 0 .. 1.
struct RankingMetrics {
  double recall = 0;
  double ndcg = 0;
  double hit_rate = 0;
  double precision = 0;
  double reciprocal_rank = 0;
};

/// The first k of `ranking` (best first, no item twice) against `held_out` (ascending, not empty); k > 0.
/// With "hits" the number of held-out items among the first k:
///   recall    = hits / held_out.size()
///   ndcg      = DCG / IDCG, DCG = sum over hits at position p (from 1) of 1 / log2(p + 1), IDCG = the DCG of
///               min(k, held_out.size()) hits at the top
///   hit_rate  = 1 if there is a hit, else 0
///   precision = hits / k, however short the ranking is
///   reciprocal_rank = 1 / position of the first hit, 0 without (its mean over users is the MRR)
RankingMetrics ranking_metrics(std::span<const ItemId> ranking, std::span<const ItemId> held_out,
                               std::size_t k);

}  // namespace throng
