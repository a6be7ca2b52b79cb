#include "agents/exposure.h"

#include <algorithm>
#include <array>
#include <functional>

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

void Exposure::merge(const Exposure& other) {
  std::ranges::transform(impressions_, other.impressions_, impressions_.begin(), std::plus<>());
  agents_ += other.agents_;
  top_genre_share_sum_ += other.top_genre_share_sum_;
  distinct_genres_sum_ += other.distinct_genres_sum_;
}

double Exposure::mean(double sum) const {
  return sum / static_cast<double>(std::max<std::size_t>(1, agents_));
}

double Exposure::top_genre_share() const { return mean(top_genre_share_sum_); }
double Exposure::distinct_genres() const { return mean(distinct_genres_sum_); }
double Exposure::gini() const {
  return throng::gini(std::vector<double>(impressions_.begin(), impressions_.end()));
}
double Exposure::coverage() const {
  const auto reached = std::ranges::count_if(impressions_, [](std::uint32_t count) { return count > 0; });
  return static_cast<double>(reached) / static_cast<double>(std::max<std::size_t>(1, impressions_.size()));
}

std::span<const RoundFigure> round_figures() {
  static constexpr std::array<RoundFigure, 4> figures{{
      {.name = "top_genre_share",
       .title = "Share of the top genre",
       .unit = "share of an agent's items",
       .note = "Of an agent's items, the share that carries its most frequent genre; mean over agents.",
       .most = 1,
       .value = &Exposure::top_genre_share},
      {.name = "distinct_genres",
       .title = "Distinct genres",
       .unit = "genres per agent",
       .note = "How many genres an agent's items have; mean over agents.",
       .most = std::nullopt,
       .value = &Exposure::distinct_genres},
      {.name = "gini",
       .title = "Exposure Gini",
       .unit = "Gini coefficient",
       .note = "0: all items alike; 1: one has it all.",
       .most = 1,
       .value = &Exposure::gini},
      {.name = "coverage",
       .title = "Catalogue coverage",
       .unit = "share of the catalogue",
       .note = "Items that at least one agent met.",
       .most = 1,
       .value = &Exposure::coverage},
  }};
  return figures;
}

}  // namespace throng
