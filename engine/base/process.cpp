#include "engine/base/process.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace throng {
namespace {

rusage usage_so_far() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

/// The least of the limits of the control group of this process and those above it; none: no group has a limit.
std::optional<std::size_t> memory_limit() {
  std::string group;  // "0::/user.slice/..."
  std::getline(std::ifstream("/proc/self/cgroup"), group);
  if (!group.starts_with("0::/")) return std::nullopt;
  std::optional<std::size_t> least;
  const std::filesystem::path root = "/sys/fs/cgroup";
  for (std::filesystem::path folder = group.substr(4);; folder = folder.parent_path()) {
    std::size_t limit = 0;  // the file of a group without a limit says "max"
    if (std::ifstream(root / folder / "memory.max") >> limit) least = std::min(limit, least.value_or(limit));
    if (folder.empty()) return least;
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

double process_cpu_seconds() {
  const rusage usage = usage_so_far();
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t peak_rss_bytes() { return static_cast<std::size_t>(usage_so_far().ru_maxrss) * 1024; }

std::size_t rss_bytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;  // all of it, then what is resident
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::size_t> available_memory_bytes() {
  std::ifstream facts("/proc/meminfo");
  std::string name;
  std::size_t kibibytes = 0;
  for (std::string unit; facts >> name >> kibibytes && name != "MemAvailable:";) std::getline(facts, unit);
  if (name != "MemAvailable:") return std::nullopt;
  const std::optional<std::size_t> limit = memory_limit();
  if (!limit) return kibibytes * 1024;
  return std::min(kibibytes * 1024, *limit - std::min(*limit, rss_bytes()));
}

std::size_t raise_open_files_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::vector<int> ending_signals() {
  std::vector<int> signals{SIGINT, SIGTERM};
  struct sigaction now {};
  sigaction(SIGHUP, nullptr, &now);
  if (now.sa_handler != SIG_IGN) signals.push_back(SIGHUP);
  return signals;
}

}  // namespace throng
