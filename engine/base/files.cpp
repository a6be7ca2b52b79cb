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
  throw Failure(ErrorKind::unexpected, fmt::format("{}: cannot be written: {}", path_.string(),
                                                   error == 0 ? "not all of it was" : std::strerror(error)));
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.out() << text;
  file.commit();
}

}  // namespace throng
