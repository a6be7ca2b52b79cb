#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace throng {

inline constexpr const char* kIntervention = "intervention";
inline constexpr const char* kControl = "control";

/// One of the runs that a study is made of.
struct StudyRun {
  std::string arm;              ///< kIntervention or kControl
  std::uint32_t replicate = 0;  ///< from 1
  std::filesystem::path folder;

  std::string name() const { return folder.filename().string(); }
};

/// The run of an arm in a study's folder, such as intervention-1.
StudyRun study_run(const std::filesystem::path& study, const std::string& arm, std::uint32_t replicate);

/// Whether the folder holds a study, finished or not: its scenario.json has replicates or a control.
bool is_study_folder(const std::filesystem::path& folder);

/// All runs of a study, begun or not, in the order in which they are run: replicate by replicate, the intervention
/// first. Throws Failure(data) if scenario.json cannot be read.
std::vector<StudyRun> study_runs(const std::filesystem::path& study);

/// What a study's or a run's folder says of the run in it: "finished", "stopped", "running" (also if its process was
/// killed), or "" before it has begun. Throws Failure(data) if run.db is damaged.
std::string run_status(const std::filesystem::path& run_folder);

}  // namespace throng
