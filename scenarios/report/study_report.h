#pragma once

#include <filesystem>
#include <string>

#include "engine/base/json.h"

namespace throng {

// What there is to show of a study's folder: of its finished runs, whether or not the study has finished.

/// What html_report shows: metrics, arms and their difference, and curves over rounds with bands.
Json study_report_data(const std::filesystem::path& folder);

/// For the terminal: the headline metrics of the arms and their difference, and the figures round by round.
std::string study_tables(const std::filesystem::path& folder);

}  // namespace throng
