#pragma once

#include <cstddef>
#include <span>

namespace throng {

// Logarithms of probabilities that the parts of a calibration are made of.

/// ln sigma(x), for any x.
double log_sigma(double x);

/// ln of the probability that a normal number lies between `low` and `high`, low < high, which may be infinite.
double log_normal_between(double low, double high, double mean, double deviation);

/// The most items that `log_plackett_luce` takes as chosen: its effort doubles with each.
inline constexpr std::size_t kMostChosen = 12;

/// ln of the probability that, of items with these utilities, the first so many drawn one after the other, each with a
/// probability in proportion to e^utility among those left, are `chosen`, in any order.
double log_plackett_luce(std::span<const double> chosen, std::span<const double> others);

}  // namespace throng
