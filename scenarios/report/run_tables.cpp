#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "recsys/data/dataset.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::int64_t count(const Json& json, const char* key) { return json.at(key).get<std::int64_t>(); }

/// Such as "interview 2, react 7"; "none" of an empty object.
std::string by_name(const Json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : counts.items())
    parts.push_back(fmt::format("{} {}", printable(name), value.dump()));
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> cells(std::string name, const Json& totals) {
  return {std::move(name),
          fmt::format("{}", count(totals, "calls")),
          fmt::format("{}", count(totals, "retries")),
          fmt::format("{}", count(totals, "prompt_tokens")),
          fmt::format("{}", count(totals, "cached_tokens")),
          fmt::format("{}", count(totals, "completion_tokens")),
          fmt::format("{:.4f}", totals.at("usd").get<double>())};
}

Json model_row(std::string name, const Json& totals) {
  return Json::array({std::move(name), totals.at("calls"), totals.at("retries"), totals.at("prompt_tokens"),
                      totals.at("cached_tokens"), totals.at("completion_tokens"), totals.at("usd")});
}

std::string name_of(const Json& model) {
  return fmt::format("{}{} at {}", model.at("model").get<std::string>(),
                     model.contains("kind") ? " (texts)" : "", model.at("endpoint").get<std::string>());
}

constexpr std::size_t kBarWidth = 40;

std::string percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// Rows "value, count, share, bar" for counts of values 1, 2, ...
std::string distribution(const std::string& what, const std::string& count_name,
                         std::span<const std::size_t> counts) {
  const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const std::size_t greatest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string text = fmt::format("  {:<8}{:>10}{:>9}\n", what, count_name, "share");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("  {:<8}{:>10}{:>9}  {}\n", i + 1, counts[i], percent(counts[i], total),
                        bar(static_cast<double>(counts[i]), static_cast<double>(greatest), kBarWidth));
  }
  return text;
}

std::string trait_table(std::span<const TraitGroupFigures> groups) {
  std::vector<std::string> header{"trait group", "agents"};
  for (const Metric& metric : groups.front().metrics) header.push_back(words_of(metric).label);
  Table table(std::move(header));
  for (const TraitGroupFigures& group : groups) {
    std::vector<std::string> row{fmt::format("{} {} {}", group.trait, group.group, group.word),
                                 std::to_string(group.agents())};
    for (const Metric& metric : group.metrics) {
      row.push_back(metric.agents == 0 ? "-" : fmt::format("{:.3f}", metric.mean));
    }
    table.add_row(std::move(row));
  }
  return table.text();
}

std::string mean_text(const AgentMean& mean) {
  if (mean.agents == 0) return "-";
  const std::optional<double> half_width = half_width_95(mean.standard_error, mean.agents);
  return fmt::format("{:.3f}{}", mean.mean, half_width ? fmt::format(" ± {:.3f}", *half_width) : "");
}

}  // namespace

Json call_section(const Json& llm) {
  Json models = Json::array();
  for (const Json& model : llm.at("by_model")) models.push_back(model_row(name_of(model), model));
  if (models.size() != 1) models.push_back(model_row("all", llm));
  Json troubles = Json::array();
  for (const auto& [what, key] :
       {std::pair{"degraded pages", "degraded_pages"}, std::pair{"pages in all", "pages"},
        std::pair{"abandoned agents", "abandoned_agents"},
        std::pair{"interviews missing", "missing_interviews"},
        std::pair{"repairs: calls that told the model what was wrong", "repairs"}}) {
    troubles.push_back(Json::array({what, llm.at(key)}));
  }
  for (const auto& [step, times] : llm.at("unusable_replies").items()) {
    troubles.push_back(Json::array({fmt::format("replies that could not be used: {}", step), times}));
  }
  const Json unwrapped = llm.value("unwrapped_replies", Json::object());  // older runs have none
  for (const auto& [taken_from, times] : unwrapped.items()) {
    troubles.push_back(
        Json::array({fmt::format("replies used that had to be unwrapped: {}", taken_from), times}));
  }
  for (const auto& [kind, times] : llm.at("failed_attempts").items()) {
    troubles.push_back(Json::array({fmt::format("failed attempts: {}", kind), times}));
  }
  if (const std::int64_t calls = llm.value("implausible_usage", std::int64_t{0}); calls > 0)
    troubles.push_back(Json::array({"calls whose server claimed a usage that cannot be", calls}));
  const Json calls{
      {"caption", "Calls, tokens and cost"},
      {"columns",
       {"model", "calls", "retries", "prompt tokens", "of them cached", "completion tokens", "USD"}},
      {"rows", models}};
  const Json failures{{"caption", "What did not go as it should"},
                      {"columns", Json::array({"what", "how often"})},
                      {"rows", troubles}};
  return {
      {"heading", "Language models"},
      {"text",
       fmt::format("Per agent {:.2f} calls and {:.0f} tokens. Degraded pages count in no metric; abandoned "
                   "agents are left out of means over agents.",
                   llm.at("calls_per_agent").get<double>(), llm.at("tokens_per_agent").get<double>())},
      {"tables", Json::array({calls, failures})}};
}

std::string call_table(const Json& llm) {
  Table table({"model", "calls", "retries", "prompt tokens", "of them cached", "completion tokens", "USD"});
  for (const Json& model : llm.at("by_model")) {
    table.add_row(cells(name_of(model), model));
  }
  if (llm.at("by_model").size() != 1) table.add_row(cells("all", llm));
  std::string text = table.text();
  text += fmt::format(
      "  per agent: {:.2f} calls, {:.0f} tokens; {} calls made now, {} from the journal, {} replayed\n",
      llm.at("calls_per_agent").get<double>(), llm.at("tokens_per_agent").get<double>(), count(llm, "live"),
      count(llm, "from_journal"), count(llm, "replayed"));
  text += fmt::format(
      "  replies that could not be used: {}; repairs: {}; degraded pages: {} of {}; abandoned agents: "
      "{}; interviews missing: {}\n",
      by_name(llm.at("unusable_replies")), count(llm, "repairs"), count(llm, "degraded_pages"),
      count(llm, "pages"), count(llm, "abandoned_agents"), count(llm, "missing_interviews"));
  if (const Json unwrapped = llm.value("unwrapped_replies", Json::object()); !unwrapped.empty())
    text += fmt::format("  replies used that had to be unwrapped: {}\n", by_name(unwrapped));
  text += fmt::format("  failed attempts: {}\n", by_name(llm.at("failed_attempts")));
  if (const std::int64_t calls = llm.value("implausible_usage", std::int64_t{0}); calls > 0) {
    text += fmt::format("  calls whose server claimed a usage that cannot be (tokens are estimated): {}\n",
                        calls);
  }
  return text;
}

std::string ranking_sources(const Json& rankings) {
  return fmt::format("{} asked for now, {} from the journal, {} replayed", count(rankings, "live"),
                     count(rankings, "from_journal"), count(rankings, "replayed"));
}

std::string ranking_line(const Json& rankings) {
  return fmt::format("  rankings of the remote recommender: {}\n", ranking_sources(rankings));
}

std::string position_table(std::span<const PositionFigures> positions, Places places) {
  constexpr std::size_t most = 20;
  struct Words {
    const char* heading;
    const char* meaning;
  };
  static const std::map<Places, Words> words{
      {Places::on_page, {"position", "by the place of an item on its page"}},
      {Places::in_prompt,
       {"in prompt", "by the place of an item in the prompt, which told of the page in an order of its own"}},
      {Places::pages, {"page", "by page"}}};
  Table table({words.at(places).heading, "shown", "aligned", "viewed", "rating"});
  for (const PositionFigures& position : positions.first(std::min(positions.size(), most))) {
    table.add_row({std::to_string(position.position), std::to_string(position.shown),
                   mean_text(position.aligned), mean_text(position.viewed), mean_text(position.rating)});
  }
  return fmt::format("{}  {}: means over agents, ± 95 %\n", table.text(), words.at(places).meaning);
}

std::string gaps_table(const std::string& heading, const char* recorded, const char* simulated,
                       const Json& gaps) {
  Table table({heading, recorded, simulated, "gap", "by chance", "95 %"});
  const auto number = [](const Json& value) {
    return value.is_number() ? fmt::format("{:.4f}", value.get<double>()) : std::string("-");
  };
  for (const Json& gap : gaps) {
    const bool is_divergence = gap["kind"] == "divergence";
    const auto name = gap["name"].get<std::string>();
    table.add_row({is_divergence ? name + ", JS divergence (nats)" : name, number(gap["recorded"]),
                   number(gap["simulated"]),
                   gap["gap"].is_number() && !is_divergence ? fmt::format("{:+.4f}", gap["gap"].get<double>())
                                                            : number(gap["gap"]),
                   number(gap["floor_mean"]), number(gap["floor_95"])});
  }
  return table.text();
}

std::string tiers_table(const Json& tiers) {
  return gaps_table(
             fmt::format("from round 2 on; fitted to {} agents", tiers["fitted_to"].get<std::size_t>()),
             "language models", "fitted agents", tiers["comparison"]) +
         "  by chance: mean and 95th percentile of the gap between two resamples of the language models' "
         "agents\n";
}

std::string metrics_table(std::span<const Metric> metrics) {
  std::size_t width = 8;
  for (const Metric& metric : metrics) width = std::max(width, printable(words_of(metric).label).size() + 1);
  std::string text = fmt::format("  {:<{}}{:>8}{:>10}{:>9}{:>9}  {}\n", "metric", width, "mean", "± 95 %",
                                 "agents", "pages", "mean over agents of the");
  for (const Metric& metric : metrics) {
    const auto& [name, meaning] = words_of(metric);
    const std::optional<double> half_width = half_width_of(metric);
    text += fmt::format("  {:<{}}{:>8}{:>10}{:>9}{:>9}  {}\n", printable(name), width,
                        metric.agents > 0 ? fmt::format("{:.3f}", metric.mean) : "-",
                        half_width ? fmt::format("{:.4f}", *half_width) : "-", metric.agents, metric.pages,
                        printable(meaning));
  }
  return text + "  ± 95 %: half the width of the 95 % confidence interval over agents (Student's t)\n";
}

namespace {

std::string search_table(std::span<const SearchFigures> searches) {
  constexpr std::size_t most = 10;
  Table table({"searched for", "times", "answered", "found", "viewed"});
  for (const SearchFigures& search : searches.first(std::min(searches.size(), most))) {
    table.add_row({excerpt(search.query), std::to_string(search.times), std::to_string(search.answered),
                   std::to_string(search.found), std::to_string(search.viewed)});
  }
  return fmt::format(
      "{}  {} searches; pages that answer them count in N_exit, S_sat and the figures of actions only\n",
      table.text(),
      std::accumulate(searches.begin(), searches.end(), std::size_t{0},
                      [](std::size_t sum, const SearchFigures& search) { return sum + search.times; }));
}

}  // namespace

std::string run_tables(const RunReader& run) {
  const std::vector<Outcome>& outcomes = run.outcomes();
  const std::vector<Metric> metrics = metrics_so_far(run, outcomes);
  std::string text;
  const std::string who = run.meta("population");
  const std::vector<std::string> sentences = caveats_of(run);
  if (!who.empty() &&
      std::ranges::none_of(sentences, [&](const auto& each) { return each.starts_with(who); }))
    text += fmt::format("  {}.\n", printable(who));
  for (const std::string& sentence : sentences) text += fmt::format("  note: {}\n", printable(sentence));
  if (!text.empty()) text += "\n";
  text += has_figures(metrics) ? metrics_table(metrics) + "\n" : "  No agent has finished a session yet.\n";
  if (run.meta("store") == "summary")
    return text + "  Only what sums the run up was kept (--store summary).\n";
  run.with_meta("llm", [&](const Json& llm) { text += call_table(llm) + "\n"; });
  run.with_meta("tiers", [&](const Json& tiers) { text += tiers_table(tiers) + "\n"; });
  run.with_meta("rankings", [&](const Json& rankings) { text += ranking_line(rankings) + "\n"; });
  if (outcomes.empty()) return text;
  if (const std::string answers = interview_table(run); !answers.empty()) text += answers + "\n";
  std::string places;
  for (const Places each : {Places::on_page, Places::in_prompt, Places::pages}) {
    if (const auto figures = run.positions(each); !figures.empty())
      places += position_table(figures, each) + "\n";
  }
  if (const auto searches = run.searches(); !searches.empty()) places += search_table(searches) + "\n";
  return fmt::format("{}{}\n{}\n{}{}", text,
                     distribution("rating", plural_of(item_name_of(run)), run.rating_counts()),
                     distribution("exit on", "sessions", exit_page_counts(outcomes)), places,
                     trait_table(trait_group_figures(outcomes, run.traits())));
}

}  // namespace throng
