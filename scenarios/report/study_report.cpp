#include "scenarios/report/study_report.h"

#include <map>

#include <fmt/format.h>

#include "scenarios/report/report_data.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

/// "recommended_gini" -> {"recommended", "gini"}.
std::pair<std::string, std::string> split_name(const std::string& metric) {
  const std::size_t underscore = metric.find('_');
  return {metric.substr(0, underscore), metric.substr(underscore + 1)};
}

/// One chart for each figure: recommended and viewed, solid for the first arm and dashed for the control.
Json curve_charts(const Json& summary) {
  std::map<std::string, Json> charts;
  for (const Json& curve : summary["curves"]) {
    const auto [of, figure] = split_name(curve["metric"].get<std::string>());
    const std::string arm = curve["arm"].get<std::string>();
    const bool is_first_arm = arm == summary["arms"].front().get<std::string>();
    Json points = Json::array();
    for (const Json& point : curve["points"]) {
      points.push_back(
          {{"x", point["round"]}, {"mean", point["mean"]}, {"low", point["low"]}, {"high", point["high"]}});
    }
    Json& chart = charts[figure];
    if (chart.is_null()) {
      chart = words_of_round_metric(figure);
      chart["x_title"] = "round";
      chart["series"] = Json::array();
    }
    chart["series"].push_back({{"name", fmt::format("{}, {}", of, arm)},
                               {"points", std::move(points)},
                               {"colour", of == "recommended" ? 0 : 1},
                               {"line", is_first_arm ? "solid" : "dashed"}});
  }
  Json all = Json::array();
  for (const char* figure : {"top_genre_share", "distinct_genres", "gini", "coverage"}) {
    if (charts.contains(figure)) all.push_back(charts[figure]);
  }
  return all;
}

std::string basis(const Json& summary) {
  return fmt::format("{} replicates of {} agents", summary["replicates"].get<int>(),
                     summary["agents"].get<int>());
}

}  // namespace

bool is_study_folder(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "summary.json";
  return std::filesystem::exists(file) && read_json(file, ErrorKind::data).contains("curves");
}

Json study_report_data(const Json& summary, const std::filesystem::path& folder) {
  Json metrics = Json::array();
  for (const auto& [name, mean] : summary["metrics"].items()) {
    const MetricWords words = words_of(Metric{.name = name});
    metrics.push_back({{"label", words.label},
                       {"meaning", words.meaning},
                       {"mean", mean},
                       {"standard_error", summary["standard_errors"][name]},
                       {"basis", basis(summary)}});
  }
  const std::string scenario_file = (folder / "scenario.json").string();
  return {
      {"title", summary["name"]},
      {"subtitle", fmt::format("A study: {}, {}", basis(summary),
                               summary["arms"].size() > 1 ? "with a control arm" : "without a control arm")},
      {"metrics", metrics},
      {"sections",
       {{{"heading", "Over the rounds"},
         {"text", "Bands are 95 % confidence intervals of the mean over replicates (Student's t)."},
         {"charts", curve_charts(summary)}}}},
      {"command", reproducing_command(folder)},
      {"digest", summary["digest"]},
      {"version", summary["version"]},
      {"scenario", read_json(scenario_file, ErrorKind::data)}};
}

std::string study_tables(const Json& summary) {
  std::vector<std::string> header{"figure", "arm"};
  for (const Json& point : summary["curves"].front()["points"]) {
    header.push_back(fmt::format("round {}", point["round"].get<int>()));
  }
  Table table(header);
  for (const Json& curve : summary["curves"]) {
    std::vector<std::string> row{curve["metric"].get<std::string>(), curve["arm"].get<std::string>()};
    for (const Json& point : curve["points"]) {
      const double half_width = point["high"].get<double>() - point["mean"].get<double>();
      row.push_back(fmt::format("{:.3f} ± {:.3f}", point["mean"].get<double>(), half_width));
    }
    table.add_row(std::move(row));
  }
  return table.text();
}

}  // namespace throng
