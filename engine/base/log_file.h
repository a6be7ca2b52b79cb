#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/log.h"
#include "engine/base/redact.h"

namespace throng {

/// While it lives, log_event writes to this file; of several the youngest. What the file holds already is kept.
/// Full at 8 MiB it becomes `NAME.1.log`, which becomes `NAME.2.log`, and so on up to 3: 32 MiB in all. Everything goes
/// through `redact`. A file that cannot be opened or written is no failure: `trouble` tells of it.
class LogFile {
 public:
  /// `level` off: no file is made, and nothing is logged. A symbolic link at `path` is replaced, not followed.
  LogFile(const std::filesystem::path& path, LogLevel level);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// What could not be written and why, for a person; "" if all was.
  std::string trouble() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// From now on no log of this process shows `secrets`.
void keep_out_of_logs(const Secrets& secrets);

}  // namespace throng
