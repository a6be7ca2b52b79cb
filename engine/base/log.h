#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/redact.h"

namespace throng {

/// The log is for whoever wants to know afterwards why a command behaved as it did (docs/log.md). What a person should
/// see at once goes to stderr instead. Nothing that is logged reaches a result, and nothing is ever read back.
///
///   log_event(LogLevel::info, "limits", "limit lowered", {{"endpoint", name}, {"rpm", 500}, {"was", 1000}});
///
/// becomes one line of the LogFile that lives, and nothing without one:
///
///   2026-01-31T10:15:02.123Z info    limits    limit lowered  endpoint=http://127.0.0.1:9000 rpm=500 was=1000
enum class LogLevel {
  debug,    ///< every attempt that failed, every small step of a limit: much
  info,     ///< what was decided and why, and how things stand each minute
  warning,  ///< what a person may want to change: something was given up or went on in a lesser way
  error,    ///< what ended a run
  off,
};

/// "debug", "info" and so on, as --log-level has them.
std::string_view to_string(LogLevel level);
std::optional<LogLevel> log_level(std::string_view name);

/// One figure of an event. Texts are only referred to: make it in the call. Keys are words joined by "_".
struct LogFigure {
  using Value = std::variant<std::int64_t, double, bool, std::chrono::microseconds, std::string_view>;

  LogFigure(std::string_view name, std::integral auto number) : key(name), value(std::int64_t(number)) {}
  LogFigure(std::string_view name, bool truth) : key(name), value(truth) {}
  LogFigure(std::string_view name, std::floating_point auto number) : key(name), value(double(number)) {}
  LogFigure(std::string_view name, std::convertible_to<std::string_view> auto const& text)
      : key(name), value(std::string_view(text)) {}
  template <class Rep, class Period>
  LogFigure(std::string_view name, std::chrono::duration<Rep, Period> duration)
      : key(name), value(std::chrono::duration_cast<std::chrono::microseconds>(duration)) {}

  std::string_view key;
  Value value;
};

/// Whether an event of this level is written anywhere: for events that cost something to put together.
bool is_logged(LogLevel level);

/// Logs one event. `area`: the part of Throng that tells it, one short word of docs/log.md. `what`: what happened, in a few
/// fixed words: whatever varies is a figure. Any thread; cheap if the level is not logged; never throws and never ends
/// anything. Of the same `what` at most 50 a second are written, then how many were left out.
void log_event(LogLevel level, std::string_view area, std::string_view what,
               std::initializer_list<LogFigure> figures = {});

/// Whose events a LogFile gets.
enum class LogOf {
  process,  ///< those of every thread that has none of its own
  thread,   ///< those of the thread that made it: of one of several runs that are under way at once
};

/// While it lives, log_event writes to this file; of several the youngest. What the file holds already is kept.
/// Full at 8 MiB it becomes `NAME.1.log`, which becomes `NAME.2.log`, and so on up to 3: 32 MiB in all. Everything goes
/// through `redact`. A file that cannot be opened or written is no failure: `trouble` tells of it.
class LogFile {
 public:
  /// `level` off: no file is made, and nothing is logged. A symbolic link at `path` is replaced, not followed.
  LogFile(const std::filesystem::path& path, LogLevel level, LogOf of = LogOf::process);
  /// On the thread that made it.
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// What could not be written and why, for a person; "" if all was.
  std::string trouble() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
  Impl* outer_ = nullptr;  ///< what the thread logged to before
};

/// The file of this thread's own that its events go to, for threads that work for it; null: there is none.
LogFile::Impl* log_of_thread();
void set_log_of_thread(LogFile::Impl* file);

/// From now on no log of this process shows `secrets`.
void keep_out_of_logs(const Secrets& secrets);

}  // namespace throng
