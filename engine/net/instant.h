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

}  // namespace throng
