#pragma once

#include <vector>

#include <Eigen/Core>

namespace throng {

/// What `predictors` weigh in a linear regression of `target`, in their order; 0: such a predictor does not earn its place.
/// Adaptive lasso (Zou, JASA 2006): each predictor is scaled by the size of its least-squares weight, the lasso's whole path is
/// followed (Efron et al., Annals of Statistics 2004), the place on it with the least BIC says which predictors stay (the noise
/// that it needs is that of least squares on all), and least squares on those gives the weights. Equal to `predict_adaptive_lasso`
/// of PyPI's lingam.
///
/// `covariance`: of all variables, over `samples` of them, divided by their number; `predictors` and `target` are columns of it. No
/// predictor may be a linear function of others, nor the target one of them all, and there must be more than
/// predictors.size() + 1 samples. Thread-safe.
Eigen::VectorXd adaptive_lasso(const Eigen::MatrixXd& covariance, Eigen::Index samples,
                               const std::vector<Eigen::Index>& predictors, Eigen::Index target);

}  // namespace throng
