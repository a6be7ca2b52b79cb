#include "scenarios/validation/taste_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "engine/base/parallel.h"
#include "recsys/linalg/score_block.h"

namespace throng {
namespace {

/// What standardises scores that are not those of `known` (ascending).
struct Scale {
  Scale(std::span<const float> scores, std::span<const ItemId> known) {
    double count = 0;
    double squares = 0;
    for (std::size_t item = 0; item < scores.size(); ++item) {
      if (std::ranges::binary_search(known, ItemId(item))) continue;
      const auto score = static_cast<double>(scores[item]);
      ++count;
      const double before =
          mean;  // Welford's running sums: a difference of great squares would lose small deviations
      mean += (score - mean) / count;
      squares += (score - before) * (score - mean);
    }
    if (count > 0) deviation = std::sqrt(squares / count);
  }
  double standardised(float score) const {
    return deviation > 0 ? (static_cast<double>(score) - mean) / deviation : 0;
  }

  double mean = 0;
  double deviation = 0;
};

}  // namespace

PageScores popularity_scores(const TrainingWorld& world, std::span<const TastePage> pages) {
  const std::vector<std::uint32_t> counts = world.split().train.item_counts();
  PageScores scores;
  for (const TastePage& page : pages) {
    std::vector<double>& of_page = scores.emplace_back();
    for (const ItemId item : page.items) of_page.push_back(counts[index(item)]);
  }
  return scores;
}

PageScores standardised_scores(const ScoringRecommender& model, const TrainingWorld& world,
                               std::span<const TastePage> pages) {
  constexpr std::size_t block = ScoreBlock::kQueries;
  PageScores scores(pages.size());
  parallel_for(num_chunks(pages.size(), block), [&](std::size_t chunk) {
    const std::size_t first = chunk * block;
    const std::size_t count = std::min(block, pages.size() - first);
    std::array<Query, block> queries;
    for (std::size_t n = 0; n < count; ++n)
      queries[n].user = world.population().user_of(pages[first + n].agent);
    ScoreBlock of_all(world.catalogue().size());
    model.score({queries.data(), count}, of_all);
    for (std::size_t n = 0; n < count; ++n) {
      const std::span<const float> of_user = std::as_const(of_all).of(n);
      const Scale scale(of_user, world.split().train.items_of(*queries[n].user));
      for (const ItemId item : pages[first + n].items)
        scores[first + n].push_back(scale.standardised(of_user[index(item)]));
    }
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
