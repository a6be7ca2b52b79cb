#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace throng {

/// The whole file as bytes. Throws Failure(`kind`) naming the path if it cannot be read.
std::string read_file(const std::filesystem::path& path, ErrorKind kind);

/// A file that is written beside `path` and takes its place when it is whole, so that a reader sees the old file or the
/// new one, never a half. Nothing else is ever written to: a symbolic link at `path` is replaced, not followed, and so is
/// whatever lies under the temporary name. One thread at a time.
class AtomicFile {
 public:
  /// Throws Failure(unexpected) naming the path if nothing can be written there.
  explicit AtomicFile(std::filesystem::path path);
  /// Leaves nothing behind if it was not committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& out() { return out_; }
  /// To be called once, after the last byte. Throws Failure(unexpected) naming the path if not everything could be written.
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

}  // namespace throng
