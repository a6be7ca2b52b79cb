#include "agents/calibration/agreement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace throng {
namespace {

double share_of(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

int order_of(double x, double y) { return (x < y) - (x > y); }

/// p ln(p / m) of one kind; 0 has the limit 0.
double relative_entropy(double p, double m) { return p > 0 ? p * std::log(p / m) : 0; }

double weight_of(std::span<const double> weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

}  // namespace

void Confusion::add(bool answer, bool truth) {
  if (answer) {
    ++(truth ? true_positives : false_positives);
  } else {
    ++(truth ? false_negatives : true_negatives);
  }
}

double Confusion::accuracy() const { return share_of(true_positives + true_negatives, cases()); }
double Confusion::precision() const { return share_of(true_positives, true_positives + false_positives); }
double Confusion::recall() const { return share_of(true_positives, true_positives + false_negatives); }
double Confusion::f1() const {
  return share_of(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
}

std::optional<double> Confusion::kappa() const {
  const double answered = share_of(true_positives + false_positives, cases());
  const double true_share = share_of(true_positives + false_negatives, cases());
  const double expected = answered * true_share + (1 - answered) * (1 - true_share);
  if (cases() == 0 || expected >= 1) return std::nullopt;
  return (accuracy() - expected) / (1 - expected);
}

std::optional<double> area_under_roc(std::span<const double> scores, const std::vector<bool>& truth) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return scores[i]; });
  double won = 0;  // pairs, by the true cases met so far
  double below = 0;
  for (std::size_t first = 0; first < order.size();) {
    double equal_true = 0;
    double equal_false = 0;
    std::size_t last = first;
    for (; last < order.size() && scores[order[last]] == scores[order[first]]; ++last)
      ++(truth[order[last]] ? equal_true : equal_false);
    won += equal_true * (below + equal_false / 2);
    below += equal_false;
    first = last;
  }
  const double positives = static_cast<double>(std::ranges::count(truth, true));
  if (positives == 0 || below == 0) return std::nullopt;
  return won / (positives * below);
}

std::optional<double> kendall_tau(std::span<const double> a, std::span<const double> b) {
  double agreement = 0;
  double untied_a = 0;
  double untied_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = i + 1; j < a.size(); ++j) {
      const int in_a = order_of(a[i], a[j]);
      const int in_b = order_of(b[i], b[j]);
      agreement += in_a * in_b;
      untied_a += in_a != 0;
      untied_b += in_b != 0;
    }
  }
  if (untied_a == 0 || untied_b == 0) return std::nullopt;
  return agreement / std::sqrt(untied_a * untied_b);
}

std::optional<double> jensen_shannon(std::span<const double> a, std::span<const double> b) {
  const double weight_a = weight_of(a);
  const double weight_b = weight_of(b);
  if (weight_a == 0 || weight_b == 0) return std::nullopt;
  double divergence = 0;
  for (std::size_t kind = 0; kind < std::max(a.size(), b.size()); ++kind) {
    const double p = kind < a.size() ? a[kind] / weight_a : 0;
    const double q = kind < b.size() ? b[kind] / weight_b : 0;
    const double middle = (p + q) / 2;
    divergence += (relative_entropy(p, middle) + relative_entropy(q, middle)) / 2;
  }
  return std::max(0.0, divergence);
}

std::optional<double> wasserstein(std::vector<double> a, std::vector<double> b) {
  if (a.empty() || b.empty()) return std::nullopt;
  std::ranges::sort(a);
  std::ranges::sort(b);
  double area = 0;
  double at = std::min(a.front(), b.front());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const double next = j == b.size() || (i < a.size() && a[i] <= b[j]) ? a[i] : b[j];
    area += std::abs(share_of(i, a.size()) - share_of(j, b.size())) * (next - at);
    at = next;
    while (i < a.size() && a[i] == at) ++i;
    while (j < b.size() && b[j] == at) ++j;
  }
  return area;
}

}  // namespace throng
