#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace throng {

/// CPU time that this process has used so far, in user and system mode, all threads together.
double process_cpu_seconds();

/// The most memory that this process has had resident.
std::size_t peak_rss_bytes();

/// The memory that this process has resident now; 0 if the system does not say.
std::size_t rss_bytes();

/// The memory that this process could still take: what the system has available, or what the limits of its control groups
/// (cgroup v2, as containers have them) leave of it. Empty if the system does not say.
std::optional<std::size_t> available_memory_bytes();

/// Lets this process open as many files and sockets as the system allows it to. Returns how many that is.
std::size_t raise_open_files_limit();

/// By which a person ends a process: SIGINT, SIGTERM, and SIGHUP (a terminal that is closed) unless that is ignored, as
/// nohup(1) has it.
std::vector<int> ending_signals();

/// Call it from `main`: it links the check that runs before `main` and ends the process, with a clear
/// message, on a CPU without the x86-64-v3 instructions that all code is compiled for.
void require_cpu_checked();

}  // namespace throng
