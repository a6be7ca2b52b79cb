// Writes the report of a made-up study, with every kind of chart, band and line: sample_reports FILE.html
#include <cmath>
#include <iostream>

#include "engine/base/files.h"
#include "scenarios/report/page.h"

namespace throng {
namespace {

/// Four rounds from `start`, `step` apart, in a band that widens.
Json series(const std::string& name, double start, double step) {
  Json points = Json::array();
  for (int round = 1; round <= 4; ++round) {
    const double mean = start + step * (round - 1);
    const double half = 0.01 * std::sqrt(round);
    points.push_back({{"x", round}, {"mean", mean}, {"low", mean - half}, {"high", mean + half}});
  }
  return {{"name", name}, {"points", points}};
}

Json curves(const std::string& metric, double start, double step) {
  Json chart = words_of_round_metric(metric);
  chart["x_title"] = "round";
  chart["series"] = {
      series("retrained, recommended", start, step), series("control, recommended", start, 0.001),
      series("retrained, viewed", start + 0.1, step), series("control, viewed", start + 0.1, 0.001)};
  for (int n = 0; n < 4; ++n) {
    chart["series"][n]["colour"] = n % 2;
    if (n >= 2) chart["series"][n]["line"] = "dashed";
  }
  return chart;
}

Json graph() {
  const char* const svg = R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 120">
<path d="M110 60H290L280 54V66L290 60" fill="none" stroke="var(--series-0)" stroke-width="2"/>
<circle cx="60" cy="60" r="50" fill="var(--wash)"/><circle cx="340" cy="60" r="50" fill="var(--wash)"/>
<text x="60" y="64" text-anchor="middle" fill="var(--ink)">What</text>
<text x="340" y="64" text-anchor="middle" fill="var(--ink)">causes what</text></svg>)svg";
  return {
      {"kind", "drawing"},
      {"title", "What causes what"},
      {"width", "full"},
      {"svg", svg},
      {"table", {{"columns", {"cause", "effect"}}, {"rows", Json::array({Json::array({"what", "what"})})}}}};
}

Json study() {
  Json charts = {curves("top_genre_share", 0.4, 0.03), curves("distinct_genres", 6.5, -0.4),
                 curves("gini", 0.7, 0.02), curves("coverage", 0.8, -0.05)};
  const Json differences = {{"columns", {"metric", "retrained", "control", "difference"}},
                            {"rows", Json::array({{"P_view", 0.43, 0.41, 0.02}, {"S_sat", 3.5, 3.4, 0.1}})}};
  return {{"title", "filter bubble"},
          {"subtitle", "Retrained every week, beside a control that is not"},
          {"facts", Json::array({{{"name", "replicates"}, {"value", 5}}})},
          {"sections", Json::array({{{"heading", "Round by round"},
                                     {"text", "Means over replicates; bands are 95 % intervals."},
                                     {"charts", charts},
                                     {"tables", Json::array({differences})}},
                                    {{"heading", "Causes"}, {"charts", Json::array({graph()})}}})},
          {"scenario", {{"name", "filter bubble"}, {"replicates", 5}}},
          {"command", "throng run scenarios/filter_bubble.json"}};
}

}  // namespace
}  // namespace throng

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: sample_reports FILE.html\n";
    return 2;
  }
  throng::write_file(argv[1], throng::html_report(throng::study()));
}
