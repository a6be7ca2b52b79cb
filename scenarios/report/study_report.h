#pragma once

#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/report/table.h"

namespace throng {

// What there is to show of a study's folder and of the figures of its finished runs, whether or not the study has finished.

/// What html_report shows: metrics, arms and their differences from the baseline, curves over rounds with bands, and places on the
/// page.
Json study_report_data(const std::filesystem::path& folder, const StudyFigures& figures);

/// The headline metrics of the arms, the differences from the baseline, and the figures round by round and place by place: for the
/// terminal, or as tables that a paper takes.
std::string study_tables(const std::filesystem::path& folder, const StudyFigures& figures,
                         TableFormat format = TableFormat::terminal);

}  // namespace throng
