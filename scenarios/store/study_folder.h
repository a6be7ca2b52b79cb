#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace throng {

/// The arms of a study that names none: what is in the file itself, and its `control`.
inline constexpr const char* kIntervention = "intervention";
inline constexpr const char* kControl = "control";

/// The names and changes of a scenario's arms, with `control` as the second of two; nothing if it has neither.
std::vector<std::pair<std::string, Json>> changes_of_arms(const Json& scenario);

/// Of the path of a key, such as "session.max_pages", the last part if that is enough to tell it from `all` others.
std::string short_path(const std::string& path, std::span<const std::string> all);

/// One of the runs that a study is made of.
struct StudyRun {
  std::string arm;
  std::uint32_t replicate = 0;  ///< from 1
  std::filesystem::path folder;

  std::string name() const { return folder.filename().string(); }
};

/// The run of an arm in a study's folder, such as intervention-1.
StudyRun study_run(const std::filesystem::path& study, const std::string& arm, std::uint32_t replicate);

/// Whether the folder holds a study, finished or not: its scenario.json has replicates or arms.
bool is_study_folder(const std::filesystem::path& folder);

/// All runs of a study, begun or not, in the order in which they are run: replicate by replicate, arm by arm. Throws Failure(data) if scenario.json cannot be read.
std::vector<StudyRun> study_runs(const std::filesystem::path& study);

/// The arm that the others of a study are compared with. Of arms that a sweep has crossed ("mf,factors=8") it may be the first part
/// of a name ("random"): see `baseline_for`.
std::string baseline_of(const std::filesystem::path& study);

/// What an arm is compared with: the baseline at the same point of a sweep, if there is such an arm, or else the baseline itself.
std::string baseline_for(const std::string& arm, const std::string& baseline,
                         std::span<const std::string> arms);

/// What a study's or a run's folder says of the run in it: "finished", "stopped", "running" (also if its process was
/// killed), or "" before it has begun. Throws Failure(data) if run.db is damaged.
std::string run_status(const std::filesystem::path& run_folder);

}  // namespace throng
