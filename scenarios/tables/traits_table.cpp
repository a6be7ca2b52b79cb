#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "agents/profile/traits.h"
#include "engine/base/statistics.h"
#include "scenarios/report/page.h"
#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

struct DescribedTrait {
  const char* name;
  const char* of;  ///< what the values are
  double TraitValues::*value;
  std::uint8_t TraitGroups::*group;
  TraitCut TraitCuts::*cut;
};

constexpr std::array<DescribedTrait, 3> kDescribed{
    {{"activity", "interactions", &TraitValues::activity, &TraitGroups::activity, &TraitCuts::activity},
     {"conformity", "mean squared deviation from the items' mean ratings", &TraitValues::conformity,
      &TraitGroups::conformity, &TraitCuts::conformity},
     {"diversity", "genres that make up 80 % of the history", &TraitValues::diversity,
      &TraitGroups::diversity, &TraitCuts::diversity}}};

struct TraitFigures {
  std::vector<double> values{};          ///< of the users, ascending
  std::array<double, 2> cuts{};          ///< the values at the cuts
  std::array<std::size_t, 3> members{};  ///< of groups 1 to 3
};

std::vector<TraitFigures> figures_of(const Dataset& dataset, const TraitCuts& cuts) {
  const std::vector<TraitValues> values = trait_values(dataset);
  const std::vector<TraitGroups> groups = trait_groups(dataset, cuts);
  std::vector<TraitFigures> all;
  for (const DescribedTrait& trait : kDescribed) {
    TraitFigures& figures = all.emplace_back();
    for (const TraitValues& value : values) figures.values.push_back(value.*trait.value);
    std::ranges::sort(figures.values);
    figures.cuts = {percentile(figures.values, (cuts.*trait.cut).lower),
                    percentile(figures.values, (cuts.*trait.cut).upper)};
    for (const TraitGroups& group : groups) ++figures.members[(group.*trait.group) - 1U];
  }
  return all;
}

double mean_of(const std::vector<double>& values) {
  return values.empty()
             ? 0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::string short_number(double number) { return fmt::format("{:.4g}", number); }

Json histogram(const DescribedTrait& trait, const TraitFigures& figures) {
  constexpr std::size_t bins = 12;
  const double least = figures.values.front();
  const double width = (figures.values.back() - least) / bins;
  std::array<std::size_t, bins> counts{};
  for (const double value : figures.values) {
    const double bin = width > 0 ? (value - least) / width : 0;
    ++counts[std::min(static_cast<std::size_t>(bin), bins - 1)];
  }
  Json labels = Json::array();
  Json heights = Json::array();
  for (std::size_t bin = 0; bin < bins; ++bin) {
    labels.push_back(fmt::format("from {}", short_number(least + static_cast<double>(bin) * width)));
    heights.push_back(counts[bin]);
  }
  Json chart = bar_chart_json(trait.name, "users", trait.of, std::move(labels),
                              Json::array({{{"name", "users"}, {"values", std::move(heights)}}}));
  chart["note"] = fmt::format("Group 1 (below {}): {} users; group 2: {}; group 3 (from {}): {}.",
                              short_number(figures.cuts[0]), figures.members[0], figures.members[1],
                              short_number(figures.cuts[1]), figures.members[2]);
  return chart;
}

}  // namespace

std::string traits_text(const Dataset& dataset, const TraitCuts& cuts) {
  Table table({"trait", "least", "median", "mean", "most", "cut at", "group 1", "group 2", "group 3"});
  const std::vector<TraitFigures> all = figures_of(dataset, cuts);
  for (std::size_t n = 0; n < all.size(); ++n) {
    const TraitFigures& figures = all[n];
    if (figures.values.empty()) continue;
    table.add_row({kDescribed.at(n).name, short_number(figures.values.front()),
                   short_number(percentile(figures.values, 50)), short_number(mean_of(figures.values)),
                   short_number(figures.values.back()),
                   fmt::format("{}, {}", short_number(figures.cuts[0]), short_number(figures.cuts[1])),
                   std::to_string(figures.members[0]), std::to_string(figures.members[1]),
                   std::to_string(figures.members[2])});
  }
  return table.text();
}

Json traits_json(const Dataset& dataset, const TraitCuts& cuts) {
  Json traits = Json::object();
  const std::vector<TraitFigures> all = figures_of(dataset, cuts);
  for (std::size_t n = 0; n < all.size(); ++n) {
    const TraitFigures& figures = all[n];
    if (figures.values.empty()) continue;
    const TraitCut& cut = cuts.*kDescribed.at(n).cut;
    traits[kDescribed.at(n).name] = {{"least", figures.values.front()},
                                     {"median", percentile(figures.values, 50)},
                                     {"mean", mean_of(figures.values)},
                                     {"most", figures.values.back()},
                                     {"cut_percentiles", {cut.lower, cut.upper}},
                                     {"cut_values", figures.cuts},
                                     {"groups", figures.members}};
  }
  return traits;
}

Json traits_section(const Dataset& dataset, const TraitCuts& cuts) {
  Json charts = Json::array();
  const std::vector<TraitFigures> all = figures_of(dataset, cuts);
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (!all[n].values.empty()) charts.push_back(histogram(kDescribed.at(n), all[n]));
  }
  return section_json("Traits", "What agents made after the users are like, in three groups each.",
                      std::move(charts));
}

}  // namespace throng
