#include <fmt/format.h>

#include "engine/base/text.h"
#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

std::string rounded(const Json& number) { return fmt::format("{:.0f}", number.get<double>()); }

std::string duration(double seconds) {
  return seconds < 10 ? fmt::format("{:.1f} s", seconds) : rough_time(seconds);
}

std::string size_text(double bytes) {
  if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.1f} GB", bytes / 1e9);
}

/// What a run whose agents compute will take.
std::string run_text(const Json& run) {
  return fmt::format(
      "  it will take {} {}, {} of it to prepare, and {} of disk\n"
      "  measured on this machine just now: {}, and {} agents at {:.3f} ms for a visit\n",
      run["is_upper_bound"].get<bool>() ? "at most" : "about", duration(run["seconds"].get<double>()),
      duration(run["preparing_seconds"].get<double>()), size_text(run["bytes"].get<double>()),
      run["is_upper_bound"].get<bool>() ? "some epochs of the fit, which may end before its last one"
                                        : "the fit",
      run["pilot_agents"].get<std::size_t>(), 1e3 * run["session_seconds"].get<double>());
}

std::string call_text(const Json& checked) {
  Table table({"model", "agents", "calls", "prompt tokens", "completion tokens", "USD", "at least"});
  for (const Json& model : checked["estimate"]) {
    const char* const texts = model["kind"] == "embedding" ? " (texts)" : "";
    table.add_row({model["model"].get<std::string>() + texts, rounded(model["agents"]),
                   rounded(model["calls"]), rounded(model["prompt_tokens"]),
                   rounded(model["completion_tokens"]),
                   model["usd"].is_null() ? "no price" : fmt::format("{:.4f}", model["usd"].get<double>()),
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

}  // namespace

std::string check_text(const Json& checked) {
  const Json& dataset = checked["dataset"];
  std::string text =
      fmt::format("  dataset  {}: {} users, {} items, {} interactions, digest {}\n  folder   {}\n",
                  printable(dataset["name"].get<std::string>()), rounded(dataset["users"]),
                  rounded(dataset["items"]), rounded(dataset["interactions"]),
                  dataset["digest"].get<std::string>(), checked["folder"].get<std::string>());
  for (const Json& note : checked["notes"])
    text += fmt::format("  note: {}\n", printable(note.get<std::string>()));
  if (checked.contains("run")) text += run_text(checked["run"]);
  return checked.contains("estimate") ? text + call_text(checked) : text;
}

}  // namespace throng
