#include "scenarios/report/load_test_table.h"

#include <cmath>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "scenarios/report/chart_json.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

constexpr std::pair<const char*, const char*> kSpans[] = {{"latency_ms", "latency"},
                                                          {"queue_ms", "queue time"},
                                                          {"service_ms", "service time"},
                                                          {"first_token_ms", "time to first token"},
                                                          {"per_output_token_ms", "per output token"}};

std::string count(const Json& number) { return grouped(number.get<std::size_t>()); }

std::string counts_by_kind(const Json& counts) {
  std::string text;
  for (const auto& [kind, number] : counts.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count(number), kind);
  return text.empty() ? "none" : text;
}

std::string spans_table(const Json& point) {
  Table table({"milliseconds", "p50", "p90", "p99", "p99.9", "mean", "max"});
  for (const auto& [key, name] : kSpans) {
    const Json& span = point[key];
    if (span["p50"].is_null()) continue;
    table.add_row({name, figure_text(span["p50"]), figure_text(span["p90"]), figure_text(span["p99"]),
                   figure_text(span["p99_9"]), figure_text(span["mean"]), figure_text(span["max"])});
  }
  return table.text();
}

std::string percent_of(const Json& share, const Json& limit) {
  return fmt::format("{:.1f} % of {}", 100 * share.get<double>(), count(limit));
}

std::string load_facts(const Json& point) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("  {:<18}{}\n", name, printable(value));
  };
  line("requests", fmt::format("{} ({} completed, {} attempts)", count(point["requests"]),
                               count(point["completed"]), count(point["attempts"])));
  line("failed", counts_by_kind(point["failed"]));
  line("failed attempts", counts_by_kind(point["failed_attempts"]));
  if (point["aborted_attempts"] != 0) line("aborted attempts", count(point["aborted_attempts"]));
  if (point["canceled"] != 0) line("canceled", count(point["canceled"]));
  line("requests/s", fmt::format("{} over {:.2f} s", figure_text(point["requests_per_second"]),
                                 point["seconds"].get<double>()));
  line("prompt tokens",
       fmt::format("{} ({}/s, {} cached)", count(point["prompt_tokens"]),
                   figure_text(point["prompt_tokens_per_second"]), count(point["cached_tokens"])));
  line("completion tokens", fmt::format("{} ({}/s)", count(point["completion_tokens"]),
                                        figure_text(point["completion_tokens_per_second"])));
  const Json& limit = point["rate_limit"];
  if (limit["requests_used"].is_number())
    line("request limit", percent_of(limit["requests_used"], limit["requests_per_minute"]) + " a minute");
  if (limit["tokens_used"].is_number())
    line("token limit", percent_of(limit["tokens_used"], limit["tokens_per_minute"]) + " a minute");
  if (const Json& good = point["goodput"]; good.is_object()) {
    line("goodput", fmt::format("{:.1f} % within {} ms: {} requests/s", 100 * good["share"].get<double>(),
                                figure_text(good["objective_ms"]), figure_text(good["requests_per_second"])));
  }
  line("CPU time", fmt::format("{:.2f} s", point["cpu_seconds"].get<double>()));
  return text;
}

std::string sweep_table(const Json& points) {
  Table table({"load", "completed", "failed", "requests/s", "tokens/s", "p50 ms", "p90 ms", "p99 ms",
               "p99.9 ms", "queue p50", "goodput/s"});
  for (const Json& point : points) {
    std::size_t failed = 0;
    for (const Json& number : point["failed"]) failed += number.get<std::size_t>();
    const Json& latency = point["latency_ms"];
    const Json& good = point["goodput"];
    table.add_row({load_name(point), count(point["completed"]), grouped(failed),
                   figure_text(point["requests_per_second"]),
                   figure_text(point["completion_tokens_per_second"]), figure_text(latency["p50"]),
                   figure_text(latency["p90"]), figure_text(latency["p99"]), figure_text(latency["p99_9"]),
                   figure_text(point["queue_ms"]["p50"]),
                   figure_text(good.is_object() ? good["requests_per_second"] : Json())});
  }
  return table.text();
}

}  // namespace

std::string load_name(const Json& point) {
  if (point["mode"] == "closed") return fmt::format("concurrency {}", point["concurrency"].get<int>());
  return fmt::format("{:g} requests/s", point["rate"].get<double>());
}

std::string figure_text(const Json& number) {
  if (number.is_null()) return "-";
  const double value = number.get<double>();
  if (std::abs(value) >= 1000) return grouped(static_cast<std::size_t>(std::lround(value)));
  return fmt::format("{:.{}f}", value, std::abs(value) >= 100 ? 1 : std::abs(value) >= 1 ? 2 : 3);
}

std::string load_test_text(const Json& test) {
  const bool is_sweep = test.contains("points");
  std::string text = fmt::format("{} at {}, {}\n\n", printable(test["model"].get<std::string>()),
                                 printable(test["url"].get<std::string>()),
                                 is_sweep ? fmt::format("{} loads", test["points"].size()) : load_name(test));
  text += load_facts(test) + "\n" + spans_table(test);
  if (is_sweep) text += "\n" + sweep_table(test["points"]);
  return text;
}

}  // namespace throng
