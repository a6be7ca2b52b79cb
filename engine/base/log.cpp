#include "engine/base/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include "engine/base/text.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargest = std::size_t{8} << 20U;  // see LogFile
constexpr std::size_t kEarlierFiles = 3;
constexpr int kMostPerSecond = 50;  // of one event: a flood must not cost what a run could use

constexpr std::array<std::string_view, 5> kNames{"debug", "info", "warning", "error", "off"};

bool is_plain(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c != '"' && c != '=' && c != '\x7F'; });
}

void append(std::string& line, std::string_view text) {
  if (is_plain(text)) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += c;
  }
  line += '"';
}

struct AppendValue {
  std::string& line;
  void operator()(std::int64_t number) const { fmt::format_to(std::back_inserter(line), "{}", number); }
  void operator()(double number) const { fmt::format_to(std::back_inserter(line), "{:.6g}", number); }
  void operator()(bool truth) const { line += truth ? "yes" : "no"; }
  void operator()(std::chrono::microseconds duration) const {
    fmt::format_to(std::back_inserter(line), "{:.6g}s", std::chrono::duration<double>(duration).count());
  }
  void operator()(std::string_view text) const { append(line, text); }
};

std::string line_of(std::string_view area, std::string_view what, std::initializer_list<LogFigure> figures) {
  std::string line = fmt::format("{:<9} {}", area, what);
  if (figures.size() > 0) line += ' ';
  for (const LogFigure& figure : figures) {
    line.append(" ").append(figure.key).append("=");
    std::visit(AppendValue{line}, figure.value);
  }
  return line;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                              spdlog::level::err, spdlog::level::off};
  return levels[static_cast<std::size_t>(level)];
}

std::shared_ptr<spdlog::sinks::sink> open_sink(const fs::path& path) {
  const fs::file_status status = fs::symlink_status(path);
  if (fs::is_symlink(status)) {
    fs::remove(path);
  } else if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw spdlog::spdlog_ex(path.string() + " is not a file");
  }
  return std::make_shared<spdlog::sinks::rotating_file_sink_st>(path.string(), kLargest, kEarlierFiles);
}

/// An event, as often as it happened in one second.
struct Told {
  LogLevel level = LogLevel::debug;
  std::string area;
  Clock::time_point since{};
  std::int64_t events = 0;
};

}  // namespace

struct LogFile::Impl {
  Impl(const fs::path& path, LogLevel wanted) {
    if (wanted == LogLevel::off) return;
    try {
      logger.emplace("throng", open_sink(path));
    } catch (const std::exception& error) {
      failure = error.what();
      return;
    }
    level = wanted;
    logger->set_level(spdlog_level(level));
    logger->flush_on(spdlog::level::info);  // a killed process has told everything but its last details
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
    // A full disk may have room again: whatever could not be written, the next event is tried.
    logger->set_error_handler([this](const std::string& why) {
      if (failure.empty()) failure = why;
    });
  }

  void take(LogLevel of, std::string_view area, std::string_view what,
            std::initializer_list<LogFigure> figures, const Secrets& secrets) {
    const auto found = told.find(what);
    Told& before = found == told.end() ? told[std::string(what)] : found->second;
    if (const Clock::time_point now = Clock::now(); now - before.since >= std::chrono::seconds(1)) {
      tell_left_out(what, before);
      before = {.level = of, .area = std::string(area), .since = now};
    }
    if (++before.events <= kMostPerSecond)
      logger->log(spdlog_level(of), printable(redact(line_of(area, what, figures), secrets)));
  }

  void tell_left_out(std::string_view what, const Told& before) {
    if (before.events <= kMostPerSecond) return;
    logger->log(spdlog_level(before.level),
                line_of(before.area, "left out: too many in a second",
                        {{"event", what}, {"events", before.events - kMostPerSecond}}));
  }

  void finish() {
    for (const auto& [what, before] : told) tell_left_out(what, before);
    if (logger) logger->flush();
  }

  LogLevel level = LogLevel::off;
  std::optional<spdlog::logger> logger;  ///< none: nothing is logged
  std::map<std::string, Told, std::less<>> told;
  std::string failure;  ///< the first
};

namespace {

/// The log of this process.
struct Log {
  std::mutex mutex;  ///< of everything else, and of what LogFiles hold
  std::vector<LogFile::Impl*> files;
  Secrets secrets;
  std::atomic<LogLevel> level = LogLevel::off;  ///< of the youngest file

  void level_changed() { level = files.empty() ? LogLevel::off : files.back()->level; }
};

Log& the_log() {
  static Log log;
  return log;
}

thread_local LogFile::Impl* file_of_thread = nullptr;

}  // namespace

LogFile::LogFile(const fs::path& path, LogLevel level, LogOf of)
    : impl_(std::make_unique<Impl>(path, level)), outer_(file_of_thread) {
  if (of == LogOf::thread) {
    file_of_thread = impl_.get();
    return;
  }
  const std::lock_guard lock(the_log().mutex);
  the_log().files.push_back(impl_.get());
  the_log().level_changed();
}

LogFile::~LogFile() {
  if (file_of_thread == impl_.get()) file_of_thread = outer_;
  const std::lock_guard lock(the_log().mutex);
  std::erase(the_log().files, impl_.get());
  the_log().level_changed();
  impl_->finish();
}

LogFile::Impl* log_of_thread() { return file_of_thread; }

void set_log_of_thread(LogFile::Impl* file) { file_of_thread = file; }

std::string LogFile::trouble() const {
  const std::lock_guard lock(the_log().mutex);
  return impl_->failure;
}

void keep_out_of_logs(const Secrets& secrets) {
  const std::lock_guard lock(the_log().mutex);
  the_log().secrets = the_log().secrets + secrets;
}

std::string_view to_string(LogLevel level) { return kNames[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kNames.begin());
}

bool is_logged(LogLevel level) {
  const LogLevel least = file_of_thread == nullptr ? the_log().level.load() : file_of_thread->level;
  return level >= least && level != LogLevel::off;
}

void log_event(LogLevel level, std::string_view area, std::string_view what,
               std::initializer_list<LogFigure> figures) {
  if (!is_logged(level)) return;
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  LogFile::Impl* const youngest = log.files.empty() ? nullptr : log.files.back();
  LogFile::Impl* const file = file_of_thread == nullptr ? youngest : file_of_thread;
  if (file == nullptr || level < file->level) return;
  try {
    file->take(level, area, what, figures, log.secrets);
  } catch (const std::exception&) {
    // No memory for a line: the run goes on without it.
  }
}

}  // namespace throng
