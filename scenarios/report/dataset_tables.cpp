#include "scenarios/report/dataset_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "recsys/data/describe.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string rating_histogram(const DatasetDescription& description) {
  const auto& counts = description.rating_histogram;
  const auto greatest = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  if (greatest == 0) return "";
  std::string text = "\n  rating     count\n";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("  {:<6}{:>10}  {}\n", i + 1, counts[i],
                        bar(static_cast<double>(counts[i]), greatest, 40));
  }
  return text;
}

std::string spread_table(const char* what, const char* members, const CountSpread& spread) {
  if (spread.histogram.empty()) return "";
  std::size_t greatest = 0;
  for (const CountBucket& bucket : spread.histogram) greatest = std::max(greatest, bucket.members);
  std::string text = fmt::format("\n  {:<18}{:>10}  (least {}, median {}, mean {:.1f}, most {})\n", what,
                                 members, spread.least, spread.median, spread.mean, spread.greatest);
  for (const CountBucket& bucket : spread.histogram) {
    text += fmt::format("  {:<18}{:>10}  {}\n", bucket_name(bucket), bucket.members,
                        bar(static_cast<double>(bucket.members), static_cast<double>(greatest), 40));
  }
  return text;
}

Json spread_json(const CountSpread& spread) {
  Json histogram = Json::array();
  for (const CountBucket& bucket : spread.histogram)
    histogram.push_back({{"least", bucket.least}, {"most", bucket.most}, {"members", bucket.members}});
  return {{"least", spread.least},
          {"median", spread.median},
          {"mean", spread.mean},
          {"most", spread.greatest},
          {"histogram", std::move(histogram)}};
}

std::string popular_titles(const Dataset& dataset, const DatasetDescription& description) {
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  Table table({"most popular", "interactions"});
  for (const ItemId id : description.most_popular) {
    const Item& item = dataset.catalogue[id];
    table.add_row(
        {printable(item.title.empty() ? item.external_id : item.title), std::to_string(counts[index(id)])});
  }
  return table.text();
}

}  // namespace

std::string bucket_name(const CountBucket& bucket) {
  if (bucket.least == bucket.most) return fmt::to_string(bucket.least);
  return fmt::format("{} to {}", bucket.least, bucket.most);
}

Json dataset_json(const Dataset& dataset) {
  const DatasetDescription description = describe(dataset);
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  Json popular = Json::array();
  for (const ItemId id : description.most_popular) {
    const Item& item = dataset.catalogue[id];
    popular.push_back(
        {{"item_id", item.external_id}, {"title", item.title}, {"interactions", counts[index(id)]}});
  }
  Json ratings = Json::object();
  for (std::size_t i = 0; i < description.rating_histogram.size(); ++i)
    ratings[fmt::to_string(i + 1)] = description.rating_histogram[i];
  return {{"name", dataset.name},
          {"users", description.users},
          {"items", description.items},
          {"interactions", description.interactions},
          {"density", description.density},
          {"popularity_gini", description.popularity_gini},
          {"ratings", dataset.interactions.columns().ratings ? std::move(ratings) : Json()},
          {"items_per_user", spread_json(description.per_user)},
          {"users_per_item", spread_json(description.per_item)},
          {"genres", dataset.catalogue.genre_names},
          {"most_popular", std::move(popular)},
          {"missing", description.missing},
          {"provenance", dataset.provenance}};
}

std::string dataset_tables(const Dataset& dataset) {
  const DatasetDescription description = describe(dataset);
  std::string text = fmt::format(
      "{}\n\n"
      "  users            {}\n"
      "  items            {}\n"
      "  interactions     {}\n"
      "  density          {:.4f} %\n"
      "  popularity Gini  {:.4f}\n",
      printable(dataset.name), description.users, description.items, description.interactions,
      100 * description.density, description.popularity_gini);
  text += rating_histogram(description);
  text += spread_table("items per user", "users", description.per_user);
  text += spread_table("users per item", "items", description.per_item);
  text += "\n" + popular_titles(dataset, description);
  for (const std::string& sentence : description.missing) text += fmt::format("\n  {}", sentence);
  return text + (description.missing.empty() ? "" : "\n");
}

}  // namespace throng
