#pragma once

#include <filesystem>

#include "agents/metrics.h"
#include "engine/base/hash.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/scenario.h"

namespace throng {

/// What to do about a run folder that exists already.
enum class ExistingFolder {
  refuse,     ///< a usage error
  resume,     ///< complete it; nothing to do if it has finished; start it if it is absent
  overwrite,  ///< replace it
};

struct RunOptions {
  std::filesystem::path folder;
  ExistingFolder existing = ExistingFolder::refuse;
  Progress::Output progress = Progress::Output::stderr_;
};

/// Runs a scenario into a run folder (scenarios/store/README.md) and returns the content of its summary.json:
/// an object with name, version, seed, digest, agents, pages, windows, metrics {p_view, n_like, p_like,
/// n_exit, s_sat}, standard_errors {the same}, wall_seconds and peak_rss_bytes.
///
/// Throws Failure(stopped) after SIGINT or SIGTERM, and if run.db cannot be written, with a folder that can
/// be resumed; Failure(usage) if the folder is in the way or holds another scenario, naming the first key
/// that differs; Failure(data) from the dataset.
Json run_scenario(Scenario scenario, const RunOptions& options);

}  // namespace throng
