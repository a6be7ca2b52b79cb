#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/error.h"

namespace throng {

/// Whether a name may be part of a file's name, whatever stands beside it: up to 100 letters, digits and _ . + = , - that begin with
/// a letter or a digit.
bool is_plain_name(std::string_view name);

/// The whole file as bytes. Throws Failure(`kind`) naming the path if it cannot be read.
std::string read_file(const std::filesystem::path& path, ErrorKind kind);

/// A file that is written beside `path` and takes its place when it is whole, so that a reader sees the old file or the
/// new one, never a half. Nothing else is ever written to: a symbolic link at `path` is replaced, not followed, and so is
/// whatever lies under the temporary name. One thread at a time.
class AtomicFile {
 public:
  /// Throws cannot_write.
  explicit AtomicFile(std::filesystem::path path);
  /// Leaves nothing behind if it was not committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& out() { return out_; }
  /// To be called once, after the last byte. Throws cannot_write.
  void commit();

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  std::filesystem::path partial_;
  std::unique_ptr<std::streambuf> buffer_;  ///< owns the open file
  std::ostream out_{nullptr};
  bool committed_ = false;
};

/// Writes a whole AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view text);

/// That `path` could not be written, by the reason: a place where nothing can be written (read-only, forbidden, no
/// folder) is a Failure(usage); a disk without room, which the same command can try again when there is some, a
/// Failure(stopped); anything else a Failure(unexpected).
Failure cannot_write(const std::filesystem::path& path, const std::error_code& reason);
/// The same, the reason being `errno`.
Failure cannot_write(const std::filesystem::path& path);

/// Makes the folder and those above it, unless they are there. Throws cannot_write.
void create_folder(const std::filesystem::path& folder);

/// A new folder that is removed with its contents, unless it was moved to its place. Throws cannot_write, and
/// Failure(usage) if the path is taken.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::filesystem::path path);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Onto nothing or an empty folder.
  void move_to(const std::filesystem::path& target);

 private:
  std::filesystem::path path_;
};

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

/// A file as text in memory, paged in as it is read. The file must not be cut short meanwhile.
class MappedFile {
 public:
  /// Throws Failure(data) naming the path if it is no readable regular file.
  explicit MappedFile(const std::filesystem::path& path);

  /// Valid as long as this object lives.
  std::string_view text() const { return text_; }

 private:
  std::shared_ptr<const void> region_;  ///< null for an empty file
  std::string_view text_;
};

}  // namespace throng
