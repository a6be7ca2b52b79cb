#pragma once

#include <cstddef>

namespace throng {

/// The float32 operations per second that `threads` threads reach with fused multiply-adds on registers (two operations each).
double measured_peak_flops(std::size_t threads);

}  // namespace throng
