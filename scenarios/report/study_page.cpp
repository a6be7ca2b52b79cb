// Parts of a study's page.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

/// A bar of each arm: a headline metric less that of its baseline. Null if there is none.
Json difference_chart(const StudyFigures& figures, const std::string& metric, const std::string& baseline,
                      PairedDifference ArmDifference::*over) {
  Json labels = Json::array();
  Json means = Json::array();
  Json half_widths = Json::array();
  for (const ArmDifference& difference : figures.differences) {
    const PairedDifference& paired = difference.*over;
    if (difference.figure != metric || difference.baseline != baseline || paired.pairs == 0) continue;
    labels.push_back(difference.arm);
    means.push_back(paired.mean);
    half_widths.push_back(paired.half_width ? Json(*paired.half_width) : Json());
  }
  if (labels.empty()) return nullptr;
  const auto& [label, meaning] = figures.words.at(metric);
  Json chart = bar_chart_json(
      fmt::format("{} less that of {}", label, baseline), "", "arm", std::move(labels),
      Json::array(
          {{{"name", label}, {"values", std::move(means)}, {"half_widths", std::move(half_widths)}}}));
  chart["direction"] = "down";
  chart["shape"] = "points";
  if (!meaning.empty()) chart["note"] = fmt::format("{}: {}.", label, meaning);
  return chart;
}

/// The scenarios of the arms by name; of what has none, itself under "".
std::vector<std::pair<std::string, Json>> arms_in(const Json& scenario) {
  std::vector<std::pair<std::string, Json>> arms;
  const auto add = [&](const std::string& name, const Json& changes) {
    arms.emplace_back(name, scenario).second.merge_patch(changes);
  };
  if (const auto control = scenario.find("control"); control != scenario.end()) {
    add(kIntervention, Json::object());
    add(kControl, *control);
  } else if (const auto named = scenario.find("arms"); named != scenario.end() && named->is_object()) {
    for (const auto& [name, changes] : named->items()) add(name, changes);
  } else {
    add("", Json::object());
  }
  return arms;
}

bool shows_again(const Json& scenario) {
  static const Json::json_pointer repeats("/session/repeat_consumption");
  return scenario.contains(repeats) && scenario[repeats] == true;
}

}  // namespace

std::string over_arms(const Json& scenario, const std::function<std::string(const Json&)>& fact) {
  std::vector<std::string> values;
  for (const auto& [name, arm] : arms_in(scenario)) {
    const std::string value = fact(arm);
    if (!value.empty() && std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

std::string about_movement(const Json& scenario) {
  std::vector<std::string> moving;
  const auto arms = arms_in(scenario);
  for (const auto& [name, arm] : arms) {
    if (!shows_again(arm)) moving.push_back(name);
  }
  if (moving.empty()) return "";
  const bool is_study = arms.size() > 1;
  const std::string who =
      moving.size() == arms.size() ? "" : fmt::format(" (in {})", fmt::join(moving, ", "));
  return fmt::format(
      "What agents have picked is not recommended to them again{}: with every round they are shown what "
      "stands "
      "further down their "
      "rankings, so that figures move by themselves, {}.",
      who,
      is_study ? "those of an arm that learns nothing too. What learning does is the distance between the "
                 "curves, not their slope"
               : "whether or not the recommender learns. What learning does is the distance from an arm that "
                 "learns nothing");
}

Json difference_charts(const StudyFigures& figures) {
  const auto over = figures.replicates > 1 ? &ArmDifference::over_replicates : &ArmDifference::over_agents;
  std::vector<std::string> baselines;
  for (const ArmDifference& difference : figures.differences) {
    if (std::ranges::find(baselines, difference.baseline) == baselines.end())
      baselines.push_back(difference.baseline);
  }
  Json charts = Json::array();
  for (const std::string& baseline : baselines) {
    for (const std::string& metric : figures.metrics) {
      Json chart = difference_chart(figures, metric, baseline, over);
      if (!chart.is_null()) charts.push_back(std::move(chart));
    }
  }
  return charts;
}

Json runs_section(const std::filesystem::path& study) {
  Json rows = Json::array();
  bool has_all_pages = true;
  for (const StudyRun& run : study_runs(study)) {
    const std::string status = run_status(run.folder);
    const bool has_page = std::filesystem::exists(run.folder / "report.html");
    has_all_pages = has_all_pages && has_page;
    rows.push_back(
        {has_page ? Json{{"text", run.name()}, {"href", run.name() + "/report.html"}} : Json(run.name()),
         run.arm, run.replicate, status.empty() ? "not begun" : status});
  }
  std::string text = "Each run has a page of its own, with its agents and their stories.";
  if (!has_all_pages)
    text += fmt::format(" This command draws those of all runs that have begun: {}", report_command(study));
  Json section = section_json("Runs", std::move(text), Json::array());
  section["tables"] =
      Json::array({{{"columns", {"run", "arm", "replicate", "state"}}, {"rows", std::move(rows)}}});
  return section;
}

}  // namespace throng
