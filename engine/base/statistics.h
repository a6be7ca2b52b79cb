#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace throng {

// Sums go from the first value to the last: their order is part of the result, to the last bit.

/// 0 for no values.
double mean_of(std::span<const double> values);

/// Of the mean of independent values: sample standard deviation / sqrt(number); 0 for fewer than two.
double standard_error_of(std::span<const double> values);

/// Half the width of the 95 % confidence interval of the mean of `values` independent values with this standard error:
/// Student's t with values - 1 degrees of freedom. Empty for fewer than two values. This is what "±" means everywhere.
std::optional<double> half_width_95(double standard_error, std::size_t values);

/// The two-sided p of Student's t-test that independent values have the mean 0. Empty for fewer than two; of equal values 0, or 1
/// if they are 0.
std::optional<double> p_of_mean(std::span<const double> values);

/// Holm's adjustment of p for as many tests as there are values (Holm 1979): what stays below a level keeps the chance of any
/// false discovery among them below it. In the order given.
std::vector<double> holm(std::span<const double> p);

/// Linear interpolation between order statistics (NumPy's default). `percent` in [0, 100]; 0 for no values.
double percentile(std::vector<double> values, double percent);

/// The Gini coefficient of non-negative values: 0 when all are equal, near 1 when one has everything; 0 if
/// the sum is 0. Formula: sum over ascending values x_i (i from 1) of (2i - n - 1) x_i / (n * sum).
double gini(std::vector<double> values);

}  // namespace throng
