#include <fmt/format.h>

#include "engine/base/text.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

std::vector<std::string> row(std::string name, const Agreement& agreement) {
  const double share =
      100.0 * static_cast<double>(agreement.agreeing) / static_cast<double>(agreement.compared);
  return {std::move(name), std::to_string(agreement.agreeing), std::to_string(agreement.compared),
          agreement.compared == 0 ? "-" : fmt::format("{:.2f} %", share)};
}

}  // namespace

std::string transcripts_table(const TranscriptComparison& comparison) {
  Table agreement({"reading equals parsed", "equal", "compared", "share"});
  agreement.add_row(row("agree: every field of a page", comparison.all_fields));
  for (std::size_t field = 0; field < kLabelFields.size(); ++field) {
    agreement.add_row(row(std::string(kLabelFields[field]), comparison.fields[field]));
  }
  agreement.add_row(row("recorded_watched equals viewed as read", comparison.recorded));
  std::string text = fmt::format(
      "  {} agents{}, {} pages\n\n{}\n", comparison.agents,
      comparison.sessions > comparison.agents ? fmt::format(" in {} sessions", comparison.sessions) : "",
      comparison.pages, agreement.text());
  const auto line = [&](const char* what, std::size_t part, std::size_t whole) {
    text += fmt::format("  {:<46}{:>6} of {}\n", what, part, whole);
  };
  line("reactions complete as they are", comparison.complete_reactions, comparison.pages);
  line("decisions told by a tag", comparison.choices_by_tag, comparison.pages);
  line("decisions told by words alone", comparison.choices_by_words, comparison.pages);
  line("interviews complete as they are", comparison.complete_interviews, comparison.interviews);
  if (comparison.thoughts > 0)
    line("replies with thinking, which was set apart", comparison.thoughts,
         2 * comparison.pages + comparison.interviews);
  return text + "\n" + position_table(comparison.positions) + "\n" + metrics_table(comparison.metrics);
}

std::string pages_in_question_text(const TranscriptComparison& comparison) {
  std::string text;
  for (const PageInQuestion& page : comparison.in_question) {
    const std::string place = page.page == 0 ? "interview" : fmt::format("page {}", page.page);
    text += fmt::format("agent {}, {} (line {}): {}\n", printable(page.agent), place, page.line, page.field);
    if (!page.parsed.empty()) text += fmt::format("  parsed  {}\n", printable(page.parsed));
    text += fmt::format("  read    {}\n", printable(page.read));
    for (const std::string& line : page.text) text += fmt::format("  | {}\n", printable(line));
    text += "\n";
  }
  return text;
}

Json transcripts_json(const TranscriptComparison& comparison) {
  Json json{
      {"agents", comparison.agents}, {"pages", comparison.pages}, {"agree", comparison.all_fields.agreeing}};
  Json compared{{"agree", comparison.all_fields.compared}};
  for (std::size_t field = 0; field < kLabelFields.size(); ++field) {
    json[kLabelFields[field]] = comparison.fields[field].agreeing;
    compared[kLabelFields[field]] = comparison.fields[field].compared;
  }
  json["recorded_watched"] = comparison.recorded.agreeing;
  compared["recorded_watched"] = comparison.recorded.compared;
  json["compared"] = compared;
  json["complete_reactions"] = comparison.complete_reactions;
  json["decisions_by_tag"] = comparison.choices_by_tag;
  json["decisions_by_words"] = comparison.choices_by_words;
  json["interviews"] = comparison.interviews;
  json["complete_interviews"] = comparison.complete_interviews;
  json["replies_with_thinking"] = comparison.thoughts;
  Json positions = Json::array();
  for (const PositionFigures& at : comparison.positions) {
    const auto mean = [](const AgentMean& value) { return value.agents == 0 ? Json() : Json(value.mean); };
    positions.push_back({{"position", at.position},
                         {"shown", at.shown},
                         {"aligned", mean(at.aligned)},
                         {"viewed", mean(at.viewed)},
                         {"rating", mean(at.rating)}});
  }
  json["positions"] = positions;
  Json metrics = Json::object();
  for (const Metric& metric : comparison.metrics) {
    metrics[metric.name] = metric.agents == 0 ? Json() : Json(metric.mean);
  }
  json["metrics"] = metrics;
  return json;
}

Json pages_in_question_json(const TranscriptComparison& comparison) {
  Json pages = Json::array();
  for (const PageInQuestion& page : comparison.in_question) {
    pages.push_back({{"line", page.line},
                     {"agent", page.agent},
                     {"page", page.page == 0 ? Json() : Json(page.page)},
                     {"field", page.field},
                     {"parsed", page.parsed.empty() ? Json() : Json(page.parsed)},
                     {"read", page.read},
                     {"text", page.text}});
  }
  return pages;
}

}  // namespace throng
