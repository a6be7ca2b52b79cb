#pragma once

#include "engine/net/instant.h"

namespace throng {

// The clocks, for the shells that drive what is told the time.
inline Instant clock_now() { return std::chrono::time_point_cast<Delay>(std::chrono::steady_clock::now()); }
inline WallTime wall_now() { return std::chrono::time_point_cast<Delay>(std::chrono::system_clock::now()); }

}  // namespace throng
