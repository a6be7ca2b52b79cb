#include "scenarios/run/run_folder.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/files.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// A run's scenario.json names the digest of its dataset; one that a person wrote seldom does.
bool is_run_folder(const fs::path& folder) {
  if (!fs::exists(folder / "scenario.json")) return false;
  const Json scenario = read_json(folder / "scenario.json", ErrorKind::data);
  return scenario.contains(Json::json_pointer("/dataset/digest"));
}

/// The folder must hold the same scenario, interrupted or finished.
void check_resumable(const Scenario& scenario, const fs::path& folder) {
  const Json stored = read_json(folder / "scenario.json", ErrorKind::data);
  const std::string path = first_result_difference(stored, scenario.json);
  if (path.empty()) return;
  const auto value_in = [&](const Json& json) {
    const Json::json_pointer pointer(path);
    return json.contains(pointer) ? json[pointer].dump() : std::string("absent");
  };
  throw Failure(ErrorKind::usage,
                fmt::format("{} cannot be resumed with another scenario: {} was {}, now it is {}",
                            folder.string(), path, value_in(stored), value_in(scenario.json)));
}

/// Nothing is in the way in an absent folder, or in one that a process left right after it had made it.
bool is_free(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  if (!fs::is_directory(folder)) return false;
  return std::all_of(
      fs::directory_iterator(folder), fs::directory_iterator(), [](const fs::directory_entry& entry) {
        return entry.path().filename() == "lock" || entry.path().filename() == "scenario.json.partial";
      });
}

void create_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} cannot be created: {}", folder.string(), error.message()));
  }
}

}  // namespace

std::optional<Json> check_folder(const Scenario& scenario, const fs::path& folder, ExistingFolder existing) {
  if (is_free(folder)) return std::nullopt;
  if (!is_run_folder(folder)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} exists and is not a run folder: it is left alone", folder.string()));
  }
  if (existing == ExistingFolder::refuse) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{} exists already: --resume completes it, --overwrite replaces it, --out names "
                    "another folder",
                    folder.string()));
  }
  if (existing == ExistingFolder::overwrite) return std::nullopt;
  check_resumable(scenario, folder);
  const bool finished =
      fs::exists(folder / "summary.json") && (scenario.is_study() || fs::exists(folder / "run.db"));
  if (!finished) return std::nullopt;
  return read_json(folder / "summary.json", ErrorKind::data);
}

FolderLock start_folder(const Scenario& scenario, const fs::path& folder, ExistingFolder existing) {
  create_folder(folder);
  FolderLock lock(folder);
  for (const char* file : {"run.db", "run.db-wal", "run.db-shm", "summary.json", "report.html"}) {
    fs::remove(folder / file);
  }
  if (existing != ExistingFolder::resume) {
    for (const char* file : {"journal.db", "journal.db-wal", "journal.db-shm", "budget.log"})
      fs::remove(folder / file);
  }
  write_file(folder / "scenario.json", scenario.json.dump(2) + "\n");
  return lock;
}

}  // namespace throng
