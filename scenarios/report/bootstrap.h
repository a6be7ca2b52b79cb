#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace throng {

inline constexpr std::uint16_t kResamples = 2000;
/// Of the draws that resample: the same values always give the same interval.
inline constexpr std::uint64_t kBootstrapSeed = 1;

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// The 95 % percentile bootstrap interval of the mean (Efron 1979): from the 2.5th to the 97.5th percentile of
/// the means of kResamples resamples. One value at least, and below 2^32; a value is drawn with a bias below
/// values / 2^32.
Interval bootstrap_mean(std::span<const double> values);

/// The same of mean(b) - mean(a), with `a` and `b` resampled independently.
Interval bootstrap_difference(std::span<const double> a, std::span<const double> b);

}  // namespace throng
