#include "scenarios/validation/validation_page.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/report/page.h"

namespace throng {
namespace {

/// A series for each of those compared that has the metric in every setting of the chart: a gap would be drawn as a zero.
Json chart_of(const std::string& metric, std::span<const Figure> figures) {
  const std::vector<std::string> settings = distinct_names(figures, &Figure::setting);
  Json series = Json::array();
  for (const std::string& who : distinct_names(figures, &Figure::who)) {
    Json values = Json::array();
    Json half_widths = Json::array();
    for (const Figure& figure : figures) {
      if (figure.who != who) continue;
      values.push_back(figure.value);
      half_widths.push_back(figure.interval ? Json((figure.interval->high - figure.interval->low) / 2)
                                            : Json(nullptr));
    }
    if (values.size() == settings.size())
      series.push_back({{"name", who}, {"values", values}, {"half_widths", half_widths}});
  }
  if (series.empty()) return nullptr;
  return bar_chart_json(metric, "", "", settings, std::move(series));
}

Json table_of_figures(std::span<const Figure> figures) {
  Json rows = Json::array();
  for (const Figure& figure : figures) {
    const auto end = [&](const double Interval::*of) {
      return figure.interval ? Json((*figure.interval).*of) : Json(nullptr);
    };
    rows.push_back({figure.setting, figure.who, figure.metric, figure.value, end(&Interval::low),
                    end(&Interval::high), figure.agents});
  }
  return {{"columns", {"setting", "who", "metric", "value", "low", "high", "agents"}}, {"rows", rows}};
}

Json section_of(const std::string& task, std::span<const Figure> figures) {
  Json charts = Json::array();
  for (const std::string& metric : distinct_names(figures, &Figure::metric)) {
    std::vector<Figure> of_metric;
    std::ranges::copy_if(figures, std::back_inserter(of_metric),
                         [&](const Figure& figure) { return figure.metric == metric; });
    if (Json chart = chart_of(metric, of_metric); !chart.is_null()) charts.push_back(std::move(chart));
  }
  Json section = section_json("", "Whiskers and low to high: 95 % bootstrap intervals over agents.", charts);
  section["heading"] = task;
  section["tables"] = Json::array({table_of_figures(figures)});
  return section;
}

}  // namespace

Json validation_page(const Json& validation, std::span<const Figure> figures) {
  Json sections = Json::array();
  for (const std::string& task : distinct_names(figures, &Figure::task)) {
    std::vector<Figure> of_task;
    std::ranges::copy_if(figures, std::back_inserter(of_task),
                         [&](const Figure& figure) { return figure.task == task; });
    sections.push_back(section_of(task, of_task));
  }
  if (const Json& notes = validation["notes"]; !notes.empty()) {
    const auto sentences = notes.get<std::vector<std::string>>();
    sections.push_back(
        section_json("Left out", fmt::format("{}", fmt::join(sentences, ". ")), Json::array()));
  }
  return {{"title", fmt::format("Validation of {}", validation["name"].get<std::string>())},
          {"subtitle", "Agents beside the people they stand for"},
          {"facts",
           {{{"name", "dataset"}, {"value", validation["dataset"]}},
            {{"name", "agents"}, {"value", grouped(validation["agents"].get<std::size_t>())}},
            {{"name", "seed"}, {"value", fmt::format("{}", validation["seed"].get<std::uint64_t>())}}}},
          {"sections", sections},
          {"version", validation["version"]}};
}

}  // namespace throng
