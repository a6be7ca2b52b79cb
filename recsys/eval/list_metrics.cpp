#include "recsys/eval/list_metrics.h"

#include <algorithm>

#include "recsys/data/describe.h"

namespace throng {
namespace {

double jaccard_distance(const std::vector<GenreId>& a, const std::vector<GenreId>& b) {
  const auto shared = static_cast<double>(
      std::ranges::count_if(a, [&](GenreId genre) { return std::ranges::find(b, genre) != b.end(); }));
  return 1 - shared / (static_cast<double>(a.size() + b.size()) - shared);
}

}  // namespace

std::optional<double> genre_distance(std::span<const ItemId> ranking, const Catalogue& catalogue) {
  std::vector<const std::vector<GenreId>*> genres;
  for (const ItemId item : ranking) {
    if (!catalogue[item].genres.empty()) genres.push_back(&catalogue[item].genres);
  }
  if (genres.size() < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t a = 0; a < genres.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) sum += jaccard_distance(*genres[a], *genres[b]);
  }
  return sum / (static_cast<double>(genres.size() * (genres.size() - 1)) / 2);
}

ListMetrics list_metrics(std::span<const std::span<const ItemId>> rankings,
                         std::span<const std::uint32_t> popularity, const Catalogue& catalogue) {
  std::vector<double> times_ranked(popularity.size(), 0);
  double places = 0;
  double popularity_sum = 0;
  double distance_sum = 0;
  double with_distance = 0;
  for (const std::span<const ItemId> ranking : rankings) {
    for (const ItemId item : ranking) {
      ++times_ranked[index(item)];
      popularity_sum += popularity[index(item)];
    }
    places += static_cast<double>(ranking.size());
    const std::optional<double> distance = genre_distance(ranking, catalogue);
    distance_sum += distance.value_or(0);
    with_distance += distance ? 1 : 0;
  }
  if (places == 0) return {};
  const auto ranked = std::ranges::count_if(times_ranked, [](double times) { return times > 0; });
  ListMetrics metrics{.coverage = static_cast<double>(ranked) / static_cast<double>(popularity.size()),
                      .gini = gini(times_ranked),
                      .mean_popularity = popularity_sum / places};
  if (with_distance > 0) metrics.genre_distance = distance_sum / with_distance;
  return metrics;
}

}  // namespace throng
