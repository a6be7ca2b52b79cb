#include "scenarios/run/resume.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/scenario/scenario.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// Replies, or runs of a study.
bool keeps_something(const fs::path& folder) {
  return fs::exists(folder / "journal.db") ||
         std::ranges::any_of(study_runs(folder),
                             [](const StudyRun& run) { return fs::exists(run.folder / "scenario.json"); });
}

/// What is asked may differ from version to version, so that it would be paid for again; so may what is done.
void check_version(const fs::path& folder) {
  const bool has_finished = fs::exists(folder / "summary.json");
  if (has_finished || !keeps_something(folder)) return;
  const Json stored = read_json(folder / "scenario.json", ErrorKind::data);
  const std::string version = stored.value("throng_version", THRONG_VERSION);
  if (version == THRONG_VERSION) return;
  throw Failure(
      ErrorKind::usage,
      fmt::format(
          "{0} was begun by Throng {1}, and this is {2}, which may ask and do other things: complete it "
          "with {1}, or run it anew with --overwrite, or with --reuse {0} --out ANOTHER, which does not "
          "pay again for what is asked unchanged",
          folder.string(), version, THRONG_VERSION));
}

}  // namespace

void check_links(const fs::path& folder) {
  for (const char* file : {"journal.db", "journal.db-wal", "journal.db-shm", "budget.log", "run.log"}) {
    if (!fs::is_symlink(folder / file)) continue;
    throw Failure(ErrorKind::usage,
                  fmt::format("{} is a symbolic link: a run writes nothing outside its folder",
                              (folder / file).string()));
  }
}

void check_resumable(const fs::path& folder, const Json& scenario) {
  check_links(folder);
  check_same_scenario(folder, scenario);
  check_version(folder);
}

void check_same_scenario(const fs::path& folder, const Json& scenario) {
  const Json stored = read_json(folder / "scenario.json", ErrorKind::data);
  const std::string difference = result_difference(stored, scenario);
  if (difference.empty()) return;
  throw Failure(ErrorKind::usage,
                fmt::format("{} cannot be resumed with another scenario: {}", folder.string(), difference));
}

}  // namespace throng
