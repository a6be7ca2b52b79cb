#pragma once

#include <filesystem>
#include <string>

#include "engine/base/json.h"

namespace throng {

/// Whether the folder holds a study: several runs summed up (scenarios/studies/study.h), not one run.
bool is_study_folder(const std::filesystem::path& folder);

/// What html_report shows of a study: its metrics and its curves over rounds with bands, the arms side by side.
/// `summary` is the study's summary.json.
Json study_report_data(const Json& summary, const std::filesystem::path& folder);

/// The curves as tables for the terminal: a row per metric and arm, a column per round, mean ± half the width of
/// the 95 % interval.
std::string study_tables(const Json& summary);

}  // namespace throng
