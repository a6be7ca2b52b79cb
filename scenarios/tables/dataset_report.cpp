#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "recsys/data/describe.h"
#include "scenarios/report/page.h"
#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

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

Json bars(const char* title, const char* unit, const char* x_title, Json labels, Json values) {
  return bar_chart_json(title, unit, x_title, std::move(labels),
                        Json::array({{{"name", unit}, {"values", std::move(values)}}}));
}

Json facts(const Dataset& dataset, const DatasetDescription& description) {
  Json facts = Json::array();
  const auto fact = [&](const char* name, std::string value) {
    facts.push_back({{"name", name}, {"value", std::move(value)}});
  };
  fact("users", grouped(description.users));
  fact("items", fmt::format("{} {}", grouped(description.items), plural_of(dataset.item_name)));
  fact("interactions", grouped(description.interactions));
  fact("density", fmt::format("{:.4f} %", 100 * description.density));
  fact("popularity Gini", fmt::format("{:.4f}", description.popularity_gini));
  return facts;
}

Json spread_chart(const char* title, const char* members, const char* x_title, const CountSpread& spread) {
  Json labels = Json::array();
  Json values = Json::array();
  for (const CountBucket& bucket : spread.histogram) {
    labels.push_back(bucket_name(bucket));
    values.push_back(bucket.members);
  }
  Json chart = bars(title, members, x_title, std::move(labels), std::move(values));
  chart["note"] = fmt::format("Least {}, median {}, mean {:.1f}, most {}.", spread.least, spread.median,
                              spread.mean, spread.greatest);
  return chart;
}

/// The share of all interactions that the most popular items have; a straight line if all were equally popular.
Json popularity_chart(const Dataset& dataset) {
  constexpr std::size_t steps = 50;
  std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  std::sort(counts.begin(), counts.end(), std::greater{});
  std::vector<std::size_t> sums(counts.size() + 1, 0);
  std::partial_sum(counts.begin(), counts.end(), sums.begin() + 1, std::plus<std::size_t>());
  Json points = Json::array();
  for (std::size_t step = 0; step <= steps; ++step) {
    const std::size_t items = step * counts.size() / steps;
    points.push_back({{"x", percent(items, counts.size())}, {"mean", percent(sums[items], sums.back())}});
  }
  return {{"kind", "curves"},
          {"title", "Popularity"},
          {"unit", "percent of the interactions"},
          {"x_title", "percent of the items, most popular first"},
          {"range", {0, 100}},
          {"series", Json::array({{{"name", "interactions"}, {"points", std::move(points)}}})}};
}

Json ratings_chart(const DatasetDescription& description) {
  return bars("Ratings", "interactions", "rating", {"1", "2", "3", "4", "5"}, description.rating_histogram);
}

/// Interactions by year or, if there are less than three years, by month.
Json times_chart(const Dataset& dataset) {
  using std::chrono::sys_seconds, std::chrono::seconds, std::chrono::floor, std::chrono::days;
  std::map<std::pair<int, unsigned>, std::size_t> months;
  constexpr std::int64_t end_of_9999 = 253'402'300'799;
  for (const Interaction& row : dataset.interactions.rows()) {
    const seconds time(std::clamp(row.time, -end_of_9999, end_of_9999));
    const std::chrono::year_month_day date(floor<days>(sys_seconds(time)));
    ++months[{static_cast<int>(date.year()), static_cast<unsigned>(date.month())}];
  }
  const bool by_year = months.rbegin()->first.first - months.begin()->first.first >= 3;
  std::map<std::string, std::size_t> counts;
  for (const auto& [month, count] : months) {
    counts[by_year ? fmt::format("{:04}", month.first)
                   : fmt::format("{:04}-{:02}", month.first, month.second)] += count;
  }
  Json labels = Json::array();
  Json values = Json::array();
  for (const auto& [label, count] : counts) {
    labels.push_back(label);
    values.push_back(count);
  }
  return bars("Over time", "interactions", by_year ? "year" : "month", std::move(labels), std::move(values));
}

/// Genres by items; an item may have several.
Json genres_chart(const Dataset& dataset) {
  const Catalogue& catalogue = dataset.catalogue;
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  std::vector<std::size_t> items(catalogue.genre_names.size(), 0);
  std::vector<std::size_t> interactions(items.size(), 0);
  for (std::size_t item = 0; item < catalogue.size(); ++item) {
    for (const GenreId genre : catalogue.items[item].genres) {
      ++items[index(genre)];
      interactions[index(genre)] += counts[item];
    }
  }
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return items[a] > items[b]; });
  Json labels = Json::array();
  Json of_items = Json::array();
  Json of_interactions = Json::array();
  for (const std::size_t genre : order) {
    labels.push_back(catalogue.genre_names[genre]);
    of_items.push_back(percent(items[genre], catalogue.size()));
    of_interactions.push_back(percent(interactions[genre], dataset.interactions.size()));
  }
  Json chart = bar_chart_json("Genres", "percent", "", std::move(labels),
                              {{{"name", "of the items"}, {"values", std::move(of_items)}},
                               {{"name", "of the interactions"}, {"values", std::move(of_interactions)}}});
  chart["direction"] = "down";
  return chart;
}

Json popular_chart(const Dataset& dataset, const DatasetDescription& description) {
  const std::vector<std::uint32_t> counts = dataset.interactions.item_counts();
  Json labels = Json::array();
  Json values = Json::array();
  for (const ItemId id : description.most_popular) {
    const Item& item = dataset.catalogue[id];
    labels.push_back(item.title.empty() ? item.external_id : item.title);
    values.push_back(counts[index(id)]);
  }
  Json chart = bars("Most popular", "interactions", "", std::move(labels), std::move(values));
  chart["direction"] = "down";
  return chart;
}

/// A text or number of what may be any JSON.
Json cell(const Json& object, const char* key) {
  const Json value = object.is_object() && object.contains(key) ? object[key] : Json("");
  return value.is_string() || value.is_number() ? value : Json(value.dump());
}

/// What was imported; nothing if that is not known.
Json source_section(const Json& provenance) {
  Json section = section_json("Where it comes from", "", Json::array());
  Json rows = Json::array();
  for (const auto& [key, value] : provenance.items()) {
    if (key != "files") rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  section["tables"] = Json::array({{{"columns", {"import", ""}}, {"rows", std::move(rows)}}});
  const auto listed = provenance.find("files");
  if (listed == provenance.end() || !listed->is_array()) return section;
  Json files = Json::array();
  for (const Json& file : *listed)
    files.push_back({cell(file, "name"), cell(file, "bytes"), cell(file, "xxh128")});
  section["tables"].push_back({{"columns", {"file", "bytes", "XXH128"}}, {"rows", std::move(files)}});
  return section;
}

}  // namespace

std::string bucket_name(const CountBucket& bucket) {
  if (bucket.least == bucket.most) return fmt::to_string(bucket.least);
  return fmt::format("{} to {}", bucket.least, bucket.most);
}

Json dataset_json(const Dataset& dataset, const TraitCuts& cuts) {
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
          {"item_name", dataset.item_name},
          {"users", description.users},
          {"items", description.items},
          {"interactions", description.interactions},
          {"density", description.density},
          {"popularity_gini", description.popularity_gini},
          {"ratings", dataset.interactions.columns().ratings ? std::move(ratings) : Json()},
          {"items_per_user", spread_json(description.per_user)},
          {"users_per_item", spread_json(description.per_item)},
          {"traits", traits_json(dataset, cuts)},
          {"user_attributes", dataset.user_attributes},
          {"genres", dataset.catalogue.genre_names},
          {"most_popular", std::move(popular)},
          {"missing", description.missing},
          {"provenance", dataset.provenance}};
}

std::string dataset_tables(const Dataset& dataset, const TraitCuts& cuts) {
  const DatasetDescription description = describe(dataset);
  std::string text = fmt::format(
      "{}\n\n"
      "  users            {}\n"
      "  items            {} {}\n"
      "  interactions     {}\n"
      "  density          {:.4f} %\n"
      "  popularity Gini  {:.4f}\n",
      printable(dataset.name), description.users, description.items, plural_of(dataset.item_name),
      description.interactions, 100 * description.density, description.popularity_gini);
  text += rating_histogram(description);
  text += spread_table("items per user", "users", description.per_user);
  text += spread_table("users per item", "items", description.per_item);
  text += "\n" + traits_text(dataset, cuts);
  text += "\n" + popular_titles(dataset, description);
  for (const std::string& sentence : description.missing) text += fmt::format("\n  {}", sentence);
  return text + (description.missing.empty() ? "" : "\n");
}

Json dataset_page(const Dataset& dataset, const TraitCuts& cuts) {
  const DatasetDescription description = describe(dataset);
  Json content{popular_chart(dataset, description)};
  if (dataset.catalogue.has_genres()) content.push_back(genres_chart(dataset));
  Json spreads{spread_chart("Items per user", "users", "items", description.per_user),
               spread_chart("Users per item", "items", "users", description.per_item),
               popularity_chart(dataset)};
  if (dataset.interactions.columns().ratings) spreads.push_back(ratings_chart(description));
  if (dataset.interactions.columns().times && dataset.interactions.size() > 0)
    spreads.push_back(times_chart(dataset));
  Json missing = Json::array();
  for (const std::string& sentence : description.missing) missing.push_back(Json::array({sentence}));
  Json sections{section_json("Interactions", "", std::move(spreads)),
                section_json("Items", "", std::move(content)), traits_section(dataset, cuts)};
  if (!missing.empty()) {
    sections.push_back(section_json("What is not in it", "", Json::array()));
    sections.back()["tables"] =
        Json::array({{{"columns", {"absent, and what stands in"}}, {"rows", std::move(missing)}}});
  }
  sections.push_back(source_section(dataset.provenance));
  return {{"title", dataset.name},
          {"subtitle", "Dataset"},
          {"facts", facts(dataset, description)},
          {"sections", std::move(sections)}};
}

}  // namespace throng
