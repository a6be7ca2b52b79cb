// What agents answered to the questions of their scenario, on the page and in the terminal.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

using Kind = InterviewQuestion::Kind;

constexpr std::size_t kWordsShown = 8;
/// More scores than these are gathered in ranges.
constexpr int kMostBars = 21;

/// What one bar stands for, and how many answers it has.
struct Bar {
  std::string label;
  std::size_t answers = 0;
};

std::vector<Bar> bars_of_scores(const QuestionFigures& figures) {
  const auto& [least, most] = std::pair(figures.question.least, figures.question.most);
  const int width = (most - least) / kMostBars + 1;
  std::vector<Bar> bars;
  for (int from = least; from <= most; from += width) {
    const int to = std::min(from + width - 1, most);
    Bar& bar =
        bars.emplace_back(Bar{.label = to > from ? fmt::format("{} to {}", from, to) : std::to_string(from)});
    for (auto each = figures.scores.lower_bound(from); each != figures.scores.upper_bound(to); ++each)
      bar.answers += each->second;
  }
  return bars;
}

std::vector<Bar> bars_of(const QuestionFigures& figures) {
  if (figures.question.kind == Kind::score) return bars_of_scores(figures);
  std::vector<Bar> bars;
  for (const std::string& option : figures.question.options) {
    const auto given = figures.choices.find(option);
    bars.push_back({.label = option, .answers = given == figures.choices.end() ? 0 : given->second});
  }
  return bars;
}

std::string mean_of(const QuestionFigures& figures) {
  if (figures.score.agents == 0) return "";
  const std::optional<double> half_width = half_width_95(figures.score.standard_error, figures.score.agents);
  return fmt::format("{:.2f}{}", figures.score.mean, half_width ? fmt::format(" ± {:.2f}", *half_width) : "");
}

Json answer_chart(const QuestionFigures& figures) {
  const char* const unit = "% of answers";
  Json labels = Json::array();
  Json shares = Json::array();
  Json rows = Json::array();
  for (const Bar& bar : bars_of(figures)) {
    labels.push_back(bar.label);
    shares.push_back(percent(bar.answers, figures.answers));
    rows.push_back({bar.label, bar.answers, shares.back()});
  }
  const bool is_score = figures.question.kind == Kind::score;
  Json chart = bar_chart_json(figures.question.text, unit, is_score ? "score" : "", std::move(labels),
                              Json::array({{{"name", unit}, {"values", shares}}}));
  if (!is_score) chart["direction"] = "down";
  chart["table"] = {{"columns", {"answer", "answers", unit}}, {"rows", std::move(rows)}};
  chart["note"] = fmt::format("{}: {} answers of {} agents.{}", figures.question.name,
                              grouped(figures.answers), grouped(figures.agents),
                              is_score ? fmt::format(" Mean over agents: {}.", mean_of(figures)) : "");
  return chart;
}

/// Some of what was said, which is untrusted; null: nothing was.
Json words_table(const RunReader& run, const QuestionFigures& figures) {
  const std::vector<StoredAnswer> said = run.words_of(figures.question.name, kWordsShown);
  if (said.empty()) return {};
  const bool has_reasons = figures.question.kind != Kind::words;
  Json rows = Json::array();
  for (const StoredAnswer& each : said) {
    Json row = {index(each.agent), each.round + 1};
    if (has_reasons)
      row.push_back(each.answer.score ? std::to_string(*each.answer.score) : each.answer.choice);
    row.push_back(each.answer.words);
    rows.push_back(std::move(row));
  }
  Json columns = {"agent", "session"};
  if (has_reasons) columns.push_back("answer");
  columns.push_back(has_reasons ? "reason" : "answer");
  return {{"caption", fmt::format("{}: {} ({} of {} answers)", figures.question.name, figures.question.text,
                                  rows.size(), grouped(figures.answers))},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)}};
}

/// Such as "too much of the same 12 (30.0 %), tired 8 (20.0 %)"; of a score where it lies.
std::string summary_of(const QuestionFigures& figures) {
  if (figures.answers == 0) return "nobody answered";
  if (figures.question.kind == Kind::score)
    return fmt::format("mean {} on {} to {}", mean_of(figures), figures.question.least,
                       figures.question.most);
  if (figures.question.kind == Kind::words) return "in words";
  std::vector<std::string> parts;
  for (const Bar& bar : bars_of(figures)) {
    parts.push_back(
        fmt::format("{} {} ({:.1f} %)", bar.label, bar.answers, percent(bar.answers, figures.answers)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

Json interview_section(const RunReader& run) {
  Json charts = Json::array();
  Json tables = Json::array();
  for (const QuestionFigures& figures : run.questions()) {
    if (figures.answers == 0) continue;
    if (figures.question.kind != Kind::words) charts.push_back(answer_chart(figures));
    if (Json table = words_table(run, figures); !table.is_null()) tables.push_back(std::move(table));
  }
  if (charts.empty() && tables.empty()) return {};
  Json section = section_json("Questions",
                              "What the scenario asked its agents after their sessions. ± is half the width "
                              "of the 95 % confidence interval over agents.",
                              std::move(charts));
  section["tables"] = std::move(tables);
  return section;
}

std::string interview_table(const RunReader& run) {
  const std::vector<QuestionFigures> questions = run.questions();
  if (questions.empty()) return "";
  std::string text;
  Table table({"question", "kind", "agents", "answers"});
  for (const QuestionFigures& figures : questions) {
    table.add_row({figures.question.name, to_string(figures.question.kind), std::to_string(figures.agents),
                   std::to_string(figures.answers)});
    text += fmt::format("  {}: {}\n", printable(figures.question.name), printable(summary_of(figures)));
  }
  return table.text() + text;
}

}  // namespace throng
