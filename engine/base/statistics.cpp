#include "engine/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>

namespace throng {

double mean_of(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_error_of(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  const auto count = static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += std::pow(value - mean, 2);
  return std::sqrt(squares / (count - 1) / count);
}

std::optional<double> half_width_95(double standard_error, std::size_t values) {
  if (values < 2) return std::nullopt;
  const boost::math::students_t distribution(static_cast<double>(values - 1));
  return boost::math::quantile(distribution, 0.975) * standard_error;
}

bool is_rounding(double standard_error, double scale) { return standard_error <= 1e-12 * scale; }

StudentTest students_test(std::span<const double> values, double scale) {
  StudentTest test;
  if (values.size() < 2) return test;
  const bool has_p = values.size() >= kFewestForP;
  const double mean = mean_of(values);
  const double error = standard_error_of(values);
  for (const double value : values) scale = std::max(scale, std::abs(value));
  if (is_rounding(error, scale)) {
    if (!is_rounding(std::abs(mean), scale)) return test;
    test.half_width = 0;
    if (has_p) test.p = 1;
    return test;
  }
  const auto count = static_cast<double>(values.size());
  test.half_width = half_width_95(error, values.size());
  test.effect = mean / (error * std::sqrt(count));
  const boost::math::students_t distribution(count - 1);
  if (has_p) test.p = 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(mean / error)));
  return test;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> ascending(p.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::ranges::stable_sort(ascending, std::ranges::less{}, [&](std::size_t test) { return p[test]; });
  std::vector<double> adjusted(p.size());
  double at_least = 0;
  for (std::size_t rank = 0; rank < ascending.size(); ++rank) {
    const double bound = p[ascending[rank]] * static_cast<double>(p.size() - rank);
    at_least = std::max(at_least, std::min(1.0, bound));
    adjusted[ascending[rank]] = at_least;
  }
  return adjusted;
}

double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double position = percent / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

double gini(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  double weighted = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * values[i];
  }
  return sum > 0 ? weighted / (n * sum) : 0;
}

}  // namespace throng
