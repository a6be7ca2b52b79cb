#include "agents/calibration/likelihoods.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace throng {
namespace {

/// The standard normal's P(X > x).
double upper_tail(double x) { return std::erfc(x / std::numbers::sqrt2) / 2; }

}  // namespace

double log_sigma(double x) { return x >= 0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x)); }

double log_normal_between(double low, double high, double mean, double deviation) {
  double near = (low - mean) / deviation;
  double far = (high - mean) / deviation;
  if (near + far < 0) {  // the tail on the other side is the smaller one, and keeps its digits
    std::swap(near, far);
    near = -near;
    far = -far;
  }
  const double probability = upper_tail(near) - upper_tail(far);
  // Beyond 37 deviations nothing is left of a double; a slope still leads back from there.
  return probability > 0 ? std::log(probability) : -near * near / 2;
}

double log_plackett_luce(std::span<const double> chosen, std::span<const double> others) {
  double greatest = -INFINITY;
  for (const double utility : chosen) greatest = std::max(greatest, utility);
  for (const double utility : others) greatest = std::max(greatest, utility);
  std::vector<double> weights;
  double left = 0;  // of the others
  for (const double utility : chosen) weights.push_back(std::exp(utility - greatest));
  for (const double utility : others) left += std::exp(utility - greatest);

  // probability[set]: that what is still to be drawn of the chosen ones, the items of `set`, comes next, in any order.
  const std::size_t sets = std::size_t{1} << weights.size();
  std::vector<double> probability(sets, 0);
  probability[0] = 1;
  for (std::size_t set = 1; set < sets; ++set) {
    double sum = left;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (set >> i & 1U) != 0 ? weights[i] : 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if ((set >> i & 1U) != 0) probability[set] += weights[i] / sum * probability[set ^ std::size_t{1} << i];
    }
  }
  return std::log(std::max(probability.back(), 1e-300));
}

}  // namespace throng
