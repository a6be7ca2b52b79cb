#include "scenarios/report/estimate_table.h"

#include <fmt/format.h>

#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string rounded(const Json& number) { return fmt::format("{:.0f}", number.get<double>()); }

std::string duration(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

std::string estimate_table(const Json& checked) {
  if (!checked.contains("estimate")) return "";
  Table table({"model", "agents", "calls", "prompt tokens", "completion tokens", "USD", "at least"});
  for (const Json& model : checked["estimate"]) {
    table.add_row({model["model"].get<std::string>(), rounded(model["agents"]), rounded(model["calls"]),
                   rounded(model["prompt_tokens"]), rounded(model["completion_tokens"]),
                   fmt::format("{:.4f}", model["usd"].get<double>()),
                   duration(model["seconds"].get<double>())});
  }
  std::string text = fmt::format("\n{}", table.text());
  if (!checked.contains("pilot")) {
    return text +
           fmt::format(
               "  estimated without asking anybody, at {} s per call; --pilot 5 asks for five agents\n",
               checked["latency_seconds"].get<double>());
  }
  const Json& pilot = checked["pilot"];
  return text + fmt::format(
                    "  estimated from {} agents who were really asked for, at {:.2f} s per call; they took "
                    "{:.4f} USD and "
                    "lie in {}: 'throng run --resume' goes on with them\n",
                    pilot["agents"].size(), pilot["latency_seconds"].get<double>(),
                    pilot["usd"].get<double>(), pilot["folder"].get<std::string>());
}

}  // namespace throng
