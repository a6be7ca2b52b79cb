#include "scenarios/cli/log_arguments.h"

#include "engine/base/error.h"

namespace throng {

void add_log_level(CLI::App& command, LogLevel& level) {
  command
      .add_option_function<std::string>(
          "--log-level", [&level](const std::string& name) { level = log_level(name).value(); },
          "What is logged: info tells what was decided and why, and how things stand each minute; debug "
          "every "
          "attempt that failed, too; off: no log (default: info)")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
}

void add_log_arguments(CLI::App& command, LogArguments& arguments) {
  command.add_option("--log", arguments.file, "Log to this file; what it holds stays (docs/log.md)");
  add_log_level(command, arguments.level);
}

CommandLog::CommandLog(const LogArguments& arguments) {
  if (arguments.file.empty()) return;
  file_.emplace(arguments.file, arguments.level);
  if (const std::string trouble = file_->trouble(); !trouble.empty())
    throw Failure(ErrorKind::usage, "--log: " + trouble);
}

}  // namespace throng
