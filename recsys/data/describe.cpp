#include "recsys/data/describe.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "engine/base/statistics.h"

namespace throng {
namespace {

std::vector<std::string> missing_parts(const Dataset& dataset) {
  const Catalogue& catalogue = dataset.catalogue;
  const bool stated = std::any_of(catalogue.items.begin(), catalogue.items.end(),
                                  [](const Item& item) { return item.mean_rating.has_value(); });
  const auto any_user = [&](auto has) {
    return std::any_of(dataset.users.begin(), dataset.users.end(), has);
  };
  std::vector<std::string> missing;
  const auto add_if = [&](bool absent, const char* sentence) {
    if (absent) missing.emplace_back(sentence);
  };
  const bool ratings = dataset.interactions.columns().ratings;
  add_if(!ratings && stated, "No ratings: the mean ratings that the source states are displayed.");
  add_if(!ratings && !stated, "No ratings: none is displayed.");
  if (!dataset.ratings_are.empty())
    missing.push_back(fmt::format("The ratings are {}, not ratings: prompts tell of none{}.",
                                  dataset.ratings_are,
                                  stated ? " but the means that the dataset states" : ""));
  add_if(!dataset.interactions.columns().times, "No times: only a ratio split or a given one is possible.");
  add_if(dataset.given_split.empty(), "No given split: it is split by ratio, or by time if there are times.");
  add_if(!catalogue.has_titles(), "No titles: items are known by their ids.");
  add_if(!catalogue.has_genres(), "No genres: tastes and diversity cannot be told by genre.");
  add_if(!catalogue.has_summaries(), "No summaries: pages show titles without them.");
  const bool groups = any_user([](const User& user) { return user.trait_groups.has_value(); });
  add_if(!groups, "No trait groups: they are computed from the interactions.");
  add_if(!groups && !ratings, "Without ratings, conformity is neutral (group 2) for everybody.");
  add_if(!groups && !catalogue.has_genres(), "Without genres, diversity is neutral (group 2) for everybody.");
  add_if(!any_user([](const User& user) { return user.persona.has_value(); }),
         "No personas: tastes are derived from the interactions.");
  return missing;
}

}  // namespace

CountSpread spread_of(std::vector<std::uint32_t> counts) {
  if (counts.empty()) return {};
  std::sort(counts.begin(), counts.end());
  const std::size_t n = counts.size();
  CountSpread spread{.least = counts.front(),
                     .median = (static_cast<double>(counts[(n - 1) / 2]) + counts[n / 2]) / 2,
                     .mean = std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(n),
                     .greatest = counts.back()};
  auto from = counts.begin();
  for (std::uint64_t least = 0; least <= spread.greatest; least = std::max<std::uint64_t>(1, 2 * least)) {
    const auto most = static_cast<std::uint32_t>(least == 0 ? 0 : 2 * least - 1);
    const auto to = std::upper_bound(from, counts.end(), most);
    spread.histogram.push_back({.least = static_cast<std::uint32_t>(least),
                                .most = most,
                                .members = static_cast<std::size_t>(to - from)});
    from = to;
  }
  return spread;
}

DatasetDescription describe(const Dataset& dataset) {
  const Interactions& interactions = dataset.interactions;
  DatasetDescription description;
  description.users = dataset.users.size();
  description.items = dataset.catalogue.size();
  description.interactions = interactions.size();
  description.missing = missing_parts(dataset);
  const double cells = static_cast<double>(description.users) * static_cast<double>(description.items);
  description.density = cells > 0 ? static_cast<double>(description.interactions) / cells : 0;
  if (interactions.columns().ratings) {
    for (const Interaction& row : interactions.rows()) {
      ++description
            .rating_histogram[static_cast<std::size_t>(std::clamp(std::lround(row.rating), 1L, 5L)) - 1];
    }
  }
  std::vector<std::uint32_t> user_counts;
  for (std::uint32_t user = 0; user < interactions.num_users(); ++user)
    user_counts.push_back(static_cast<std::uint32_t>(interactions.items_of(UserId(user)).size()));
  description.per_user = spread_of(std::move(user_counts));
  const auto counts = interactions.item_counts();
  description.per_item = spread_of(counts);
  description.popularity_gini = gini({counts.begin(), counts.end()});
  std::vector<std::uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
  order.resize(std::min<std::size_t>(order.size(), 10));
  for (const std::uint32_t item : order) description.most_popular.push_back(ItemId(item));
  return description;
}

}  // namespace throng
