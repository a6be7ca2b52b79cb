#pragma once

#include <filesystem>

namespace throng {

/// Keeps other processes from writing a folder while it lives; they get Failure(usage). The lock is a file
/// `lock` in the folder, which stays there (empty); it is let go when the process ends, however it ends.
class FolderLock {
 public:
  /// The folder must exist.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace throng
