#include <cmath>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "scenarios/report/page.h"
#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

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

Json chart(const char* title, const char* unit, const char* x_title, Json series) {
  return {{"kind", "curves"},   {"title", title},        {"unit", unit},
          {"x_title", x_title}, {"range", {0, nullptr}}, {"series", std::move(series)}};
}

const Json& load_of(const Json& point) {
  return point["mode"] == "closed" ? point["concurrency"] : point["rate"];
}

/// One series of `rows`' members; rows without a number are left out.
template <class Value>
Json series(const std::string& name, const Json& rows, const char* x, Value value) {
  Json points = Json::array();
  for (const Json& row : rows) {
    const Json y = value(row);
    if (y.is_number()) points.push_back({{"x", row[x]}, {"mean", y}});
  }
  return {{"name", name}, {"points", std::move(points)}};
}

template <class Value>
Json by_load(const char* name, const Json& points, Value value) {
  Json drawn = Json::array();
  for (const Json& point : points) {
    const Json y = value(point);
    if (y.is_number()) drawn.push_back({{"x", load_of(point)}, {"mean", y}});
  }
  return {{"name", name}, {"points", std::move(drawn)}};
}

Json by_span(const char* span, const Json& points) {
  Json all = Json::array();
  for (const char* percentile : {"p50", "p90", "p99"}) {
    all.push_back(by_load(percentile, points, [&](const Json& point) { return point[span][percentile]; }));
  }
  return all;
}

Json sweep_section(const Json& points) {
  const char* load = points[0]["mode"] == "closed" ? "calls at once" : "requests per second asked for";
  Json charts{
      chart("Throughput", "requests per second", load,
            {by_load("completed", points, [](const Json& point) { return point["requests_per_second"]; }),
             by_load("within the objective", points,
                     [](const Json& point) {
                       return point["goodput"].is_object() ? point["goodput"]["requests_per_second"] : Json();
                     })}),
      chart("Latency", "milliseconds", load, by_span("latency_ms", points)),
      chart("Tokens", "completion tokens per second", load,
            {by_load("completion tokens", points,
                     [](const Json& point) { return point["completion_tokens_per_second"]; })}),
      chart("Queue time", "milliseconds", load, by_span("queue_ms", points))};
  if (points[0]["first_token_ms"]["p50"].is_number())
    charts.push_back(chart("Time to first token", "milliseconds", load, by_span("first_token_ms", points)));
  for (Json& drawn : charts) {
    std::erase_if(drawn["series"].get_ref<Json::array_t&>(),
                  [](const Json& one) { return one["points"].empty(); });
  }
  return section_json("Load", "Each point is one load of the sweep.", std::move(charts));
}

Json percentile_chart(const Json& points, const std::vector<Json>& curves) {
  Json all = Json::array();
  for (std::size_t i = 0; i < curves.size(); ++i) {
    all.push_back(series(load_name(points[i]), curves[i]["percentiles"], "share",
                         [](const Json& row) { return row["ms"]; }));
  }
  return chart("Latency by percentile", "milliseconds", "percentile", std::move(all));
}

Json timeline_charts(const Json& point, const Json& curve) {
  const Json& rows = curve["timeline"];
  const std::string name = load_name(point);
  Json rate = chart(
      "Throughput over time", "requests per second", "seconds",
      {series("completed", rows, "second", [](const Json& row) { return row["requests_per_second"]; })});
  Json latency = chart("Latency over time", "milliseconds", "seconds",
                       {series("p50", rows, "second", [](const Json& row) { return row["p50"]; }),
                        series("p99", rows, "second", [](const Json& row) { return row["p99"]; })});
  return section_json(name.c_str(), "Calls by the moment at which they ended.",
                      {std::move(rate), std::move(latency)});
}

Json facts(const Json& test) {
  Json facts = Json::array();
  const auto fact = [&](const char* name, const std::string& value) {
    facts.push_back({{"name", name}, {"value", value}});
  };
  fact("model", test["model"].get<std::string>());
  for (const char* key : {"requests", "attempts", "completed", "prompt_tokens", "completion_tokens"})
    fact(key, grouped(test[key].get<std::size_t>()));
  fact("requests/s", figure_text(test["requests_per_second"]));
  fact("p50 ms", figure_text(test["latency_ms"]["p50"]));
  fact("p99 ms", figure_text(test["latency_ms"]["p99"]));
  return facts;
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

Json load_test_page(const Json& test, const std::vector<Json>& curves) {
  const Json points = test.contains("points") ? test["points"] : Json::array({test});
  Json sections = Json::array();
  if (points.size() > 1) sections.push_back(sweep_section(points));
  sections.push_back(
      section_json("Latency", "Measured from the intended start of each call, retries and waiting included.",
                   Json::array({percentile_chart(points, curves)})));
  for (std::size_t i = 0; i < curves.size(); ++i) sections.push_back(timeline_charts(points[i], curves[i]));
  return {{"title", "Load test"},       {"subtitle", test["url"]},
          {"facts", facts(test)},       {"sections", std::move(sections)},
          {"version", test["version"]}, {"scenario", test}};
}

}  // namespace throng
