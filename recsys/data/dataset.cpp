#include "recsys/data/dataset.h"

#include <algorithm>

namespace throng {

bool Catalogue::has_titles() const {
  return std::any_of(items.begin(), items.end(), [](const Item& item) { return !item.title.empty(); });
}

bool Catalogue::has_summaries() const {
  return std::any_of(items.begin(), items.end(), [](const Item& item) { return !item.summary.empty(); });
}

std::vector<float> Dataset::mean_ratings() const {
  std::vector<double> sums(catalogue.size(), 0);
  double total = 0;
  const auto counts = interactions.item_counts();
  if (interactions.columns().ratings) {
    for (const Interaction& row : interactions.rows()) {
      sums[index(row.item)] += row.rating;
      total += row.rating;
    }
  }
  const bool rated = interactions.columns().ratings && interactions.size() > 0;
  const double fallback = rated ? total / static_cast<double>(interactions.size()) : 3.0;
  std::vector<float> means(catalogue.size());
  for (std::size_t item = 0; item < means.size(); ++item) {
    const double mean = rated && counts[item] > 0 ? sums[item] / counts[item] : fallback;
    const double shown = catalogue.items[item].mean_rating.value_or(static_cast<float>(mean));
    means[item] = static_cast<float>(std::clamp(shown, 1.0, 5.0));
  }
  return means;
}

}  // namespace throng
