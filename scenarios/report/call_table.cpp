#include "scenarios/report/call_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/printable.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::int64_t count(const Json& json, const char* key) { return json[key].get<std::int64_t>(); }

/// Such as "interview 2, react 7"; "none" of an empty object.
std::string by_name(const Json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : counts.items()) parts.push_back(fmt::format("{} {}", printable(name), value.dump()));
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> cells(std::string name, const Json& totals) {
  return {std::move(name),
          fmt::format("{}", count(totals, "calls")),
          fmt::format("{}", count(totals, "retries")),
          fmt::format("{}", count(totals, "prompt_tokens")),
          fmt::format("{}", count(totals, "cached_tokens")),
          fmt::format("{}", count(totals, "completion_tokens")),
          fmt::format("{:.4f}", totals["usd"].get<double>())};
}

}  // namespace

std::string call_table(const Json& llm) {
  Table table({"model", "calls", "retries", "prompt tokens", "of them cached", "completion tokens", "USD"});
  for (const Json& model : llm["by_model"]) {
    table.add_row(cells(fmt::format("{} at {}", model["model"].get<std::string>(), model["endpoint"].get<std::string>()),
                        model));
  }
  if (llm["by_model"].size() != 1) table.add_row(cells("all", llm));
  std::string text = table.text();
  text += fmt::format("  per agent: {:.2f} calls, {:.0f} tokens; {} calls made now, {} from the journal, {} replayed\n",
                      llm["calls_per_agent"].get<double>(), llm["tokens_per_agent"].get<double>(), count(llm, "live"),
                      count(llm, "from_journal"), count(llm, "replayed"));
  text += fmt::format("  replies that could not be used: {}; repairs: {}; degraded pages: {} of {}; abandoned agents: "
                      "{}; interviews missing: {}\n",
                      by_name(llm["unusable_replies"]), count(llm, "repairs"), count(llm, "degraded_pages"),
                      count(llm, "pages"), count(llm, "abandoned_agents"), count(llm, "missing_interviews"));
  text += fmt::format("  failed attempts: {}\n", by_name(llm["failed_attempts"]));
  return text;
}

}  // namespace throng
