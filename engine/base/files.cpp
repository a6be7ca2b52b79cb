#include "engine/base/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <ext/stdio_filebuf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace throng {
namespace {

/// An open(2) that never opens what is there already, be it a link to somebody else's file.
int open_new(const std::filesystem::path& path) {
  unlink(path.c_str());  // left by a killed process that had our number, or put there to be followed
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

}  // namespace

namespace fs = std::filesystem;

std::string read_file(const std::filesystem::path& path, ErrorKind kind) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    const std::string reason = in ? "it is a folder" : std::strerror(errno);
    throw Failure(kind, fmt::format("{}: cannot be read: {}", path.string(), reason));
  }
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), partial_(fmt::format("{}.partial-{}", path_.string(), getpid())) {
  const int file = open_new(partial_);
  if (file < 0) fail(errno);
  buffer_ = std::make_unique<__gnu_cxx::stdio_filebuf<char>>(file, std::ios::out | std::ios::binary);
  out_.rdbuf(buffer_.get());
}

AtomicFile::~AtomicFile() {
  if (!committed_) unlink(partial_.c_str());
}

void AtomicFile::commit() {
  auto& file = static_cast<__gnu_cxx::stdio_filebuf<char>&>(*buffer_);
  errno = 0;
  // A stream that has failed does not remember why: the file is asked once more.
  if (!out_) fail(write(file.fd(), "", 1) < 0 ? errno : 0);
  if (file.close() == nullptr) fail(errno);
  if (rename(partial_.c_str(), path_.c_str()) != 0) fail(errno);
  committed_ = true;
}

void AtomicFile::fail(int error) const {
  throw cannot_write(path_, {error == 0 ? EIO : error, std::generic_category()});
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.out() << text;
  file.commit();
}

Failure cannot_write(const fs::path& path, const std::error_code& reason) {
  ErrorKind kind = ErrorKind::unexpected;
  std::string advice;
  switch (reason.value()) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
      kind = ErrorKind::stopped;
      advice = "; when that is mended, the same command can be given again";
      break;
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
      kind = ErrorKind::usage;
      break;
    default:
      break;
  }
  return {kind, fmt::format("{}: cannot be written: {}{}", path.string(), reason.message(), advice)};
}

Failure cannot_write(const fs::path& path) { return cannot_write(path, {errno, std::generic_category()}); }

void create_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw cannot_write(folder, error);
}

TemporaryFolder::TemporaryFolder(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  const bool is_new = fs::create_directory(path_, error);
  if (error) throw cannot_write(path_, error);
  if (!is_new) throw Failure(ErrorKind::usage, fmt::format("{}: is in the way; remove it", path_.string()));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

void TemporaryFolder::move_to(const fs::path& target) {
  std::error_code error;
  fs::rename(path_, target, error);
  if (error) throw cannot_write(target, error);
  path_.clear();
}

}  // namespace throng
