#include "scenarios/validation/taste_scores.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "engine/base/parallel.h"

namespace throng {
PageScores popularity_scores(const TrainingWorld& world, std::span<const TastePage> pages) {
  const std::vector<std::uint32_t> counts = world.split().train.item_counts();
  PageScores scores;
  for (const TastePage& page : pages) {
    std::vector<double>& of_page = scores.emplace_back();
    for (const ItemId item : page.items) of_page.push_back(counts[index(item)]);
  }
  return scores;
}

PageScores affinity_scores(const Affinity& affinity, const TrainingWorld& world,
                           std::span<const TastePage> pages) {
  PageScores scores(pages.size());
  parallel_for(pages.size(), [&](std::size_t n) {
    const TastePage& page = pages[n];
    scores[n].resize(page.items.size());
    affinity.of(page.agent, world.population().profile(page.agent), page.items, scores[n]);
  });
  return scores;
}

double best_threshold(std::span<const TastePage> pages, const PageScores& scores) {
  std::vector<std::pair<double, bool>> cases;
  for (std::size_t n = 0; n < pages.size(); ++n) {
    for (std::size_t i = 0; i < scores[n].size(); ++i) cases.emplace_back(scores[n][i], pages[n].held_out[i]);
  }
  std::ranges::sort(cases, std::greater());
  constexpr double infinite = std::numeric_limits<double>::infinity();
  double best = infinite;
  std::ptrdiff_t gain = 0;  // right answers more than if all were no
  std::ptrdiff_t most = 0;
  for (std::size_t n = 0; n < cases.size(); ++n) {
    gain += cases[n].second ? 1 : -1;
    const bool is_last = n + 1 == cases.size();
    if (!is_last && cases[n + 1].first == cases[n].first) continue;
    if (gain <= most) continue;
    most = gain;
    best = is_last ? -infinite : (cases[n].first + cases[n + 1].first) / 2;
  }
  return best;
}

}  // namespace throng
