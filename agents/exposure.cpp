#include "agents/exposure.h"

#include <algorithm>

#include "engine/base/statistics.h"

namespace throng {

void Exposure::add(const SessionRecord& session) {
  std::vector<std::uint32_t> genre_counts(catalogue_->genre_names.size(), 0);
  std::uint32_t items = 0;
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    for (const Impression& shown : page.impressions) {
      if (of_ == Of::viewed && !shown.viewed) continue;
      ++items;
      ++impressions_[index(shown.item)];
      for (const GenreId genre : (*catalogue_)[shown.item].genres) ++genre_counts[index(genre)];
    }
  }
  if (items == 0) return;
  ++agents_;
  const auto greatest = std::max_element(genre_counts.begin(), genre_counts.end());
  if (greatest != genre_counts.end()) top_genre_share_sum_ += static_cast<double>(*greatest) / items;
  distinct_genres_sum_ += static_cast<double>(
      std::count_if(genre_counts.begin(), genre_counts.end(), [](std::uint32_t count) { return count > 0; }));
}

ExposureMetrics Exposure::metrics() const {
  const double agents = static_cast<double>(std::max<std::size_t>(1, agents_));
  const auto reached =
      std::count_if(impressions_.begin(), impressions_.end(), [](std::uint32_t count) { return count > 0; });
  return {.top_genre_share = top_genre_share_sum_ / agents,
          .distinct_genres = distinct_genres_sum_ / agents,
          .gini = gini(std::vector<double>(impressions_.begin(), impressions_.end())),
          .coverage = static_cast<double>(reached) /
                      static_cast<double>(std::max<std::size_t>(1, impressions_.size()))};
}

}  // namespace throng
