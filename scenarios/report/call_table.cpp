#include "scenarios/report/call_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
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
  return fmt::format("{} at {}", model.at("model").get<std::string>(),
                     model.at("endpoint").get<std::string>());
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

}  // namespace throng
