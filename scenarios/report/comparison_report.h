#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/run_report.h"

namespace throng {

/// A run opened to be compared: what is read once, however many runs it is compared with.
struct ComparedRun {
  /// Throws Failure(data) if nothing there can be compared: no run, a study, or a run without rows of sessions.
  explicit ComparedRun(const std::filesystem::path& folder);

  std::string folder;
  RunReader run;
  std::vector<MetricValues> values;
  std::vector<MetricValues> positions;  ///< see RunReader::position_values
  std::size_t rounds = 0;               ///< that have sessions
};

/// All that `throng compare` says of run B against run A.
struct Comparison {
  std::vector<std::string> notes;  ///< sentences: what has to be known to read the figures
  Pairing pairing = Pairing::unpaired;
  std::vector<MetricDifference> metrics;
  std::vector<MetricDifference> positions;  ///< by place on the page, of places that both have
  DigestComparison digests;
  std::vector<RowDifference> rows;  ///< of the first agent that differs, in the round where the runs part
};

Comparison compare_runs(const ComparedRun& a, const ComparedRun& b);

/// For the terminal.
std::string comparison_text(const ComparedRun& a, const ComparedRun& b, const Comparison& comparison);

/// An object with
///   "a", "b"     the folders
///   "paired"     whether agents are paired
///   "notes"      sentences
///   "bootstrap"  {"resamples", "seed", "confidence"}
///   "metrics"    [{"metric", "a", "b", "difference", "low", "high", "agents", "agents_a", "agents_b",
///                "paired"}]: "agents" is how many agents the difference rests on (of both runs together if
///                they are not paired); figures that no agent has a value for are null
///   "positions"  likewise, of "position_1_aligned", "position_1_viewed", "position_1_rating", ...
///   "sessions"   {"in_both", "only_a", "only_b"}: how many sessions could be compared, and how many not
///   "parts"      null if all sessions in both runs have the same digests, else {"round" (from 1), "agents",
///                "first": [agent], "rows": [{"row", "a", "b"}]}: the rows of the first agent; null: absent
Json comparison_json(const ComparedRun& a, const ComparedRun& b, const Comparison& comparison);

}  // namespace throng
