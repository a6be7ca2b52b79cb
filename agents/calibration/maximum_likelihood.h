#pragma once

#include <functional>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace throng {

/// Up to a constant: the log-likelihood of data, or the logarithm of a prior density, at a point. Twice differentiable.
using LogDensity = std::function<double(const Eigen::VectorXd&)>;

/// A maximum, and how sharp it is.
struct Maximum {
  Eigen::VectorXd at;
  /// The observed information there: minus the second derivatives of log-likelihood and log-prior. Symmetric.
  Eigen::MatrixXd information;
  double log_likelihood = 0;  ///< without the prior
  bool converged = false;     ///< the next step would gain less than 1e-9
};

/// The maximum of likelihood + prior (no function: none), from `start`, by Newton's method: the derivatives are central
/// differences, steps are halved until they gain, and where the function is not concave the curvatures enter by their size, so
/// that every step climbs. Finds the maximum of a concave function, else one that `start` leads to. Means problems of a few dozen
/// unknowns whose scales are near 1.
Maximum maximise(const LogDensity& log_likelihood, const LogDensity& log_prior, const Eigen::VectorXd& start);

/// Minus the second derivatives of `function` at `point`.
Eigen::MatrixXd information_of(const LogDensity& function, const Eigen::VectorXd& point);

/// The covariances of the estimate: the inverse of the information; where there is none they are huge.
Eigen::MatrixXd covariance(const Eigen::MatrixXd& information);

/// A combination of unknowns that the data hardly tell anything about.
struct WeakDirection {
  std::vector<std::size_t> unknowns;  ///< those that weigh in it, ascending
};

/// Eigenvectors of the information scaled to a unit diagonal with an eigenvalue below 0.005 (so that moving along them changes
/// the likelihood 200 times less than moving each unknown alone), reduced to the unknowns with a weight of 0.25 or more; and
/// every unknown that has no information at all, by itself. `information`: of the data alone, without a prior.
std::vector<WeakDirection> weak_directions(const Eigen::MatrixXd& information);

}  // namespace throng
