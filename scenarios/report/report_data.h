#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// What html_report shows of one run. `folder` is the run folder that `run` reads, as a user would name it:
/// its scenario.json, if there, is shown, and the command that reproduces the run names it.
Json report_data(const RunReader& run, const std::filesystem::path& folder);

/// What a run was of, for the "facts" of html_report.
Json facts_of(const RunReader& run, const Json& scenario);

/// The charts of figures that change from round to round, in the shape of html_report's curves. Metrics
/// called `recommended_X` and `viewed_X` become two curves of one chart; rounds count from 1. Empty for fewer
/// than two rounds.
Json round_charts(std::span<const RoundMetric> metrics);

/// A section that says what has to be borne in mind; null if there is nothing.
Json caveats_section(const RunReader& run);

/// The title, unit, meaning and range of the chart of X in `recommended_X` and `viewed_X`: {"title", "unit",
/// "note"?, "range"?}.
Json words_of_round_metric(const std::string& name);
/// That X, and the curve there: {"X", "recommended"}. A metric of any other name is a chart of its own, its curve "value".
std::pair<std::string, std::string> chart_and_curve(const std::string& metric);
/// Charts by X in the order of the table of figures, then those that it does not know.
Json charts_in_order(std::map<std::string, Json> charts);

}  // namespace throng
