#include "scenarios/causal/adaptive_lasso.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <Eigen/Cholesky>

namespace throng {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A penalty below this counts as none, and so many steps are made at most, as in scikit-learn's path.
constexpr double kNoPenalty = std::numeric_limits<float>::epsilon();
constexpr int kMostSteps = 500;

/// The way to the next knot of a path: how far the penalty falls, and what happens there.
struct PathStep {
  double length = 0;
  std::optional<Index> enters{};  ///< a variable
  std::optional<Index> leaves{};  ///< a place in the list of active ones
};

bool contains(const std::vector<Index>& list, Index value) {
  return std::ranges::find(list, value) != list.end();
}

/// `slopes`: how fast correlations fall; `directions`: how fast the active ones' weights grow.
PathStep next_step(double penalty, const VectorXd& correlations, const VectorXd& slopes,
                   const VectorXd& weights, const VectorXd& directions, const std::vector<Index>& active) {
  PathStep step{.length = penalty};
  for (Index j = 0; j < correlations.size(); ++j) {
    if (contains(active, j)) continue;
    for (const double sign : {1.0, -1.0}) {
      // Of a variable that has just left this is negative: it cannot come back at once.
      const double closing = 1 - sign * slopes[j];
      const double at = std::max((penalty - sign * correlations[j]) / closing, 0.0);
      if (closing > 0 && at < step.length) step = {.length = at, .enters = j};
    }
  }
  for (std::size_t k = 0; k < active.size(); ++k) {
    const double at = -weights[active[k]] / directions[static_cast<Index>(k)];
    if (at > 0 && at < step.length) step = {.length = at, .leaves = static_cast<Index>(k)};
  }
  return step;
}

/// The b of least b'Gb / 2 - c'b + penalty |b|_1 at every penalty where the set of weights that are not 0 changes: from none to
/// least squares.
std::vector<VectorXd> lasso_knots(const MatrixXd& gram, const VectorXd& covariances) {
  VectorXd weights = VectorXd::Zero(covariances.size());
  std::vector<VectorXd> knots{weights};
  VectorXd correlations = covariances;  // with what is not explained yet
  Index first = 0;
  double penalty = correlations.cwiseAbs().maxCoeff(&first);
  PathStep step{.enters = first};
  std::vector<Index> active;
  for (int steps = 0; penalty > kNoPenalty && steps < kMostSteps; ++steps) {
    if (step.enters) active.push_back(*step.enters);
    const VectorXd signs = correlations(active).cwiseSign();
    const VectorXd directions = gram(active, active).ldlt().solve(signs);
    const VectorXd slopes = gram(Eigen::all, active) * directions;
    step = next_step(penalty, correlations, slopes, weights, directions, active);
    weights(active) += step.length * directions;
    correlations -= step.length * slopes;
    penalty -= step.length;
    if (step.leaves) {
      weights[active[static_cast<std::size_t>(*step.leaves)]] = 0;
      active.erase(active.begin() + *step.leaves);
    }
    knots.push_back(weights);
  }
  return knots;
}

/// The places of the weights that are not 0 at the knot with the least BIC.
std::vector<Index> chosen_by_bic(const MatrixXd& gram, const VectorXd& covariances, double noise,
                                 double samples) {
  double least = std::numeric_limits<double>::infinity();
  std::vector<Index> chosen;
  for (const VectorXd& knot : lasso_knots(gram, covariances)) {
    const double squares = samples * (1 - 2 * knot.dot(covariances) + knot.dot(gram * knot));
    const auto used = static_cast<double>((knot.array() != 0).count());
    const double bic = squares / noise + std::log(samples) * used;
    if (bic >= least) continue;
    least = bic;
    chosen.clear();
    for (Index i = 0; i < knot.size(); ++i) {
      if (knot[i] != 0) chosen.push_back(i);
    }
  }
  return chosen;
}

}  // namespace

VectorXd adaptive_lasso(const MatrixXd& covariance, Index samples, const std::vector<Index>& predictors,
                        Index target) {
  const VectorXd scales = covariance.diagonal()(predictors).cwiseSqrt().cwiseInverse();
  const MatrixXd correlations =
      scales.asDiagonal() * covariance(predictors, predictors) * scales.asDiagonal();
  const VectorXd with_target =
      scales.cwiseProduct(covariance(predictors, target)) / std::sqrt(covariance(target, target));
  const VectorXd least_squares = correlations.ldlt().solve(with_target);

  const VectorXd importance = least_squares.cwiseAbs();
  const MatrixXd gram = importance.asDiagonal() * correlations * importance.asDiagonal();
  const auto count = static_cast<double>(samples);
  const double noise = count * (1 - least_squares.dot(with_target)) /
                       static_cast<double>(samples - std::ssize(predictors) - 1);
  const std::vector<Index> chosen = chosen_by_bic(gram, importance.cwiseProduct(with_target), noise, count);

  VectorXd weights = VectorXd::Zero(std::ssize(predictors));
  if (chosen.empty()) return weights;
  std::vector<Index> columns;
  for (const Index place : chosen) columns.push_back(predictors[static_cast<std::size_t>(place)]);
  const VectorXd with_chosen = covariance(columns, target);
  const VectorXd chosen_weights = covariance(columns, columns).ldlt().solve(with_chosen);
  weights(chosen) = chosen_weights;
  return weights;
}

}  // namespace throng
