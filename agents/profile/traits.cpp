#include "agents/profile/traits.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/base/statistics.h"

namespace throng {
namespace {

/// Of every item: the mean of its ratings; 0 without any.
std::vector<double> item_means(const Interactions& interactions) {
  std::vector<double> sums(interactions.num_items(), 0);
  for (const Interaction& row : interactions.rows()) sums[index(row.item)] += static_cast<double>(row.rating);
  const std::vector<std::uint32_t> counts = interactions.item_counts();
  for (std::size_t item = 0; item < sums.size(); ++item) sums[item] /= std::max(1U, counts[item]);
  return sums;
}

double mean_squared_deviation(std::span<const ItemId> items, std::span<const float> ratings,
                              std::span<const double> means) {
  if (ratings.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double deviation = static_cast<double>(ratings[i]) - means[index(items[i])];
    sum += deviation * deviation;
  }
  return sum / static_cast<double>(items.size());
}

double genre_breadth(const Catalogue& catalogue, std::span<const ItemId> items) {
  constexpr double kept_share = 0.8;
  std::vector<std::size_t> counts(catalogue.genre_names.size(), 0);
  for (const ItemId item : items) {
    for (const GenreId genre : catalogue[item].genres) ++counts[index(genre)];
  }
  std::sort(counts.begin(), counts.end(), std::greater<>());
  const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  double cumulative = 0;
  double breadth = 0;
  for (const std::size_t count : counts) {
    cumulative += static_cast<double>(count);
    if (count == 0 || cumulative / total > kept_share) break;
    ++breadth;
  }
  return breadth;
}

/// Turns values into groups by two percentiles.
class Cuts {
 public:
  Cuts(const std::vector<TraitValues>& values, double TraitValues::*trait, const TraitCut& cut)
      : trait_(trait) {
    std::vector<double> all;
    all.reserve(values.size());
    for (const TraitValues& value : values) all.push_back(value.*trait);
    lower_ = percentile(all, cut.lower);
    upper_ = percentile(std::move(all), cut.upper);
  }
  std::uint8_t group(const TraitValues& values) const {
    const double value = values.*trait_;
    if (value < lower_) return 1;
    return value < upper_ ? 2 : 3;
  }

 private:
  double TraitValues::*trait_;
  double lower_ = 0;
  double upper_ = 0;
};

}  // namespace

std::vector<TraitValues> trait_values(const Dataset& dataset) {
  const std::vector<double> means = item_means(dataset.interactions);
  std::vector<TraitValues> values(dataset.users.size());
  for (std::size_t user = 0; user < values.size(); ++user) {
    const auto items = dataset.interactions.items_of(UserId(user));
    const auto ratings = dataset.interactions.ratings_of(UserId(user));
    values[user] = {.activity = static_cast<double>(items.size()),
                    .conformity = mean_squared_deviation(items, ratings, means),
                    .diversity = genre_breadth(dataset.catalogue, items)};
  }
  return values;
}

std::vector<TraitGroups> trait_groups(const Dataset& dataset, const TraitCuts& cuts) {
  const std::vector<TraitValues> values = trait_values(dataset);
  const Cuts activity(values, &TraitValues::activity, cuts.activity);
  const Cuts conformity(values, &TraitValues::conformity, cuts.conformity);
  const Cuts diversity(values, &TraitValues::diversity, cuts.diversity);
  const bool has_ratings = dataset.interactions.columns().ratings;
  const bool has_genres = dataset.catalogue.has_genres();
  constexpr std::uint8_t neutral = 2;

  std::vector<TraitGroups> groups(values.size());
  for (std::size_t user = 0; user < groups.size(); ++user) {
    const TraitGroups computed{.activity = activity.group(values[user]),
                               .conformity = has_ratings ? conformity.group(values[user]) : neutral,
                               .diversity = has_genres ? diversity.group(values[user]) : neutral};
    groups[user] = dataset.users[user].trait_groups.value_or(computed);
  }
  return groups;
}

}  // namespace throng
