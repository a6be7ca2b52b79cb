#pragma once

#include <chrono>

namespace throng {

/// A span of wall time. Everything here that waits is told the time and answers with one; nothing reads a clock.
using Delay = std::chrono::microseconds;

/// A moment of the monotonic clock (or of a test's own).
using Instant = std::chrono::time_point<std::chrono::steady_clock, Delay>;

/// A moment of the calendar, for dates that servers send.
using WallTime = std::chrono::sys_time<Delay>;

/// Later than every moment: wait for something else to happen.
inline constexpr Instant kNever = Instant::max();

// The clocks, for the shells that drive what is told the time.
inline Instant clock_now() { return std::chrono::time_point_cast<Delay>(std::chrono::steady_clock::now()); }
inline WallTime wall_now() { return std::chrono::time_point_cast<Delay>(std::chrono::system_clock::now()); }

}  // namespace throng
