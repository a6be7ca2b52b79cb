#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "recsys/data/dataset.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/table.h"

namespace throng {

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double percent(std::size_t part, std::size_t whole) { return 100 * share(part, whole); }

std::string grouped(std::size_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

Json section_json(const char* heading, std::string text, Json charts) {
  return {{"heading", heading}, {"text", std::move(text)}, {"charts", std::move(charts)}};
}

Json bar_chart_json(const std::string& title, const char* unit, const char* x_title, Json labels,
                    Json series) {
  return {{"kind", "bars"},
          {"title", title},
          {"unit", unit},
          {"x_title", x_title},
          {"labels", std::move(labels)},
          {"series", std::move(series)}};
}

Json gaps_table_json(const std::string& caption, const char* recorded, const char* simulated,
                     const Json& gaps) {
  Json rows = Json::array();
  for (const Json& gap : gaps) {
    const auto name = gap["name"].get<std::string>();
    rows.push_back({gap["kind"] == "divergence" ? name + ", Jensen-Shannon (nats)" : name, gap["recorded"],
                    gap["simulated"], gap["gap"], gap["floor_mean"], gap["floor_95"]});
  }
  return {{"caption", caption},
          {"columns", {"figure", recorded, simulated, "gap", "by chance, mean", "by chance, 95 %"}},
          {"rows", std::move(rows)}};
}

namespace {

constexpr std::size_t kTopItems = 10;
/// More points than this hide each other, and make the file large.
constexpr std::size_t kScatterPoints = 2000;

/// The first items by `count`, ties by id.
Json top_items_chart(const char* title, const char* unit, std::span<const ItemFigures> items,
                     const std::string& item_name, std::size_t ItemFigures::*count) {
  std::vector<const ItemFigures*> order;
  for (const ItemFigures& item : items) {
    if (item.*count > 0) order.push_back(&item);
  }
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](const ItemFigures* item) { return item->*count; });
  order.resize(std::min(order.size(), kTopItems));

  Json labels = Json::array();
  Json values = Json::array();
  Json rows = Json::array();
  for (const ItemFigures* item : order) {
    labels.push_back(name_of(*item));
    values.push_back(item->*count);
    rows.push_back({name_of(*item), with_commas(item->genres), item->shown, item->viewed, item->liked,
                    item->interactions});
  }
  Json chart =
      bar_chart_json(title, unit, "", std::move(labels), Json::array({{{"name", unit}, {"values", values}}}));
  chart["direction"] = "down";
  chart["table"] = {
      {"columns", {item_name, "genres", "shown", "viewed", "liked", "interactions in the dataset"}},
      {"rows", std::move(rows)}};
  return chart;
}

/// All items by popularity, or evenly spaced ones if they are too many; the most popular is always there.
std::vector<const ItemFigures*> scatter_sample(std::span<const ItemFigures> items) {
  std::vector<const ItemFigures*> order;
  for (const ItemFigures& item : items) order.push_back(&item);
  std::ranges::stable_sort(order, std::ranges::greater{}, &ItemFigures::interactions);
  if (order.size() <= kScatterPoints) return order;
  std::vector<const ItemFigures*> sample;
  for (std::size_t n = 0; n < kScatterPoints; ++n) sample.push_back(order[n * order.size() / kScatterPoints]);
  return sample;
}

/// What impressions would be if each item had as large a share of them as of the dataset's interactions.
Json proportional_line(std::size_t most_interactions, double impressions_per_interaction) {
  constexpr int steps = 40;
  Json points = Json::array();
  for (int step = 0; step <= steps; ++step) {
    const double x = std::expm1(std::log1p(static_cast<double>(most_interactions)) * step / steps);
    points.push_back({{"x", x}, {"y", x * impressions_per_interaction}});
  }
  return {{"name", "shown in proportion to popularity"}, {"points", std::move(points)}};
}

Json exposure_chart(std::span<const ItemFigures> items, std::size_t shown, std::size_t interactions) {
  Json points = Json::array();
  const std::vector<const ItemFigures*> sample = scatter_sample(items);
  for (const ItemFigures* item : sample) {
    points.push_back({{"x", item->interactions}, {"y", item->shown}, {"name", name_of(*item)}});
  }
  Json chart = {{"kind", "scatter"},
                {"title", "Popularity against exposure"},
                {"width", "full"},
                {"scale", "log"},
                {"x_title", "interactions in the dataset"},
                {"unit", "times shown"},
                {"points", std::move(points)}};
  if (interactions > 0)
    chart["reference"] = proportional_line(sample.front()->interactions, share(shown, interactions));
  if (sample.size() < items.size()) {
    chart["note"] = fmt::format("{} of {} items, evenly spaced by popularity.", grouped(sample.size()),
                                grouped(items.size()));
  }
  return chart;
}

}  // namespace

Json items_section(std::span<const ItemFigures> items, const std::string& item_name) {
  return section_json("Items",
                      fmt::format("All of them: {} {}. Liked means rated 4 or 5.", grouped(items.size()),
                                  plural_of(item_name)),
                      {top_items_chart("Most shown", "times shown", items, item_name, &ItemFigures::shown),
                       top_items_chart("Most liked", "likes", items, item_name, &ItemFigures::liked)});
}

Json exposure_section(std::span<const ItemFigures> items, const std::string& item_name) {
  std::size_t shown = 0;
  std::size_t interactions = 0;
  for (const ItemFigures& item : items) {
    shown += item.shown;
    interactions += item.interactions;
  }
  const auto reached =
      static_cast<std::size_t>(std::ranges::count_if(items, [](const auto& item) { return item.shown > 0; }));
  std::vector<std::size_t> counts;
  for (const ItemFigures& item : items) counts.push_back(item.shown);
  std::ranges::sort(counts, std::ranges::greater{});
  const auto tenth = static_cast<std::ptrdiff_t>((counts.size() + 9) / 10);
  const std::size_t of_tenth = std::accumulate(counts.begin(), counts.begin() + tenth, std::size_t{0});
  return section_json(
      "Popularity and exposure",
      fmt::format("{} of {} {} were shown at all ({:.1f} %). The tenth of the catalogue that was shown most "
                  "makes up {:.1f} % of all impressions.",
                  grouped(reached), grouped(items.size()), plural_of(item_name),
                  percent(reached, items.size()), percent(of_tenth, shown)),
      Json::array({exposure_chart(items, shown, interactions)}));
}

}  // namespace throng
