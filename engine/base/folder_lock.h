#pragma once

#include <filesystem>
#include <utility>

namespace throng {

/// Keeps other processes from writing a folder while it lives; they get Failure(usage). The lock is a file
/// `lock` in the folder; it is let go when the process ends, however it ends.
class FolderLock {
 public:
  /// Makes the folder if it is absent. Throws Failure(usage) also if nothing can be written there.
  explicit FolderLock(const std::filesystem::path& folder);
  /// Unless it was kept, what had to be made is removed: the file, and the folders if nothing has come into them.
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept
      : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)), made_(std::move(other.made_)) {}
  FolderLock& operator=(FolderLock&&) = delete;

  void keep() { made_.clear(); }

 private:
  int file_ = -1;               ///< -1: moved from
  std::filesystem::path path_;  ///< of the file
  std::filesystem::path
      made_;  ///< the uppermost folder that had to be made, or else the file; empty: nothing
};

/// Whether a process holds the lock of a folder. Changes nothing.
bool is_locked(const std::filesystem::path& folder);

}  // namespace throng
