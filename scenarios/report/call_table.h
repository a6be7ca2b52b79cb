#pragma once

#include <string>

#include "engine/base/json.h"

namespace throng {

/// What the calls of a run took and what went wrong, for the terminal: from the `llm` of a run's summary.
std::string call_table(const Json& llm);

/// The same as a section of the HTML report (report_data.h).
Json call_section(const Json& llm);

/// Where the rankings of a remote recommender came from, from the `rankings` of a run's summary: a phrase.
std::string ranking_sources(const Json& rankings);
/// The same as a line for the terminal.
std::string ranking_line(const Json& rankings);

}  // namespace throng
