#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "engine/base/log.h"

namespace throng {

/// --log-level
void add_log_level(CLI::App& command, LogLevel& level);

/// --log FILE and --log-level, of commands that have no run folder.
struct LogArguments {
  std::string file;
  LogLevel level = LogLevel::info;
};
void add_log_arguments(CLI::App& command, LogArguments& arguments);

/// The log that was asked for, which goes on while this lives. Throws Failure(usage) if it cannot be written.
class CommandLog {
 public:
  explicit CommandLog(const LogArguments& arguments);

 private:
  std::optional<LogFile> file_;
};

}  // namespace throng
