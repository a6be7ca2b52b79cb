#include "engine/base/process.h"

#include <csignal>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace throng {
namespace {

rusage usage_so_far() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
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
