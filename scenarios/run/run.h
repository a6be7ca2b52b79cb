#pragma once

#include <filesystem>

#include "agents/metrics.h"
#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/run_folder.h"
#include "scenarios/run/scenario.h"

namespace throng {

/// What run.db keeps.
enum class Store {
  full,     ///< a row for everything that was shown and done
  summary,  ///< only what sums it up: windows, metrics, figures of rounds; no agents, sessions or items
};

struct RunOptions {
  std::filesystem::path folder;
  ExistingFolder existing = ExistingFolder::refuse;
  Store store = Store::full;
  std::optional<EarlierRun> earlier;  ///< whose replies are used; see RunOutside
  /// The study that the run is part of: its folder has the budget of all its runs, and is what a person resumes.
  std::optional<std::filesystem::path> study;
  Progress::Output progress = Progress::Output::stderr_;
  LogLevel log = LogLevel::info;  ///< of run.log in the folder
};

/// Runs a scenario into a run folder (docs/run-folder.md) and returns the content of its summary.json:
/// an object with name, version, seed, digest, agents, pages, windows, metrics {p_view, n_like, p_like,
/// n_exit, s_sat}, standard_errors {the same}, half_widths_95 {the same: half the width of the 95 % intervals over
/// agents, null for fewer than two}, metric_agents and metric_pages {how many each rests on}, caveats (see caveats.h), llm {see
/// call_report; and MishapCounts; only if language models were asked}, wall_seconds and peak_rss_bytes.
///
/// Throws Failure(stopped) after an interrupt (InterruptGuard), if the budget is reached, if an endpoint is down, and if
/// a file of the folder cannot be written, with a folder that can be resumed; Failure(usage) if the folder is in the
/// way (see RunFolder); Failure(data) from the dataset. However it ends, run.db does not say that it is running.
Json run_scenario(Scenario scenario, const RunOptions& options);

/// The share of a run's pages that are degraded; none if no language models were asked.
std::optional<double> degraded_share(const Json& summary);

/// Throws Failure(quality) if that share does not reach the bar that a scenario sets.
void check_quality(const Scenario& scenario, const std::optional<double>& degraded_share);

/// The dataset the scenario names; the scenario, as written and as resolved, then says which content it has. Throws
/// Failure(usage) if the scenario wants another content.
Dataset load_pinned_dataset(Scenario& scenario);

}  // namespace throng
