#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"

namespace throng {

/// How concentrated what agents met in one round is, over agents and over items: either everything shown or only what was
/// viewed. Agents without any such item are left out of the means over agents. Sums of sums depend on how sessions were grouped
/// (in their last bits): they are made per partition and merged in the order of partitions.
class Exposure {
 public:
  enum class Of { shown, viewed };

  /// `catalogue` must outlive it.
  Exposure(const Catalogue& catalogue, Of of)
      : catalogue_(&catalogue), of_(of), impressions_(catalogue.size(), 0) {}

  void add(const SessionRecord& session);
  /// Adds what another, of the same catalogue and kind, has summed up.
  void merge(const Exposure& other);

  double top_genre_share()
      const;  ///< mean over agents: share of the agent's items that carry its most frequent genre
  double distinct_genres() const;  ///< mean over agents: number of genres among the agent's items
  double gini() const;             ///< of the items' impressions, items without any included
  double coverage() const;         ///< share of the catalogue with at least one impression

 private:
  double mean(double sum) const;

  const Catalogue* catalogue_;
  Of of_;
  std::vector<std::uint32_t> impressions_;  ///< per item
  std::size_t agents_ = 0;
  double top_genre_share_sum_ = 0;
  double distinct_genres_sum_ = 0;
};

/// A figure of each round, in run.db, reports and studies: all of them go through the table of `round_figures`.
struct RoundFigure {
  std::string_view name;  ///< in run.db after "recommended_" (of what was shown) and "viewed_"
  std::string_view title;
  std::string_view unit;
  std::string_view note;
  std::optional<double> most;  ///< the end of its scale, which begins with 0; none: it has no end
  double (Exposure::*value)() const;
};

/// In the order of the charts.
std::span<const RoundFigure> round_figures();

}  // namespace throng
