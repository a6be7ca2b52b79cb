#include "scenarios/validation/figures.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include "engine/base/statistics.h"
#include "recsys/text/csv.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string cell_text(const Figure& figure) {
  if (!figure.interval) return fmt::format("{:.3f}", figure.value);
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", figure.value, figure.interval->low, figure.interval->high);
}

std::string table_of(std::span<const Figure> figures) {
  const std::vector<std::string> metrics = distinct_names(figures, &Figure::metric);
  std::vector<std::string> header{"setting", "who"};
  header.insert(header.end(), metrics.begin(), metrics.end());
  header.emplace_back("agents");
  Table table(std::move(header));
  for (const std::string& setting : distinct_names(figures, &Figure::setting)) {
    std::vector<Figure> of_setting;
    std::ranges::copy_if(figures, std::back_inserter(of_setting),
                         [&](const Figure& figure) { return figure.setting == setting; });
    for (const std::string& who : distinct_names(of_setting, &Figure::who)) {
      std::vector<std::string> row{setting, who};
      row.resize(metrics.size() + 2, "-");
      std::size_t agents = 0;
      for (const Figure& figure : of_setting) {
        if (figure.who != who) continue;
        row[2 + static_cast<std::size_t>(std::ranges::find(metrics, figure.metric) - metrics.begin())] =
            cell_text(figure);
        agents = figure.agents;
      }
      row.push_back(std::to_string(agents));
      table.add_row(std::move(row));
    }
  }
  return table.text();
}

}  // namespace

std::vector<std::string> distinct_names(std::span<const Figure> figures, std::string Figure::*name) {
  std::vector<std::string> names;
  for (const Figure& figure : figures) {
    if (std::ranges::find(names, figure.*name) == names.end()) names.push_back(figure.*name);
  }
  return names;
}

Figure mean_figure(Figure named, std::span<const double> values) {
  named.value = mean_of(values);
  named.agents = values.size();
  if (values.size() >= 2) named.interval = bootstrap_mean(values);
  return named;
}

Figure figure_over_agents(Figure named, std::size_t agents, const FigureOfAgents& figure) {
  std::vector<std::uint32_t> everyone(agents);
  std::iota(everyone.begin(), everyone.end(), 0U);
  named.value = figure(everyone);
  named.agents = agents;
  if (agents >= 2) named.interval = bootstrap_figure(agents, figure);
  return named;
}

Json to_json(std::span<const Figure> figures) {
  Json rows = Json::array();
  for (const Figure& figure : figures) {
    rows.push_back({{"task", figure.task},
                    {"setting", figure.setting},
                    {"metric", figure.metric},
                    {"who", figure.who},
                    {"value", figure.value},
                    {"low", figure.interval ? Json(figure.interval->low) : Json(nullptr)},
                    {"high", figure.interval ? Json(figure.interval->high) : Json(nullptr)},
                    {"agents", figure.agents}});
  }
  return rows;
}

void write_figures_csv(const std::filesystem::path& file, std::span<const Figure> figures) {
  CsvWriter csv(file);
  csv.row({"task", "setting", "metric", "who", "value", "low", "high", "agents"});
  for (const Figure& figure : figures) {
    for (const std::string& text : {figure.task, figure.setting, figure.metric, figure.who}) csv.field(text);
    csv.number(figure.value);
    for (const double Interval::*end : {&Interval::low, &Interval::high}) {
      if (figure.interval) {
        csv.number((*figure.interval).*end);
      } else {
        csv.field("");
      }
    }
    csv.number(figure.agents);
    csv.end_row();
  }
  csv.close();
}

std::string figure_tables(std::span<const Figure> figures) {
  std::string text;
  for (const std::string& task : distinct_names(figures, &Figure::task)) {
    std::vector<Figure> of_task;
    std::ranges::copy_if(figures, std::back_inserter(of_task),
                         [&](const Figure& figure) { return figure.task == task; });
    text += fmt::format("{}{}\n{}", text.empty() ? "" : "\n", task, table_of(of_task));
  }
  return text;
}

}  // namespace throng
