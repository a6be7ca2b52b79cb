#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_figures.h"

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

// --- Studies ------------------------------------------------------------------------------------------------

/// A headline metric of an arm in B against that in A.
struct FigureComparison {
  std::string metric;
  std::string label;
  ReplicateMean a;
  ReplicateMean b;
  /// B less A: of pairs of runs with the same seed if there are any; else of the two means, with Welch's standard error and the
  /// degrees of freedom of the side with fewer runs, which errs towards a wider interval, and no p. `pairs`: or the runs of that side.
  PairedDifference over_replicates;
  /// Agent by agent, an agent's difference being its mean over the pairs of runs. None without pairs, or if agents are not the same.
  PairedDifference over_agents;
};

struct ArmComparison {
  std::string arm;  ///< "": of two runs
  std::size_t runs_a = 0;
  std::size_t runs_b = 0;
  std::size_t pairs = 0;  ///< of runs with the same seed
  std::size_t same = 0;   ///< of these, with the same digest
  std::set<std::string>
      not_comparable;  ///< the scenario's own metrics that are other SQL in A and B: they have no differences
  std::vector<FigureComparison> figures;
};

/// All that `throng compare` says of two studies, or of a run and a study: arm by arm, over their finished runs. A run stands
/// against every arm of a study.
struct StudyComparison {
  std::string a;
  std::string b;
  std::vector<std::string> notes;  ///< sentences: what has to be known to read the figures
  std::vector<ArmComparison> arms;
};

/// Throws Failure(data) if one of them is neither a run nor a study, or has no finished run; Failure(usage) if they have no arm in
/// common, naming the arms of both.
StudyComparison compare_studies(const std::filesystem::path& a, const std::filesystem::path& b);

/// For the terminal.
std::string study_comparison_text(const StudyComparison& comparison);

/// An object with "a", "b" (the folders), "notes" (sentences) and "arms": [{"arm", "runs_a", "runs_b", "pairs", "same_digest",
/// "figures": [{"metric", "a", "b": {"mean", "half_width_95", "replicates"}, "over_replicates", "over_agents": {"difference",
/// "half_width_95", "p", "p_holm", "effect_size", "pairs"}}]}]. What there is not is null.
Json study_comparison_json(const StudyComparison& comparison);

}  // namespace throng
