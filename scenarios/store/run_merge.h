#pragma once

#include <cstddef>
#include <filesystem>

namespace throng {

/// One database of all rows of a run over several ranks, beside its run.db, for as long as this lives. It has the same tables, with the same
/// rows in the same order, as the run.db of one process.
class MergedCopy {
 public:
  /// Nobody writes the run meanwhile. Throws Failure(data) if a file of the run is missing or damaged, Failure(usage) at a gap
  /// (files_of), Failure(stopped) if there is no room.
  explicit MergedCopy(const std::filesystem::path& run_db);
  ~MergedCopy();
  MergedCopy(const MergedCopy&) = delete;
  MergedCopy& operator=(const MergedCopy&) = delete;

  const std::filesystem::path& file() const { return file_; }
  /// Puts it, for good, in the place of run.db, in which nobody may write any more. Survives a power cut.
  void take_its_place();

 private:
  std::filesystem::path run_db_;
  std::filesystem::path file_;
};

/// Makes one run.db of a run's files, in its place, and removes the shards; returns how many. May be killed at any moment: nothing is lost,
/// and the next call goes on. Throws Failure(usage) if somebody runs the run or reads it at this moment, and as MergedCopy.
std::size_t merge_shards(const std::filesystem::path& run_folder);

}  // namespace throng
