#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// A mean over replicates; ± half_width is its 95 % interval (half_width_95), empty for fewer than two replicates.
struct ReplicateMean {
  double mean = 0;
  std::optional<double> half_width;
  std::size_t replicates = 0;  ///< 0: there is no mean
};

ReplicateMean mean_over_replicates(const std::vector<double>& values);

/// A figure of each replicate that has it, by replicate.
using ByReplicate = std::map<std::uint32_t, double>;

ReplicateMean mean_over_replicates(const ByReplicate& values);
/// Of a - b, replicate by replicate: both have the same agents and random draws.
ReplicateMean mean_difference(const ByReplicate& a, const ByReplicate& b);

/// The finished runs of one arm of a study.
struct ArmFigures {
  std::string arm;
  std::size_t runs = 0;                        ///< finished
  std::size_t agents = 0;                      ///< of one run
  std::map<std::string, ByReplicate> metrics;  ///< headline metrics; without those that rest on no agent
  std::map<std::pair<std::string, std::uint16_t>, ByReplicate> rounds;  ///< by metric and round (from 0)
};

/// What the finished runs of a study show, an entry for each arm; the study itself may be unfinished.
struct StudyFigures {
  std::vector<ArmFigures> arms;                ///< the intervention first
  std::vector<std::string> metrics;            ///< the names of the headline metrics, in their order
  std::size_t replicates = 0;                  ///< that the study is to have
  std::optional<std::filesystem::path> a_run;  ///< one of the finished runs; empty without any

  const ArmFigures* control() const { return arms.size() > 1 ? &arms[1] : nullptr; }
};

StudyFigures study_figures(const std::filesystem::path& folder);

// What there is to show of a study's folder: of its finished runs, whether or not the study has finished.

/// What html_report shows: metrics, arms and their difference, and curves over rounds with bands.
Json study_report_data(const std::filesystem::path& folder);

/// For the terminal: the headline metrics of the arms and their difference, and the figures round by round.
std::string study_tables(const std::filesystem::path& folder);

}  // namespace throng
