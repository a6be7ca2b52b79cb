#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/files.h"
#include "scenarios/run/scenario.h"

namespace throng {

/// What to do about a run folder that exists already.
enum class ExistingFolder {
  refuse,     ///< a usage error
  resume,     ///< complete it; nothing to do if it has finished; start it if it is absent
  overwrite,  ///< replace it
};

/// Another run, whose replies a run takes.
struct EarlierRun {
  /// What becomes of a request that its journal has no reply to.
  enum class Missing {
    stops,         ///< the run stops; nobody is ever asked: a replay
    is_asked_for,  ///< whoever answers such requests is asked
  };

  std::filesystem::path folder;  ///< of a study: with a run for each of the study's
  Missing missing = Missing::stops;
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

  /// The summary if nothing is left to do. The scenario knows its dataset's digest; throws Failure(usage) if the folder
  /// holds another scenario, another content of the dataset among it.
  std::optional<Json> finished(const Scenario& scenario) const;

  /// From now on the folder is this scenario's: leaves nothing of an earlier run in it, nor of an earlier study's arms, but, to
  /// resume it, what has been paid for. Throws Failure(stopped) if it cannot be written.
  void begin(const Scenario& scenario);

  /// The run has finished. Throws Failure(stopped) if the summary cannot be written.
  void finish(const Json& summary) const;

  /// What to tell a person whose run has stopped: why, and how it goes on.
  Failure stopped(const std::string& reason) const;

 private:
  void check(const Json& scenario, const std::optional<EarlierRun>& earlier) const;
  void check_same(const Json& scenario) const;
  void check_version() const;
  void check_links() const;
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

}  // namespace throng
