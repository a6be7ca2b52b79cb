#pragma once

#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "scenarios/report/table.h"

namespace throng {

// What there is to show of a study's folder: of its finished runs, whether or not the study has finished.

/// What html_report shows: metrics, arms and their differences from the baseline, curves over rounds with bands, and places on the
/// page.
Json study_report_data(const std::filesystem::path& folder);

/// The headline metrics of the arms, the differences from the baseline, and the figures round by round and place by place: for the
/// terminal, or as tables that a paper takes.
std::string study_tables(const std::filesystem::path& folder, TableFormat format = TableFormat::terminal);

}  // namespace throng
