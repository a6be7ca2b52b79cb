#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// What a set of rankings is like beyond accuracy.
struct ListMetrics {
  double coverage = 0;  ///< share of the catalogue that is in at least one ranking
  double gini = 0;      ///< Gini coefficient of how often each item is ranked, items never ranked included
  double mean_popularity = 0;  ///< mean over all places of the item's number of training interactions
  std::optional<double> genre_distance{};  ///< see `genre_distance`; none if no ranking has one
};

/// `popularity`: by item. Zeros if there are no rankings.
ListMetrics list_metrics(std::span<const std::span<const ItemId>> rankings,
                         std::span<const std::uint32_t> popularity, const Catalogue& catalogue);

/// Intra-list distance (Ziegler et al., WWW 2005): the mean over all pairs of the ranking's items that have
/// genres of the Jaccard distance of these, 1 - shared genres / genres of either. None for fewer than two such
/// items. `genres` of an item are ascending.
std::optional<double> genre_distance(std::span<const ItemId> ranking, const Catalogue& catalogue);

}  // namespace throng
