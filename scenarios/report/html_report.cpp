#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include "embedded/chart_js.h"
#include "embedded/report_agents_js.h"
#include "embedded/report_css.h"
#include "embedded/report_downloads_js.h"
#include "embedded/report_js.h"
#include "embedded/report_story_js.h"
#include "embedded/report_svg_js.h"
#include "embedded/report_table.h"
#include "embedded/report_template.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "scenarios/report/page.h"

namespace throng {
namespace {

using kainjow::mustache::data;

std::string dumped(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// Of a number that was measured: as many digits if it happens to be whole. Counts are integers and not shown so.
std::string number_text(double number) {
  const double size = std::abs(number);
  if (size >= 1000) return fmt::format("{:.0f}", number);
  if (size >= 100) return fmt::format("{:.1f}", number);
  return size >= 0.01 || size == 0 ? fmt::format("{:.3f}", number) : fmt::format("{:.2g}", number);
}

/// What a cell or a fact shows of a value.
std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object()) return value.at("text").get<std::string>();
  if (value.is_number_float()) return number_text(value.get<double>());
  return value.is_null() ? "" : dumped(value);
}

/// "" if there is no such key.
std::string text_at(const Json& object, const char* key) {
  return object.contains(key) ? value_text(object[key]) : "";
}

const Json& list_at(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

/// Mustache looks for an absent key in the objects around: so every key of a template is set, and false if
/// there is nothing to show.
data optional(const std::string& text) { return text.empty() ? data(false) : data(text); }

data texts(const Json& object, std::initializer_list<const char*> keys) {
  data view;
  for (const char* key : keys) view.set(key, optional(text_at(object, key)));
  return view;
}

template <class View>
data list_of(const Json& values, View view) {
  data list(data::type::list);
  for (const Json& value : values) list << view(value);
  return list;
}

// --- Tables ------------------------------------------------------------------------------------------------

data cell_view(const Json& cell) {
  const std::string text = value_text(cell);
  const bool is_rounded = cell.is_number_float() && parse_number<double>(text) != cell.get<double>();
  data view;
  view.set("cell", text);
  view.set("is_number", cell.is_number());
  view.set("exactly", optional(is_rounded ? dumped(cell) : ""));
  view.set("href", optional(cell.is_object() ? cell.at("href").get<std::string>() : ""));
  return view;
}

data table_view(const Json& table) {
  data view = texts(table, {"caption"});
  const Json& rows = list_at(table, "rows");
  data columns(data::type::list);
  for (std::size_t c = 0; c < table["columns"].size(); ++c) {
    const bool is_number = std::ranges::any_of(rows, [&](const Json& row) { return row[c].is_number(); });
    data column;
    column.set("column", value_text(table["columns"][c]));
    column.set("is_number", is_number);
    columns << column;
  }
  view.set("columns", columns);
  view.set("rows", list_of(rows, [](const Json& row) {
             data cells;
             cells.set("cells", list_of(row, cell_view));
             return cells;
           }));
  return view;
}

Json table_of_bars(const Json& chart) {
  const bool is_grouped = chart.contains("groups");
  Json columns = Json::array();
  if (is_grouped) columns.push_back("group");
  columns.push_back(chart.value("x_title", ""));
  for (const Json& series : chart["series"]) {
    columns.push_back(series["name"]);
    if (series.contains("half_widths")) columns.push_back("± 95 %");
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < chart["labels"].size(); ++i) {
    Json row = Json::array();
    if (is_grouped) row.push_back(chart["groups"][i]);
    row.push_back(chart["labels"][i]);
    for (const Json& series : chart["series"]) {
      row.push_back(series["values"][i]);
      if (series.contains("half_widths")) row.push_back(series["half_widths"][i]);
    }
    rows.push_back(row);
  }
  return {{"columns", columns}, {"rows", rows}};
}

bool has_band(const Json& series) {
  return std::ranges::any_of(series["points"], [](const Json& point) { return point.contains("low"); });
}

Json table_of_curves(const Json& chart) {
  Json columns = Json::array({chart.value("x_title", "")});
  std::map<double, Json> cells;  // by x, which comes first; each as wide as the columns so far
  for (const Json& series : chart["series"]) {
    const std::string name = text_at(series, "name");
    columns.push_back(name);
    const bool band = has_band(series);
    if (band) columns.insert(columns.end(), {name + ", low", name + ", high"});
    for (const Json& point : series["points"]) {
      Json& row = cells[point["x"].get<double>()];
      if (row.empty()) row.push_back(point["x"]);
      while (row.size() + (band ? 3 : 1) < columns.size()) row.push_back(nullptr);
      row.push_back(point["mean"]);
      if (band) row.insert(row.end(), {point.value("low", Json()), point.value("high", Json())});
    }
  }
  Json rows = Json::array();
  for (auto& [x, row] : cells) {
    while (row.size() < columns.size()) row.push_back(nullptr);
    rows.push_back(row);
  }
  return {{"columns", columns}, {"rows", rows}};
}

Json table_of_scatter(const Json& chart) {
  Json rows = Json::array();
  for (const Json& point : chart["points"]) rows.push_back({point["name"], point["x"], point["y"]});
  return {{"columns", {"", chart.value("x_title", "x"), chart.value("unit", "y")}}, {"rows", rows}};
}

std::string kind_of(const Json& chart) { return chart.value("kind", "curves"); }

Json table_of(const Json& chart) {
  if (chart.contains("table")) return chart["table"];
  if (kind_of(chart) == "bars") return table_of_bars(chart);
  return kind_of(chart) == "scatter" ? table_of_scatter(chart) : table_of_curves(chart);
}

// --- The page ----------------------------------------------------------------------------------------------

/// The charts of all sections; the script finds chart n of the page at position n. Drawings are none of its.
class ChartList {
 public:
  data add(const Json& chart) {
    data view = texts(chart, {"note", "svg"});
    view.set("chart_title", text_at(chart, "title"));
    view.set("is_full_width", text_at(chart, "width") == "full");
    view.set("chart_table", table_view(table_of(chart)));
    if (kind_of(chart) == "drawing") return view;
    view.set("kind_in_words", kind_of(chart) == "bars"      ? "Bar chart"
                              : kind_of(chart) == "scatter" ? "Scatter plot"
                                                            : "Line chart");
    view.set("position", std::to_string(charts_.size()));
    charts_.push_back(chart);
    charts_.back().erase("table");
    return view;
  }
  const Json& json() const { return charts_; }

 private:
  Json charts_ = Json::array();
};

data section_view(const Json& section, ChartList& charts) {
  data view = texts(section, {"heading", "text"});
  view.set("has_small_charts", text_at(section, "size") == "small");
  view.set("charts",
           list_of(list_at(section, "charts"), [&](const Json& chart) { return charts.add(chart); }));
  view.set("tables", list_of(list_at(section, "tables"), table_view));
  return view;
}

data metric_view(const Json& metric) {
  data view = texts(metric, {"label", "meaning", "basis"});
  view.set("mean", fmt::format("{:.3f}", metric["mean"].get<double>()));
  const Json half_width = metric.value("half_width", Json());
  view.set("half_width",
           half_width.is_null() ? data(false) : data(fmt::format("{:.3f}", half_width.get<double>())));
  return view;
}

/// The stories are read by the page when the first is opened: they have an element of their own.
data agents_view(const Json& agents) {
  Json list = Json::object();
  for (const auto& [key, value] : agents.items()) {
    if (key != "items" && key != "stories") list[key] = value;
  }
  data view;
  view.set("agents_text", text_at(agents, "text"));
  view.set("agents_json", json_for_script(list));
  view.set("stories_json", fmt::format(R"({{"items":{},"stories":{}}})", json_for_script(agents["items"]),
                                       json_for_script(agents["stories"])));
  return view;
}

/// One script: its parts share what report.js makes.
std::string page_script() {
  std::string script;
  for (const std::string_view part :
       {embedded::report_js, embedded::report_svg_js, embedded::report_downloads_js,
        embedded::report_story_js, embedded::report_agents_js})
    script += part;
  return script;
}

data page_view(const Json& report) {
  data view = texts(report, {"title", "subtitle", "notice", "metrics_note", "command", "command_says",
                             "digest", "version"});
  view.set("facts", list_of(list_at(report, "facts"), [](const Json& fact) {
             return texts(fact, {"name", "value"});
           }));
  const data metrics = list_of(list_at(report, "metrics"), metric_view);
  view.set("has_metrics", metrics.is_non_empty_list());
  view.set("metrics", metrics);
  ChartList charts;
  view.set("sections", list_of(list_at(report, "sections"),
                               [&](const Json& section) { return section_view(section, charts); }));
  const bool has_agents = report.contains("agents") && !report["agents"].is_null();
  view.set("agents", has_agents ? agents_view(report["agents"]) : data(false));
  view.set("scenario", optional(report.contains("scenario") ? dumped(report["scenario"], 2) : ""));
  view.set("charts_json", json_for_script(charts.json()));
  // The page's own scripts carry a number that nothing inside `report` can know: it depends on all of it.
  view.set("nonce", hash128(dumped(report)).hex());
  view.set("table", kainjow::mustache::partial([] { return std::string(embedded::report_table); }));
  view.set("css", std::string(embedded::report_css));
  view.set("chart_js", std::string(embedded::chart_js));
  view.set("js", page_script());
  return view;
}

}  // namespace

std::string markup_text(const std::string& text) { return kainjow::mustache::html_escape(text); }

std::string json_for_script(const Json& json) {
  static const std::map<char, std::string_view> escapes{{'<', "\\u003c"}, {'>', "\\u003e"}, {'&', "\\u0026"}};
  std::string safe;
  const std::string text = dumped(json);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i, 3);
    if (rest == "\u2028" || rest == "\u2029") {
      safe += rest == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (const auto escape = escapes.find(text[i]); escape != escapes.end()) {
      safe += escape->second;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

std::string html_report(const Json& data) {
  kainjow::mustache::mustache page{std::string(embedded::report_template)};
  return page.render(page_view(data));
}

}  // namespace throng
