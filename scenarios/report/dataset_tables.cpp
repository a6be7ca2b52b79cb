#include "scenarios/report/dataset_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/printable.h"
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
  text += rating_histogram(description) + "\n" + popular_titles(dataset, description);
  for (const std::string& sentence : description.missing) text += fmt::format("\n  {}", sentence);
  return text + (description.missing.empty() ? "" : "\n");
}

}  // namespace throng
