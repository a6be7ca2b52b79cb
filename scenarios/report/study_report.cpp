#include "scenarios/report/study_report.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/exposure.h"
#include "agents/memory/memory.h"
#include "engine/base/files.h"
#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

constexpr const char* kIntervals =
    "± is half the width of the 95 % confidence interval of the mean over replicates (Student's t)";
constexpr const char* kIntervalsOverAgents =
    "± is half the width of the 95 % confidence interval of the mean over agents (Student's t): there is one "
    "replicate";
/// Tables of rounds and places end here.
constexpr std::uint16_t kMostColumns = 20;
/// Columns of what the arms set, on a terminal.
constexpr std::size_t kMostSettings = 8;

/// An empty object unless the study has finished.
Json summary_of(const std::filesystem::path& study) {
  const std::filesystem::path file = study / "summary.json";
  return std::filesystem::exists(file) ? read_json(file, ErrorKind::data) : Json::object();
}

/// Such as "5 replicates of 943 agents".
std::string basis(const ArmFigures& arm) {
  return fmt::format("{} {} of {} agents", arm.runs, arm.runs == 1 ? "replicate" : "replicates", arm.agents);
}

/// What a figure is called in tables.
std::string label_of(const StudyFigures& figures, const std::string& figure) {
  const auto known = figures.words.find(figure);
  return known == figures.words.end() ? figure : known->second.label;
}

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::string> arm_header(const StudyFigures& figures) {
  std::vector<std::string> header{"arm"};
  for (const std::string& metric : figures.metrics) header.push_back(label_of(figures, metric));
  return header;
}

/// Over replicates or, where the study has one, over agents.
ReplicateMean headline_of(const StudyFigures& figures, const ArmFigures& arm, const std::string& metric) {
  ReplicateMean mean = mean_over_replicates(figure_of(arm.metrics, metric));
  if (const auto found = arm.over_agents.find(metric);
      figures.replicates == 1 && found != arm.over_agents.end())
    mean.half_width = found->second;
  return mean;
}

const char* about_headlines(const StudyFigures& figures) {
  return figures.replicates == 1 ? kIntervalsOverAgents : kIntervals;
}

Rows arm_rows(const StudyFigures& figures) {
  Rows rows;
  for (const ArmFigures& arm : figures.arms) {
    auto& row = rows.emplace_back(std::vector{arm.arm});
    for (const std::string& metric : figures.metrics)
      row.push_back(text_of(headline_of(figures, arm, metric)));
  }
  return rows;
}

std::vector<std::string> difference_header(const StudyFigures& figures) {
  return {fmt::format("less {}", figures.baseline),
          "figure",
          "over replicates",
          "p (Holm)",
          "over agents",
          "p (Holm)",
          "d"};
}

bool is_headline(const StudyFigures& figures, const std::string& figure) {
  return std::ranges::find(figures.metrics, figure) != figures.metrics.end();
}

enum class Of { headlines, all };

Rows difference_rows(const StudyFigures& figures, Of which) {
  Rows rows;
  for (const ArmDifference& difference : figures.differences) {
    const auto& [replicates, agents] = std::tie(difference.over_replicates, difference.over_agents);
    if (replicates.pairs == 0) continue;
    if (which == Of::headlines && !is_headline(figures, difference.figure)) continue;
    rows.push_back({difference.arm, label_of(figures, difference.figure), text_of(replicates),
                    p_text(replicates.p_holm), text_of(agents), p_text(agents.p_holm),
                    agents.effect ? fmt::format("{:+.2f}", *agents.effect) : "-"});
  }
  return rows;
}

/// Of adverts in each trait group, over agents: a row for each arm and group, a column for each metric.
Json group_table(const StudyFigures& figures) {
  std::map<std::string, const ArmDifference*> by_place;
  for (const ArmDifference& difference : figures.group_differences)
    by_place[difference.arm + ' ' + difference.figure] = &difference;
  std::vector<std::string> metrics;
  std::vector<std::string> header{"less " + figures.baseline, "trait group"};
  for (const std::string& metric : figures.metrics) {
    if (std::ranges::none_of(figures.group_differences,
                             [&](const auto& each) { return each.figure == group_figure(metric, 0); }))
      continue;
    metrics.push_back(metric);
    header.push_back(label_of(figures, metric));
  }
  Rows rows;
  for (const ArmFigures& arm : figures.arms) {
    for (std::size_t group = 0; group < kTraitGroups; ++group) {
      std::vector<std::string> row{arm.arm, trait_group_name(group)};
      for (const std::string& metric : metrics) {
        const auto found = by_place.find(arm.arm + ' ' + group_figure(metric, group));
        if (found == by_place.end()) continue;
        const PairedDifference& difference = found->second->over_agents;
        row.push_back(text_of(difference) + (difference.p_holm.value_or(1) < 0.05 ? " *" : ""));
      }
      if (row.size() > 2) rows.push_back(std::move(row));
    }
  }
  return {{"caption", "Adverts by trait group, over agents; * where p (Holm) is below 0.05"},
          {"columns", std::move(header)},
          {"rows", std::move(rows)}};
}

/// What the table of differences means, as sentences.
std::string about_differences(const StudyFigures& figures) {
  return fmt::format(
      "Differences from the arm {}: arms share agents and random draws, so that they are taken replicate by "
      "replicate, and agent by agent (an agent's difference is its mean over the replicates). ± is half the "
      "width of the 95 % confidence interval of the mean difference (Student's t); p is that of a "
      "difference of 0, adjusted by Holm's method for all differences of the study over the same units, "
      "those of "
      "single rounds among them (there is none over fewer than {} pairs, nor of differences without spread); "
      "d is the mean difference over agents in standard deviations of these "
      "differences.",
      figures.baseline, kFewestForP);
}

bool has_differences(const StudyFigures& figures) { return !difference_rows(figures, Of::all).empty(); }

// --- The page ----------------------------------------------------------------------------------------------

Json cards_of(const StudyFigures& figures, const ArmFigures& arm) {
  Json cards = Json::array();
  for (const std::string& metric : figures.metrics) {
    const ReplicateMean mean = headline_of(figures, arm, metric);
    if (mean.replicates == 0) continue;
    const MetricWords& words = figures.words.at(metric);
    cards.push_back({{"label", words.label},
                     {"meaning", words.meaning},
                     {"mean", mean.mean},
                     {"half_width", mean.half_width ? Json(*mean.half_width) : Json()},
                     {"basis", fmt::format("{}: {}", arm.arm, basis(arm))}});
  }
  return cards;
}

/// A value of an arm as it fits into a cell.
std::string cell_of(const std::string& value) {
  constexpr std::size_t longest = 40;
  if (value.empty()) return "-";
  const auto number = parse_number<double>(value);
  if (number && value.size() > 8) return fmt::format("{:.5g}", *number);
  return value.size() <= longest ? value : std::string(beginning(value, longest)) + "...";
}

/// A row for each arm, a column for each parameter; no rows if no arm sets anything.
std::pair<std::vector<std::string>, Rows> settings_table(const Json& scenario) {
  const ArmSettings settings = arm_settings(scenario);
  std::vector<std::string> header{"arm"};
  for (const std::string& parameter : settings.parameters)
    header.push_back(parameter.ends_with(".kind") ? parameter : short_path(parameter, settings.parameters));
  Rows rows;
  if (settings.parameters.empty()) return {header, rows};
  const auto add_row = [&](const std::string& arm, const std::vector<std::string>& values) {
    auto& row = rows.emplace_back(std::vector{arm});
    for (const std::string& value : values) row.push_back(cell_of(value));
  };
  for (const auto& [arm, values] : settings.arms) add_row(arm, values);
  add_row("otherwise", settings.otherwise);
  return {header, rows};
}

Json arms_section(const StudyFigures& figures, const Json& scenario) {
  Json tables = Json::array({{{"columns", arm_header(figures)}, {"rows", arm_rows(figures)}}});
  if (auto [header, rows] = settings_table(scenario); !rows.empty()) {
    tables.push_back({{"caption", "What the arms set, and what it is otherwise"},
                      {"columns", std::move(header)},
                      {"rows", std::move(rows)}});
  }
  std::string text = fmt::format("{}.", about_headlines(figures));
  if (has_differences(figures)) {
    tables.push_back({{"columns", difference_header(figures)}, {"rows", difference_rows(figures, Of::all)}});
    text += " " + about_differences(figures);
  }
  if (!figures.group_differences.empty()) tables.push_back(group_table(figures));
  return {{"heading", "Arm against arm"}, {"text", std::move(text)}, {"tables", std::move(tables)}};
}

Json sections_of(const StudyFigures& figures, const Json& scenario) {
  Json sections = Json::array();
  if (Json section = caveats_section(figures.caveats); !section.is_null())
    sections.push_back(std::move(section));
  if (figures.arms.size() > 1 && !figures.metrics.empty())
    sections.push_back(arms_section(figures, scenario));
  if (Json charts = difference_charts(figures); !charts.empty()) {
    Json section = section_json(
        "Differences",
        fmt::format("Whiskers are 95 % confidence intervals of the mean difference over {} (Student's t).",
                    figures.replicates > 1 ? "replicates" : "agents"),
        std::move(charts));
    section["size"] = "small";
    sections.push_back(std::move(section));
  }
  for (Json& section : sections_along(figures, scenario)) sections.push_back(std::move(section));
  return sections;
}

std::string subtitle_of(const StudyFigures& figures) {
  if (figures.arms.size() == 1) return fmt::format("A study: {}", basis(figures.arms.front()));
  std::vector<std::string> names;
  for (const ArmFigures& arm : figures.arms) names.push_back(arm.arm);
  return fmt::format("A study of {} arms, {}: {}; compared with {}", names.size(),
                     basis(figures.arms.front()), fmt::join(names, ", "), figures.baseline);
}

// --- Tables ------------------------------------------------------------------------------------------------

/// A line beside tables.
std::string prose(const std::string& sentence, TableFormat format) {
  const char* const before = format == TableFormat::terminal ? "  "
                             : format == TableFormat::latex  ? "% "
                                                             : "";
  return fmt::format("{}{}\n", before, printable(sentence));
}

std::string table_of(std::vector<std::string> header, const Rows& rows, TableFormat format) {
  Table table(std::move(header));
  for (const std::vector<std::string>& row : rows) table.add_row(row);
  return table.text(format);
}

/// A row for each figure and arm, a column for each round or place, the first kMostColumns of them; of several rounds the last column
/// is of all of them.
std::string table_along(const StudyFigures& figures, FiguresAlong ArmFigures::*of_arm, const char* noun,
                        TableFormat format, const std::function<bool(const std::string&)>& is_shown) {
  std::uint16_t columns = 0;
  std::set<std::string> names;
  for (const ArmFigures& arm : figures.arms) {
    for (const auto& [key, values] : arm.*of_arm) {
      if (!is_shown(key.first)) continue;
      names.insert(key.first);
      columns = std::max<std::uint16_t>(columns, key.second + 1);
    }
  }
  if (names.empty()) return "";
  columns = std::min(columns, kMostColumns);
  std::vector<std::string> header{"figure", "arm"};
  for (int column = 1; column <= columns; ++column) header.push_back(fmt::format("{} {}", noun, column));
  const bool has_all = of_arm == &ArmFigures::rounds && columns > 1;
  if (has_all) header.push_back("all rounds");
  Rows rows;
  for (const std::string& name : names) {
    for (const ArmFigures& arm : figures.arms) {
      auto& row = rows.emplace_back(std::vector{label_of(figures, name), arm.arm});
      for (std::uint16_t column = 0; column < columns; ++column)
        row.push_back(text_of(mean_over_replicates(figure_at(arm.*of_arm, name, column))));
      if (has_all) {
        row.push_back(text_of(
            mean_over_replicates(figure_of(is_headline(figures, name) ? arm.metrics : arm.bubble, name))));
      }
    }
  }
  return table_of(std::move(header), rows, format);
}

/// Of headline metrics: a row for each arm, a column for each round.
std::string round_difference_table(const StudyFigures& figures, TableFormat format) {
  std::map<std::pair<std::size_t, std::size_t>, std::map<std::uint16_t, const PairedDifference*>> rounds_of;
  std::uint16_t columns = 0;
  for (const ArmDifference& difference : figures.round_differences) {
    if (difference.over_replicates.pairs == 0 || !is_headline(figures, difference.figure)) continue;
    const auto arm = std::ranges::find(figures.arms, difference.arm, &ArmFigures::arm) - figures.arms.begin();
    const auto metric = std::ranges::find(figures.metrics, difference.figure) - figures.metrics.begin();
    rounds_of[{arm, metric}][*difference.round] = &difference.over_replicates;
    columns = std::max<std::uint16_t>(columns, *difference.round + 1);
  }
  if (rounds_of.empty()) return "";
  columns = std::min(columns, kMostColumns);
  std::vector<std::string> header{fmt::format("less {}", figures.baseline), "figure"};
  for (int column = 1; column <= columns; ++column) header.push_back(fmt::format("round {}", column));
  Rows rows;
  for (const auto& [of, rounds] : rounds_of) {
    auto& row = rows.emplace_back(
        std::vector{figures.arms[of.first].arm, label_of(figures, figures.metrics[of.second])});
    for (std::uint16_t column = 0; column < columns; ++column) {
      const auto found = rounds.find(column);
      const bool is_sure = found != rounds.end() && found->second->p_holm.value_or(1) < 0.05;
      row.push_back((found == rounds.end() ? "-" : text_of(*found->second)) + (is_sure ? " *" : ""));
    }
  }
  return table_of(std::move(header), rows, format) + "\n" +
         prose("Each round for itself, replicate by replicate; * where p (Holm) is below 0.05.", format) +
         "\n";
}

/// A person at a terminal is told of what agents were shown; a page and a paper have room for what they viewed and liked, too.
bool is_told_at_terminal(const std::string& round_metric) {
  return !round_metric.starts_with("viewed_") && !round_metric.starts_with("liked_");
}

std::string place_tables(const StudyFigures& figures, TableFormat format) {
  std::string text;
  for (const char* along : {"position", "page"}) {
    const std::string ending = fmt::format("_by_{}", along);
    text += table_along(figures, &ArmFigures::places, along, format,
                        [&](const std::string& name) { return name.ends_with(ending); });
  }
  return text.empty() ? text : fmt::format("\n{}\n{}", text, prose(fmt::format("{}.", kPlaces), format));
}

}  // namespace

Json study_report_data(const std::filesystem::path& folder, const StudyFigures& figures) {
  const Json scenario = read_json(folder / "scenario.json", ErrorKind::data);
  const Json summary = summary_of(folder);
  const NextCommand command = next_command(folder);
  Json facts = Json::array();
  if (figures.a_run) facts = facts_of(RunReader(*figures.a_run), scenario);
  facts.push_back({{"name", "replicates"}, {"value", std::to_string(figures.replicates)}});
  Json sections = sections_of(figures, scenario);
  if (summary.contains("llm")) sections.push_back(call_section(summary["llm"]));
  sections.push_back(runs_section(folder));
  Json data = {
      {"title", scenario.value("name", "study")},
      {"subtitle", subtitle_of(figures)},
      {"facts", std::move(facts)},
      {"metrics", cards_of(figures, figures.arms.front())},
      {"metrics_note", fmt::format("Of the arm {}. {}.", figures.arms.front().arm, about_headlines(figures))},
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

std::string study_tables(const std::filesystem::path& folder, const StudyFigures& figures,
                         TableFormat format) {
  const auto says = [&](const std::string& sentence) { return prose(sentence, format) + "\n"; };
  std::string text;
  for (const ArmFigures& arm : figures.arms)
    text += prose(fmt::format("{}: {}", arm.arm, basis(arm)), format);
  if (!figures.a_run) return text;
  for (const std::string& sentence : figures.caveats) text += prose("note: " + sentence, format);
  text += "\n" + table_of(arm_header(figures), arm_rows(figures), format) + "\n";
  text += says(fmt::format("{}.", about_headlines(figures)));
  auto [settings_header, settings] = settings_table(read_json(folder / "scenario.json", ErrorKind::data));
  if (!settings.empty()) {
    const std::size_t columns = settings_header.size();
    if (format == TableFormat::terminal && columns > kMostSettings) {
      settings_header.resize(kMostSettings);
      for (std::vector<std::string>& row : settings) row.resize(kMostSettings);
    }
    text += table_of(settings_header, settings, format) + "\n";
    text +=
        says(settings_header.size() == columns
                 ? "What the arms set, and what it is otherwise (at length: arms.csv, --csv)."
                 : fmt::format("What the arms set, and what it is otherwise: {} of {} parameters; arms.csv "
                               "(--csv) has all.",
                               kMostSettings - 1, columns - 1));
  }
  if (has_differences(figures)) {
    text += table_of(difference_header(figures), difference_rows(figures, Of::headlines), format) + "\n";
    text += says(about_differences(figures) + " Those of all figures: report.html and --csv.");
  }
  text += round_difference_table(figures, format);
  text += table_along(figures, &ArmFigures::rounds, "round", format, [&](const std::string& name) {
    return format != TableFormat::terminal || is_told_at_terminal(name);
  });
  const auto has_rounds = [](const ArmFigures& arm) { return !arm.rounds.empty(); };
  if (format == TableFormat::terminal && std::ranges::any_of(figures.arms, has_rounds))
    text += "\n" + prose("Figures of items viewed and liked: report.html and --csv.", format);
  text += place_tables(figures, format);
  if (const Json summary = summary_of(folder); summary.contains("llm") && format == TableFormat::terminal)
    text += "\n" + call_table(summary["llm"]);
  return text;
}

}  // namespace throng
