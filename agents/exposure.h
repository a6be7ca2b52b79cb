#pragma once

#include <cstdint>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"

namespace throng {

/// How concentrated a set of impressions is, over agents and over items.
struct ExposureMetrics {
  double top_genre_share =
      0;  ///< mean over agents: share of the agent's items that carry its most frequent genre
  double distinct_genres = 0;  ///< mean over agents: number of genres among the agent's items
  double gini = 0;             ///< Gini coefficient of the items' impressions, items without any included
  double coverage = 0;         ///< share of the catalogue with at least one impression
};

/// Sums up sessions of one round: either everything shown or only what was viewed. Agents without any such
/// item are left out of the means over agents.
class Exposure {
 public:
  enum class Of { shown, viewed };

  /// `catalogue` must outlive it.
  Exposure(const Catalogue& catalogue, Of of)
      : catalogue_(&catalogue), of_(of), impressions_(catalogue.size(), 0) {}

  void add(const SessionRecord& session);
  ExposureMetrics metrics() const;

 private:
  const Catalogue* catalogue_;
  Of of_;
  std::vector<std::uint32_t> impressions_;  ///< per item
  std::size_t agents_ = 0;
  double top_genre_share_sum_ = 0;
  double distinct_genres_sum_ = 0;
};

}  // namespace throng
