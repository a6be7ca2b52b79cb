#include "engine/base/folder_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/error.h"

namespace throng {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : file_(open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (file_ < 0) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} cannot be written: {}", folder.string(), std::strerror(errno)));
  }
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    close(file_);
    throw Failure(ErrorKind::usage, fmt::format("{} is being written by another process", folder.string()));
  }
}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace throng
