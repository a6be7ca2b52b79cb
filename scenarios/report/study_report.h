#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/report/table.h"

namespace throng {

// What there is to show of a study's folder and of the figures of its finished runs, whether or not the study has finished.

/// What html_report shows: metrics, arms and their differences from the baseline, curves over rounds with bands, and places on the
/// page.
Json study_report_data(const std::filesystem::path& folder, const StudyFigures& figures);

/// What the arms of a study set, as its scenario.json has them. Values are JSON or a bare word, "" where there is none; lists are one
/// value, and null takes away.
struct ArmSettings {
  std::vector<std::string>
      parameters;  ///< paths of the scenario that an arm changes, in the order in which they come; of what
                   ///< another kind brings along, what is not its default in all arms, or, where defaults are
                   ///< not known (defaults_of_kind), what arms of that kind do not have in common
  std::vector<std::string> otherwise;  ///< parallel to these: values in the study's scenario itself
  std::vector<std::pair<std::string, std::vector<std::string>>> arms;  ///< likewise: those that the arm sets
};

ArmSettings arm_settings(const Json& scenario);

/// The headline metrics of the arms, the differences from the baseline, and the figures round by round and place by place: for the
/// terminal, or as tables that a paper takes.
std::string study_tables(const std::filesystem::path& folder, const StudyFigures& figures,
                         TableFormat format = TableFormat::terminal);

}  // namespace throng
