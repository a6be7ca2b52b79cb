#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "agents/metrics.h"
#include "engine/base/files.h"
#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/ranks/ranks.h"
#include "scenarios/gateway/run_gateway.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/shared_worlds.h"
#include "scenarios/scenario/scenario.h"
#include "scenarios/store/run_writer.h"

namespace throng {

/// What to do about a run folder that exists already.
enum class ExistingFolder {
  refuse,     ///< a usage error
  resume,     ///< complete it (resume.h); nothing to do if it has finished; start it if it is absent
  overwrite,  ///< replace it
};

/// The folder of a run, or of a study with the runs of its arms in folders of their own: nobody else writes it while this
/// lives. It is opened before anything that takes time, so that what is in the way is said at once and cannot change
/// afterwards; only `begin` changes what an earlier run left. A folder in which nothing has begun is left as it was found.
class RunFolder {
 public:
  /// Makes the folder if it is absent, locks it, and looks at it under the lock. The scenario need not know the digests of
  /// its datasets yet. Throws Failure(usage) if nothing can be written there, another process writes there, the folder is in
  /// the way or holds another scenario (naming the first key that differs), was begun by another version of Throng, or `earlier` would
  /// be deleted; Failure(data) if that is no run.
  RunFolder(std::filesystem::path path, ExistingFolder existing, const Scenario& scenario,
            const std::optional<EarlierRun>& earlier = {});

  const std::filesystem::path& path() const { return path_; }

  /// The summary if nothing is left to do (but to take other metrics from the rows of a run, see `with_metrics_of`; a study with
  /// others is not finished). The scenario knows its dataset's digest; throws Failure(usage) if the folder
  /// holds another scenario, another content of the dataset among it.
  std::optional<Json> finished(const Scenario& scenario) const;

  /// The summary of a finished run with the metrics that the scenario has of its own. Where the run had others they are taken from its
  /// rows, and stand in run.db, summary.json and scenario.json from then on; a report.html that shows
  /// the others is removed. Throws Failure(usage) if it has no rows; Failure(stopped), SQLite::Exception or
  /// std::filesystem::filesystem_error if a file cannot be written.
  Json with_metrics_of(const Scenario& scenario, Json summary) const;

  /// From now on the folder is this scenario's: leaves nothing of an earlier run in it, nor of an earlier study's arms, but, to
  /// resume it, what has been paid for. Throws Failure(stopped) if it cannot be written.
  void begin(const Scenario& scenario);

  /// The run has finished. Throws Failure(stopped) if the summary cannot be written.
  void finish(const Json& summary) const;

  /// What to tell a person whose run has stopped: why, and how it goes on.
  Failure stopped(const std::string& reason) const;

 private:
  void check(const Json& scenario, const std::optional<EarlierRun>& earlier) const;
  bool has_metrics_of(const Scenario& scenario) const;
  void remove_results() const;
  void remove_paid() const;
  void remove_arms() const;
  void write(const char* file, const Json& content) const;

  std::filesystem::path path_;
  ExistingFolder existing_;
  FolderLock lock_;
  bool free_;           ///< it holds no run
  bool begun_ = false;  ///< something in it is this run's
};

/// Of a gateway whose journal and budget lie in `folder`; `progress` tells a person how its calls go, and outlives it.
GatewayOptions gateway_options(const std::filesystem::path& folder, const std::optional<EarlierRun>& earlier,
                               Progress& progress);

/// A folder of calls that are no run's, beside what they are about: locked while this lives, with the scenario that they were asked
/// under, their journal and their budget.
class CallsFolder {
 public:
  /// Throws Failure(usage) if it, or a file of it, is a link (check_links), and as FolderLock and RunGateway do.
  CallsFolder(const std::filesystem::path& folder, const Scenario& scenario,
              const std::optional<EarlierRun>& earlier, Progress& progress);

  RunGateway& gateway() { return *gateway_; }

 private:
  std::optional<FolderLock> lock_;
  std::optional<RunGateway> gateway_;
};

/// The study that a run is part of. What it refers to outlives the run.
struct PartOfStudy {
  std::filesystem::path folder;  ///< has the budget of all its runs, and is what a person resumes
  SharedWorlds& shared;          ///< what its runs have in common
  RunOfStudy progress;
  LogOf log = LogOf::process;  ///< thread: other runs may be under way
};

struct RunOptions {
  std::filesystem::path folder;
  ExistingFolder existing = ExistingFolder::refuse;
  Store store = Store::full;
  std::optional<EarlierRun> earlier;  ///< whose replies are used; see RunGateway
  std::optional<PartOfStudy> study{};
  Progress::Output progress = Progress::Output::stderr_;
  LogLevel log = LogLevel::info;  ///< of run.log in the folder
  Ranks* ranks = &alone();        ///< the processes that run it
};

/// Runs a scenario into a run folder (docs/run-folder.md) and returns the content of its summary.json:
/// an object with name, version, seed, digest, agents, population (who they are, a sentence), pages, windows, metrics {p_view, n_like, p_like,
/// n_exit, s_sat}, standard_errors {the same}, half_widths_95 {the same: half the width of the 95 % intervals over
/// agents, null for fewer than two}, metric_agents and metric_pages {how many each rests on}, caveats (see caveats.h), llm {see
/// call_report; and ReplyQuality; only if language models were asked}, wall_seconds and peak_rss_bytes (of the process).
///
/// Throws Failure(stopped) after an interrupt (InterruptGuard), if the budget is reached, if an endpoint is down, and if
/// a file of the folder cannot be written, with a folder that can be resumed; Failure(usage) if the folder is in the
/// way (see RunFolder); Failure(data) from the dataset. However it ends, run.db does not say that it is running. Several may
/// run at once in folders of their own, if they ask nobody.
///
/// Collective: of several ranks each runs its part of the agents, and the first has the folder, with results that are those of one rank.
/// All of them return the summary, or throw a Failure of the same kind.
Json run_scenario(Scenario scenario, const RunOptions& options);

/// The share of a run's pages that are degraded; none if no language models were asked.
std::optional<double> degraded_share(const Json& summary);

/// Throws Failure(quality) if that share does not reach the bar that a scenario sets.
void check_quality(const Scenario& scenario, const std::optional<double>& degraded_share);

/// Throws Failure(usage) if the scenario has metrics of its own and the store keeps no rows to take them from.
void check_store(const Scenario& scenario, Store store);

/// Collective. Throws Failure(usage), on all ranks, if one of them would run something else: another scenario, another content of its
/// datasets (which it knows by now), another version.
void check_same_on_all(Ranks& ranks, const Json& resolved);

/// Throws Failure(usage) if a finished run in this folder had other metrics of its own than the scenario has, and no rows to take
/// these from. Where no run has finished there is nothing to check.
void check_rows(const Scenario& scenario, const std::filesystem::path& run);

/// Throws Failure(quality) if the summary of a run or a study says that the SQL of a metric gave no number where it should.
void check_metrics(const Json& summary);

/// The dataset the scenario names, with what language models have written about it (apply_profiles); the scenario then knows the
/// digests of what it read. Throws Failure(usage) if the scenario wants another content.
Dataset load_pinned_dataset(Scenario& scenario);

}  // namespace throng
