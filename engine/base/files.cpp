#include "engine/base/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <ext/stdio_filebuf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"

namespace throng {
namespace fs = std::filesystem;

namespace {

namespace fs = std::filesystem;

/// An open(2) that never opens what is there already, be it a link to somebody else's file.
int open_new(const std::filesystem::path& path) {
  unlink(path.c_str());  // left by a killed process that had our number, or put there to be followed
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

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

bool is_plain_name(std::string_view name) {
  constexpr std::size_t longest = 100;
  constexpr std::string_view signs = "_.+=,-";
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= longest && is_letter_or_digit(name[0]) &&
         std::ranges::all_of(
             name, [&](char c) { return is_letter_or_digit(c) || signs.find(c) != std::string_view::npos; });
}

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

MappedFile::MappedFile(const std::filesystem::path& path) {
  namespace ipc = boost::interprocess;
  const auto fail = [&](std::string_view reason) {
    throw Failure(ErrorKind::data, fmt::format("{}: {}", path.string(), reason));
  };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) fail("there is no such file");
  if (!std::filesystem::is_regular_file(status)) fail("is not a file");
  if (std::filesystem::file_size(path, error) == 0) return;
  try {
    auto region =
        std::make_shared<ipc::mapped_region>(ipc::file_mapping(path.c_str(), ipc::read_only), ipc::read_only);
    region->advise(ipc::mapped_region::advice_sequential);
    text_ = {static_cast<const char*>(region->get_address()), region->get_size()};
    region_ = std::move(region);
  } catch (const ipc::interprocess_exception& cause) {
    fail(fmt::format("cannot be read: {}", cause.what()));
  }
}

}  // namespace throng
