#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/report/compare.h"

namespace throng {

/// One number of a validation.
struct Figure {
  std::string task;     ///< such as "taste"
  std::string setting;  ///< such as "1:9 uniform"
  std::string metric;   ///< such as "f1"
  std::string who;      ///< "agents", or a baseline such as "popularity"
  double value = 0;
  std::optional<Interval> interval{};  ///< 95 %
  std::size_t agents = 0;              ///< that it rests on
};

/// What one task found.
struct TaskResult {
  std::vector<Figure> figures;
  std::vector<std::string> notes;  ///< sentences: what was left out, and why
};

/// The different tasks, settings, metrics or whos, in the order of their first appearance.
std::vector<std::string> distinct_names(std::span<const Figure> figures, std::string Figure::*name);

/// A figure that is the mean over agents, with its bootstrap interval (from two agents on).
Figure mean_figure(Figure named, std::span<const double> values);

/// A figure of `agents` agents, not none, with its bootstrap interval (from two on); see bootstrap_figure.
Figure figure_over_agents(Figure named, std::size_t agents, const FigureOfAgents& figure);

Json to_json(std::span<const Figure> figures);
/// Columns task, setting, metric, who, value, low, high, agents; low and high empty without an interval.
void write_figures_csv(const std::filesystem::path& file, std::span<const Figure> figures);
/// A table for the terminal for each task: a row for each setting and who, a column for each metric.
std::string figure_tables(std::span<const Figure> figures);

}  // namespace throng
