#include "scenarios/causal/direct_lingam.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "engine/base/parallel.h"
#include "scenarios/causal/adaptive_lasso.h"

namespace throng {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Purpose kResample("causal/resample");

/// Less than this of its variance is left of a variable: it is a function of those that were taken before.
constexpr double kNothingLeft = 1e-10;

/// Of a variable with mean 0 and variance 1: the maximum-entropy approximation of Hyvärinen (NIPS 1997) with the constants of
/// Hyvärinen and Smith (2013).
double entropy(const ArrayXd& x) {
  const ArrayXd size = x.abs();
  const double log_cosh = (size + (0.5 + 0.5 * (-2 * size).exp()).log()).mean();  // does not overflow
  const double skew = (x * (-0.5 * x.square()).exp()).mean();
  const double gaussian = (1 + std::log(2 * std::numbers::pi)) / 2;
  return gaussian - 79.047 * std::pow(log_cosh - 0.37457, 2) - 7.4129 * std::pow(skew, 2);
}

/// Mean 0, variance 1.
VectorXd standardized(const VectorXd& values) {
  const VectorXd centred = values.array() - values.mean();
  return centred / std::sqrt(centred.squaredNorm() / static_cast<double>(values.size()));
}

double variance(const VectorXd& values) { return (values.array() - values.mean()).square().mean(); }

double correlation(const VectorXd& a, const VectorXd& b) { return a.dot(b) / static_cast<double>(a.size()); }

/// The entropy of what `cause` does not explain of `effect`; both standardized.
double residual_entropy(const VectorXd& effect, const VectorXd& cause) {
  return entropy(standardized(effect - correlation(effect, cause) * cause).array());
}

/// Groups by column; none: nothing is known of it.
std::vector<std::optional<std::size_t>> groups_of_columns(const KnownOrder& known, Index columns) {
  std::vector<std::optional<std::size_t>> groups(static_cast<std::size_t>(columns));
  for (std::size_t group = 0; group < known.size(); ++group) {
    for (const Index column : known[group]) groups[static_cast<std::size_t>(column)] = group;
  }
  return groups;
}

/// The search for the order of causes.
class OrderSearch {
 public:
  OrderSearch(const MatrixXd& samples, const KnownOrder& known)
      : left_(samples), groups_(groups_of_columns(known, samples.cols())) {
    for (Index column = 0; column < samples.cols(); ++column) {
      columns_.push_back(column);
      if (!(left_.col(column).maxCoeff() > left_.col(column).minCoeff())) degenerate_ = true;
      left_.col(column) = standardized(left_.col(column));
    }
  }

  /// None: a variable does not vary, or nothing was left of it.
  std::optional<std::vector<Index>> order() {
    std::vector<Index> order;
    while (!columns_.empty() && !degenerate_) {
      order.push_back(most_exogenous());
      take_out(order.back());
    }
    return degenerate_ ? std::nullopt : std::optional(std::move(order));
  }

 private:
  std::optional<std::size_t> group_of(Index column) const {
    return groups_[static_cast<std::size_t>(column)];
  }

  /// Whether nothing that is left is known to come before.
  bool may_be_next(Index column) const {
    return !group_of(column) || std::ranges::none_of(columns_, [&](Index other) {
      return group_of(other) && *group_of(other) < *group_of(column);
    });
  }

  /// The candidate with the least evidence that others cause it; the first of equal ones.
  Index most_exogenous() const {
    std::vector<std::size_t> candidates;  // places in columns_
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (may_be_next(columns_[i])) candidates.push_back(i);
    }
    if (candidates.size() == 1) return columns_[candidates.front()];
    const std::vector<double> evidence = evidence_of_causes();
    return columns_[*std::ranges::min_element(candidates, {}, [&](std::size_t i) { return evidence[i]; })];
  }

  /// For each of columns_, against its being a cause of the others: the sum of squares of what is negative among the likelihood
  /// ratios of its pairs (Hyvärinen and Smith, 2013).
  std::vector<double> evidence_of_causes() const {
    std::vector<VectorXd> values;
    std::vector<double> entropies;
    for (const Index column : columns_) {
      values.push_back(standardized(left_.col(column)));
      entropies.push_back(entropy(values.back().array()));
    }
    std::vector<double> evidence(columns_.size(), 0.0);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      for (std::size_t j = i + 1; j < columns_.size(); ++j) {
        const double ratio = (entropies[j] + residual_entropy(values[i], values[j])) -
                             (entropies[i] + residual_entropy(values[j], values[i]));
        evidence[ratio < 0 ? i : j] += ratio * ratio;
      }
    }
    return evidence;
  }

  void take_out(Index taken) {
    std::erase(columns_, taken);
    const VectorXd cause = standardized(left_.col(taken));
    for (const Index column : columns_) {
      left_.col(column) -= correlation(left_.col(column), cause) * cause;
      if (!(variance(left_.col(column)) > kNothingLeft)) degenerate_ = true;
    }
  }

  MatrixXd left_;  ///< what is not explained of each column, which began with mean 0 and variance 1
  std::vector<std::optional<std::size_t>> groups_;
  std::vector<Index> columns_;  ///< not taken yet, ascending
  bool degenerate_ = false;
};

MatrixXd covariance_of(const MatrixXd& samples) {
  const MatrixXd centred = samples.rowwise() - samples.colwise().mean();
  return centred.transpose() * centred / static_cast<double>(samples.rows());
}

MatrixXd drawn(const MatrixXd& samples, std::size_t resample, const Draws& draws) {
  MatrixXd rows(samples.rows(), samples.cols());
  for (Index row = 0; row < samples.rows(); ++row) {
    const DrawAddress at{.agent = static_cast<std::uint32_t>(resample),
                         .item = static_cast<std::uint32_t>(row)};
    rows.row(row) = samples.row(
        static_cast<Index>(draws.below(static_cast<std::uint64_t>(samples.rows()), kResample, at)));
  }
  return rows;
}

}  // namespace

MatrixXd CausalModel::total_effects() const {
  MatrixXd totals = weights;
  for (const Index effect : order) {
    const Eigen::RowVectorXd by_way_of_others = weights.row(effect) * totals;
    totals.row(effect) += by_way_of_others;
  }
  return totals;
}

Result<CausalModel> direct_lingam(const MatrixXd& samples, const KnownOrder& known) {
  if (samples.rows() < samples.cols() + 1)
    return Error{ErrorKind::data, "there are too few samples for so many variables"};
  std::optional<std::vector<Index>> order = OrderSearch(samples, known).order();
  if (!order) return Error{ErrorKind::data, "a variable does not vary, or is a linear function of others"};

  CausalModel model{.order = *std::move(order), .weights = MatrixXd::Zero(samples.cols(), samples.cols())};
  const MatrixXd covariance = covariance_of(samples);
  for (std::size_t place = 1; place < model.order.size(); ++place) {
    const Index target = model.order[place];
    const std::vector<Index> before(model.order.begin(), model.order.begin() + static_cast<Index>(place));
    model.weights(target, before) = adaptive_lasso(covariance, samples.rows(), before, target);
  }
  return model;
}

EdgeProbabilities bootstrap_edges(const MatrixXd& samples, const KnownOrder& known, std::size_t resamples,
                                  const Draws& draws) {
  std::vector<std::optional<MatrixXd>> found(resamples);
  parallel_for(resamples, [&](std::size_t resample) {
    if (const Result<CausalModel> model = direct_lingam(drawn(samples, resample, draws), known))
      found[resample] = (model->weights.array() != 0).cast<double>();
  });
  EdgeProbabilities probabilities{.of_edges = MatrixXd::Zero(samples.cols(), samples.cols())};
  for (const std::optional<MatrixXd>& edges : found) {
    if (!edges) continue;
    ++probabilities.resamples;
    probabilities.of_edges += *edges;
  }
  if (probabilities.resamples > 0) probabilities.of_edges /= static_cast<double>(probabilities.resamples);
  return probabilities;
}

}  // namespace throng
