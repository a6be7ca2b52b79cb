#include "agents/calibration/maximum_likelihood.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

namespace throng {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kMostSteps = 200;
constexpr double kGain = 1e-9;

/// The function where only some coordinates move.
class Around {
 public:
  Around(const LogDensity& function, const VectorXd& point) : function_(function), point_(point) {}

  double at(Index i, double by_i) { return at(i, by_i, i, 0); }
  double at(Index i, double by_i, Index j, double by_j) {
    VectorXd moved = point_;
    moved[i] += by_i;
    moved[j] += by_j;
    return function_(moved);
  }

 private:
  const LogDensity& function_;
  const VectorXd& point_;
};

VectorXd gradient(const LogDensity& function, const VectorXd& point, const VectorXd& steps) {
  Around around(function, point);
  VectorXd slope(point.size());
  for (Index i = 0; i < point.size(); ++i)
    slope[i] = (around.at(i, steps[i]) - around.at(i, -steps[i])) / (2 * steps[i]);
  return slope;
}

MatrixXd minus_hessian(const LogDensity& function, const VectorXd& point, const VectorXd& steps) {
  Around around(function, point);
  const double here = function(point);
  MatrixXd information(point.size(), point.size());
  for (Index i = 0; i < point.size(); ++i) {
    const double h = steps[i];
    information(i, i) = -(around.at(i, h) - 2 * here + around.at(i, -h)) / (h * h);
    for (Index j = 0; j < i; ++j) {
      const double k = steps[j];
      const double mixed =
          around.at(i, h, j, k) - around.at(i, h, j, -k) - around.at(i, -h, j, k) + around.at(i, -h, j, -k);
      information(i, j) = information(j, i) = -mixed / (4 * h * k);
    }
  }
  return information;
}

/// Minus the second derivatives by each unknown alone, roughly.
VectorXd rough_curvatures(const LogDensity& function, const VectorXd& point) {
  constexpr double h = 1e-3;
  Around around(function, point);
  const double here = function(point);
  VectorXd curvatures(point.size());
  for (Index i = 0; i < point.size(); ++i)
    curvatures[i] = -(around.at(i, h) - 2 * here + around.at(i, -h)) / (h * h);
  return curvatures;
}

/// A small part of each unknown's standard error, all others given: the rounding errors of second differences then stay far
/// below the curvature, and what third and fourth derivatives add to it too.
VectorXd steps_by(const VectorXd& curvatures, double part) {
  return curvatures.unaryExpr([&](double curvature) {
    return part * std::clamp(1 / std::sqrt(std::max(curvature, 1e-4)), 1e-4, 2.0);
  });
}

/// The step of Newton's method, with the sizes of curvatures in place of the curvatures.
VectorXd climb(const MatrixXd& information, const VectorXd& slope) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(information);
  const VectorXd sizes = solver.eigenvalues().cwiseAbs().cwiseMax(1e-6);
  return solver.eigenvectors() * (solver.eigenvectors().transpose() * slope).cwiseQuotient(sizes);
}

}  // namespace

MatrixXd information_of(const LogDensity& function, const VectorXd& point) {
  return minus_hessian(function, point, steps_by(rough_curvatures(function, point), 0.03));
}

Maximum maximise(const LogDensity& log_likelihood, const LogDensity& log_prior, const VectorXd& start) {
  const LogDensity function = [&](const VectorXd& at) {
    return log_likelihood(at) + (log_prior ? log_prior(at) : 0);
  };
  Maximum maximum{.at = start};
  double height = function(start);
  for (int step = 0; step < kMostSteps && !maximum.converged; ++step) {
    const MatrixXd information = information_of(function, maximum.at);
    const VectorXd slope = gradient(function, maximum.at, steps_by(information.diagonal(), 1e-3));
    VectorXd move = climb(information, slope);
    maximum.converged = slope.dot(move) / 2 < kGain;
    double reached = function(maximum.at + move);
    for (int halving = 0; halving < 40 && !(reached >= height); ++halving) {  // not a number either
      move /= 2;
      reached = function(maximum.at + move);
    }
    if (!(reached >= height)) break;
    maximum.at += move;
    height = reached;
  }
  maximum.information = information_of(function, maximum.at);
  maximum.log_likelihood = log_likelihood(maximum.at);
  return maximum;
}

MatrixXd covariance(const MatrixXd& information) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(information);
  const double least = 1e-12 * std::max(1.0, solver.eigenvalues().cwiseAbs().maxCoeff());
  const VectorXd variances = solver.eigenvalues().cwiseMax(least).cwiseInverse();
  return solver.eigenvectors() * variances.asDiagonal() * solver.eigenvectors().transpose();
}

std::vector<WeakDirection> weak_directions(const MatrixXd& information) {
  constexpr double nothing = 1e-6;
  constexpr double weak = 0.005;
  constexpr double weighs = 0.25;
  std::vector<WeakDirection> directions;
  std::vector<Index> known;
  for (Index i = 0; i < information.rows(); ++i) {
    if (information(i, i) > nothing) {
      known.push_back(i);
    } else {
      directions.push_back({{static_cast<std::size_t>(i)}});
    }
  }
  if (known.empty()) return directions;
  const VectorXd scale = information(known, known).diagonal().cwiseSqrt().cwiseInverse();
  const MatrixXd scaled = scale.asDiagonal() * information(known, known) * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(scaled);
  for (Index k = 0; k < solver.eigenvalues().size() && solver.eigenvalues()[k] < weak; ++k) {
    WeakDirection& direction = directions.emplace_back();
    for (Index i = 0; i < solver.eigenvectors().rows(); ++i) {
      if (std::abs(solver.eigenvectors()(i, k)) >= weighs)
        direction.unknowns.push_back(static_cast<std::size_t>(known[static_cast<std::size_t>(i)]));
    }
  }
  return directions;
}

}  // namespace throng
