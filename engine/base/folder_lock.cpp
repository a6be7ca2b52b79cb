#include "engine/base/folder_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& folder, const char* verb, const std::string& reason) {
  throw Failure(ErrorKind::usage, fmt::format("{} cannot be {}: {}", folder.string(), verb, reason));
}

void make(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, "created", error.message());
  // Before hours of work; root, whom no mode keeps out, still hears of a file system that is read-only.
  if (faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) != 0)
    fail(folder, "written", std::strerror(errno));
}

/// A process that gives a folder up removes the file that it holds: whoever opened that one has locked nothing.
bool is_still_there(const fs::path& path, int file) {
  struct stat by_name {};
  struct stat opened {};
  return lstat(path.c_str(), &by_name) == 0 && fstat(file, &opened) == 0 && by_name.st_ino == opened.st_ino &&
         by_name.st_dev == opened.st_dev;
}

/// The uppermost folder on the way to `file` that does not exist, or else the file itself; empty if that exists, too.
fs::path uppermost_absent(const fs::path& file) {
  fs::path absent;
  for (fs::path each = file; !fs::exists(fs::symlink_status(each)); each = each.parent_path()) absent = each;
  return absent;
}

fs::path in_full(const fs::path& folder) {
  const fs::path full = fs::absolute(folder).lexically_normal();
  return full.has_filename() ? full : full.parent_path();  // without a slash at the end
}

}  // namespace

FolderLock::FolderLock(const fs::path& folder) : path_(in_full(folder) / "lock") {
  while (true) {
    const fs::path absent = uppermost_absent(path_);
    make(folder);
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file_ < 0 && errno == ENOENT) continue;  // somebody gave the folder up in this moment
    if (file_ < 0) fail(folder, "written", fmt::format("lock: {}", std::strerror(errno)));
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      close(file_);
      throw Failure(ErrorKind::usage, fmt::format("{} is being written by another process", folder.string()));
    }
    made_ = absent;
    if (is_still_there(path_, file_)) return;
    close(file_);
  }
}

FolderLock::~FolderLock() {
  if (file_ < 0) return;
  std::error_code not_empty;
  // While it is held: whoever waits for it sees that it is gone.
  if (!made_.empty()) {
    for (fs::path each = path_; fs::remove(each, not_empty) && each != made_;) each = each.parent_path();
  }
  close(file_);
}

bool is_locked(const std::filesystem::path& folder) {
  const int file = open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(file);
  return is_held;
}

}  // namespace throng
