#pragma once

#include <filesystem>
#include <utility>

namespace throng {

/// Keeps other processes from writing a folder while it lives; they get Failure(usage). The lock is a file
/// `lock` in the folder, which stays there (empty); it is let go when the process ends, however it ends.
class FolderLock {
 public:
  /// The folder must exist.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  int file_;  ///< -1: moved from
};

}  // namespace throng
