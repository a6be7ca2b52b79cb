#pragma once

#include <cstddef>

#include "scenarios/run/run.h"

namespace throng {

/// Runs a scenario with replicates or arms: into `folder`/ARM-1, OTHER_ARM-1, ARM-2, ... a
/// run each, all of the same shape as any run. Replicate n has seed + n - 1 in all arms, so that they start from the
/// same state and share their random draws. At most `runs_at_once` are under way at once (0: as many as threads and memory
/// allow; see play_runs), which makes no difference to any result.
///
/// Returns the content of the study's summary.json: that of a run, its metrics being means over the replicates of the first arm
/// with standard errors over replicates, `metric_agents` and `metric_pages` those of these replicates together,
/// its pages and windows sums over all runs, its digest the chain of all runs' digests; and beside that `replicates`, `arms` (their names),
/// `by_arm` {arm: {metrics, half_widths_95}: the same of each}, `baseline` (if there are several),
/// `worst_degraded_share` {arm: the greatest of its runs; only if language models were asked} and `curves`, an array of objects
/// {metric, arm, points: [{round, mean, low, high}]}: the mean over replicates of a round's figure and its 95 % confidence
/// interval (Student's t; low = high = mean for one replicate). Rounds count from 1.
///
/// Stopping, resuming and errors as in `run_scenario`; runs that have finished are not run again.
Json run_study(Scenario scenario, const RunOptions& options, std::size_t runs_at_once = 0);

/// Throws Failure(quality) if the summary of a study does not reach the bar that an arm sets.
void check_study_quality(const Scenario& study, const Json& summary);

}  // namespace throng
