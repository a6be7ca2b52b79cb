#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace throng {

/// Lengths of virtual time: integer microseconds.
using Duration = std::chrono::duration<std::int64_t, std::micro>;

/// The clock of the simulated world. It has no now(): every actor has its own.
struct VirtualClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

/// A moment of virtual time; the run starts at VirtualTime{}.
using VirtualTime = VirtualClock::time_point;

/// Reads "90s", "15m", "6h", "7d" or "2w": a positive whole number and a unit. The Error (usage) says what
/// was expected.
Result<Duration> parse_duration(std::string_view text);
/// The text of it in the largest unit that divides it, such as "3d" (fractions of a second are cut).
std::string duration_text(Duration duration);

/// Such as "2d 03:15:00" (fractions of a second are cut).
std::string format_time(VirtualTime time);

}  // namespace throng
