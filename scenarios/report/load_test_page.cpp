#include "scenarios/report/load_test_page.h"

#include <fmt/format.h>

#include "scenarios/report/chart_json.h"
#include "scenarios/report/load_test_table.h"

namespace throng {
namespace {

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
