#include "scenarios/report/study_report.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

void add_run(const StudyRun& study_run, StudyFigures& figures, ArmFigures& arm) {
  const RunReader run(study_run.folder);
  if (!figures.a_run) figures.a_run = study_run.folder;
  ++arm.runs;
  std::vector<std::string> names;
  for (const Metric& metric : run.metrics()) {
    names.push_back(metric.name);
    arm.agents = std::max(arm.agents, metric.agents);
    if (metric.agents > 0) arm.metrics[metric.name][study_run.replicate] = metric.mean;
  }
  if (figures.metrics.empty()) figures.metrics = std::move(names);
  for (const RoundMetric& metric : run.round_metrics()) {
    if (!metric.is_by_position())
      arm.rounds[{metric.metric, metric.round}][study_run.replicate] = metric.value;
  }
}

constexpr const char* kIntervals =
    "± is half the width of the 95 % confidence interval of the mean over replicates (Student's t)";
constexpr const char* kDifference =
    "the difference is intervention less control, taken replicate by replicate: both share agents and random "
    "draws";

std::string text_of(const ReplicateMean& mean) {
  if (mean.replicates == 0) return "-";
  return mean.half_width ? fmt::format("{:.3f} ± {:.3f}", mean.mean, *mean.half_width)
                         : fmt::format("{:.3f}", mean.mean);
}

ByReplicate figure_of(const ArmFigures& arm, const std::string& metric) {
  const auto found = arm.metrics.find(metric);
  return found == arm.metrics.end() ? ByReplicate() : found->second;
}

/// An empty object unless the study has finished.
Json summary_of(const std::filesystem::path& study) {
  const std::filesystem::path file = study / "summary.json";
  return std::filesystem::exists(file) ? read_json(file, ErrorKind::data) : Json::object();
}

/// Such as "5 replicates of 943 agents".
std::string basis(const ArmFigures& arm) {
  return fmt::format("{} {} of {} agents", arm.runs, arm.runs == 1 ? "replicate" : "replicates", arm.agents);
}

/// A row for each headline metric: its name, the arms, the difference if there are two.
std::vector<std::vector<std::string>> arm_rows(const StudyFigures& figures) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& metric : figures.metrics) {
    std::vector<std::string> row{words_of(Metric{.name = metric}).label};
    for (const ArmFigures& arm : figures.arms)
      row.push_back(text_of(mean_over_replicates(figure_of(arm, metric))));
    if (figures.control() != nullptr) {
      row.push_back(text_of(
          mean_difference(figure_of(figures.arms[0], metric), figure_of(*figures.control(), metric))));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> arm_header(const StudyFigures& figures) {
  std::vector<std::string> header{"metric"};
  for (const ArmFigures& arm : figures.arms) header.push_back(arm.arm);
  if (figures.control() != nullptr) header.emplace_back("difference");
  return header;
}

// --- The page ----------------------------------------------------------------------------------------------

/// Each arm's curve of each figure: recommended and viewed in two colours, solid for the first arm, dashed for the control.
Json curve_charts(const StudyFigures& figures) {
  std::map<std::string, Json> charts;
  for (std::size_t a = 0; a < figures.arms.size(); ++a) {
    std::map<std::string, Json> curves;
    for (const auto& [key, values] : figures.arms[a].rounds) {
      const ReplicateMean mean = mean_over_replicates(values);
      Json point{{"x", key.second + 1}, {"mean", mean.mean}};
      if (mean.half_width) {
        point["low"] = mean.mean - *mean.half_width;
        point["high"] = mean.mean + *mean.half_width;
      }
      curves[key.first].push_back(std::move(point));
    }
    for (auto& [metric, points] : curves) {
      const auto [figure, of] = chart_and_curve(metric);
      Json& chart = charts[figure];
      if (chart.is_null()) {
        chart = words_of_round_metric(figure);
        chart["x_title"] = "round";
        chart["series"] = Json::array();
      }
      chart["series"].push_back({{"name", fmt::format("{}, {}", of, figures.arms[a].arm)},
                                 {"points", std::move(points)},
                                 {"colour", of == "recommended" ? 0 : 1},
                                 {"line", a == 0 ? "solid" : "dashed"}});
    }
  }
  return charts_in_order(std::move(charts));
}

Json cards_of(const ArmFigures& arm, const std::vector<std::string>& metrics) {
  Json cards = Json::array();
  for (const std::string& metric : metrics) {
    const ReplicateMean mean = mean_over_replicates(figure_of(arm, metric));
    if (mean.replicates == 0) continue;
    const MetricWords words = words_of(Metric{.name = metric});
    cards.push_back({{"label", words.label},
                     {"meaning", words.meaning},
                     {"mean", mean.mean},
                     {"half_width", mean.half_width ? Json(*mean.half_width) : Json()},
                     {"basis", fmt::format("{}: {}", arm.arm, basis(arm))}});
  }
  return cards;
}

Json arms_section(const StudyFigures& figures) {
  return {{"heading", "Arm against arm"},
          {"text", fmt::format("{}; {}.", kIntervals, kDifference)},
          {"tables", Json::array({{{"columns", arm_header(figures)}, {"rows", arm_rows(figures)}}})}};
}

Json sections_of(const StudyFigures& figures) {
  Json sections = Json::array();
  if (figures.a_run) {
    if (Json section = caveats_section(RunReader(*figures.a_run)); !section.is_null())
      sections.push_back(std::move(section));
  }
  if (figures.control() != nullptr && !figures.metrics.empty()) sections.push_back(arms_section(figures));
  if (Json charts = curve_charts(figures); !charts.empty()) {
    sections.push_back(
        {{"heading", "Over the rounds"},
         {"text", "Bands are 95 % confidence intervals of the mean over replicates (Student's t)."},
         {"charts", std::move(charts)}});
  }
  return sections;
}

// --- The terminal ------------------------------------------------------------------------------------------

std::string round_table(const StudyFigures& figures) {
  std::uint16_t rounds = 0;
  std::map<std::string, std::map<std::string, std::map<std::uint16_t, ReplicateMean>>>
      means;  // by figure, arm
  for (const ArmFigures& arm : figures.arms) {
    for (const auto& [key, values] : arm.rounds) {
      rounds = std::max<std::uint16_t>(rounds, key.second + 1);
      means[key.first][arm.arm][key.second] = mean_over_replicates(values);
    }
  }
  std::vector<std::string> header{"figure", "arm"};
  for (int round = 1; round <= rounds; ++round) header.push_back(fmt::format("round {}", round));
  Table table(header);
  for (auto& [figure, of_arms] : means) {
    for (const ArmFigures& arm : figures.arms) {
      std::vector<std::string> row{figure, arm.arm};
      for (std::uint16_t round = 0; round < rounds; ++round) row.push_back(text_of(of_arms[arm.arm][round]));
      table.add_row(std::move(row));
    }
  }
  return table.text();
}

}  // namespace

ReplicateMean mean_over_replicates(const std::vector<double>& values) {
  ReplicateMean result{.mean = mean_of(values), .replicates = values.size()};
  result.half_width = half_width_95(standard_error_of(values), values.size());
  return result;
}

ReplicateMean mean_over_replicates(const ByReplicate& values) {
  std::vector<double> plain;
  for (const auto& [replicate, value] : values) plain.push_back(value);
  return mean_over_replicates(plain);
}

ReplicateMean mean_difference(const ByReplicate& a, const ByReplicate& b) {
  std::vector<double> differences;
  for (const auto& [replicate, value] : a) {
    if (const auto other = b.find(replicate); other != b.end()) differences.push_back(value - other->second);
  }
  return mean_over_replicates(differences);
}

StudyFigures study_figures(const std::filesystem::path& folder) {
  StudyFigures figures;
  for (const StudyRun& run : study_runs(folder)) {
    figures.replicates = std::max<std::size_t>(figures.replicates, run.replicate);
    auto arm = std::ranges::find(figures.arms, run.arm, &ArmFigures::arm);
    if (arm == figures.arms.end()) arm = figures.arms.insert(arm, ArmFigures{.arm = run.arm});
    if (run_status(run.folder) == "finished") add_run(run, figures, *arm);
  }
  return figures;
}

Json study_report_data(const std::filesystem::path& folder) {
  const StudyFigures figures = study_figures(folder);
  const Json scenario = read_json(folder / "scenario.json", ErrorKind::data);
  const Json summary = summary_of(folder);
  const NextCommand command = next_command(folder);
  Json facts = Json::array();
  if (figures.a_run) facts = facts_of(RunReader(*figures.a_run), scenario);
  facts.push_back({{"name", "replicates"}, {"value", std::to_string(figures.replicates)}});
  Json sections = sections_of(figures);
  if (summary.contains("llm")) sections.push_back(call_section(summary["llm"]));
  Json data = {{"title", scenario.value("name", "study")},
               {"subtitle",
                fmt::format("A study: {}, {}", basis(figures.arms.front()),
                            figures.control() != nullptr ? "with a control arm" : "without a control arm")},
               {"facts", std::move(facts)},
               {"metrics", cards_of(figures.arms.front(), figures.metrics)},
               {"metrics_note", fmt::format("Of the arm {}. {}.", figures.arms.front().arm, kIntervals)},
               {"sections", std::move(sections)},
               {"command", command.text},
               {"command_says", command.says},
               {"digest", summary.value("digest", "")},
               {"version", summary.value("version", "")},
               {"scenario", scenario}};
  if (const std::vector<std::string> notes = unfinished_notes(folder); !notes.empty()) {
    data["notice"] = fmt::format("{}", fmt::join(notes, " "));
  }
  return data;
}

std::string study_tables(const std::filesystem::path& folder) {
  const StudyFigures figures = study_figures(folder);
  std::string text;
  for (const ArmFigures& arm : figures.arms) text += fmt::format("  {}: {}\n", arm.arm, basis(arm));
  if (!figures.a_run) return text;
  for (const std::string& sentence : caveats_of(RunReader(*figures.a_run)))
    text += fmt::format("  note: {}\n", printable(sentence));
  Table arms(arm_header(figures));
  for (const std::vector<std::string>& row : arm_rows(figures)) arms.add_row(row);
  text += "\n" + arms.text() + "\n" + round_table(figures) + fmt::format("\n  {}", kIntervals);
  text += figures.control() != nullptr ? fmt::format(";\n  {}\n", kDifference) : "\n";
  if (const Json summary = summary_of(folder); summary.contains("llm"))
    text += "\n" + call_table(summary["llm"]);
  return text;
}

}  // namespace throng
