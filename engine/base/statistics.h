#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
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

/// Whether a standard error is no more than rounding: up to 1e-12 of `scale`, the size of what the values were computed from.
bool is_rounding(double standard_error, double scale);

/// What Student's t-test says of independent values that might have the mean 0.
struct StudentTest {
  std::optional<double> half_width;  ///< half_width_95
  std::optional<double> p;           ///< two-sided
  std::optional<double> effect;      ///< mean / sample standard deviation
};

/// Of values without spread (is_rounding) there is no test: R's t.test refuses them as essentially constant. But if all of them are 0,
/// their interval has the width 0 and p is 1. p takes kFewestForP values at least: with two it would hang on their being
/// Gaussian alone. `scale`: see is_rounding; never below the largest of the values themselves.
StudentTest students_test(std::span<const double> values, double scale = 0);

inline constexpr std::size_t kFewestForP = 3;

/// Holm's adjustment of p for as many tests as there are values (Holm 1979): what stays below a level keeps the chance of any
/// false discovery among them below it. In the order given.
std::vector<double> holm(std::span<const double> p);

/// Linear interpolation between order statistics (NumPy's default). `percent` in [0, 100]; 0 for no values.
double percentile(std::vector<double> values, double percent);

/// The Gini coefficient of non-negative values: 0 when all are equal, near 1 when one has everything; 0 if
/// the sum is 0. Formula: sum over ascending values x_i (i from 1) of (2i - n - 1) x_i / (n * sum).
double gini(std::vector<double> values);

/// A sum that does not depend on the order in which numbers are added, nor on how they were grouped: it is kept in fixed point, with 80
/// bits behind the point. Numbers whose last bit is at least 2^-80 (all doubles from 2^-28 on) are added exactly; of smaller
/// ones what is below that is cut off. The sum must stay within 2^47.
class ExactSum {
 public:
  /// `number`: finite, and below 2^47 in size. The same as `sum += Fixed(number * 2^80)`.
  void add(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    const auto exponent = static_cast<int>((bits >> 52U) & 0x7FFU);
    if (exponent == 0) return;  // 0, and what is cut off anyway
    const auto mantissa = static_cast<Fixed>((bits & ((1ULL << 52U) - 1)) | (1ULL << 52U));
    const int shift = exponent - 1023 - 52 + kPlaces;
    const Fixed magnitude = shift >= 0 ? mantissa << shift : mantissa >> std::min(-shift, 63);
    sum_ += (bits >> 63U) != 0 ? -magnitude : magnitude;
  }
  void merge(const ExactSum& other) { sum_ += other.sum_; }
  /// Rounded to the nearest double.
  double value() const { return static_cast<double>(sum_) / kScale; }

  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    auto low = static_cast<std::uint64_t>(sum_);
    auto high = static_cast<std::int64_t>(sum_ >> 64);
    archive(low, high);
    sum_ = (static_cast<Fixed>(high) << 64) | static_cast<Fixed>(low);
  }

 private:
  static constexpr int kPlaces = 80;
  static constexpr double kScale = 0x1p80;
  __extension__ using Fixed = __int128;

  Fixed sum_ = 0;
};

}  // namespace throng
