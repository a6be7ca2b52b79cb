#pragma once

#include <memory>

#include <Eigen/Core>

#include "recsys/models/histories.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct EaseOptions {
  double l2 = 600;  ///< weight of the squared item-item weights; more for more users
};

/// EASE (Steck, WWW 2019): linear item-item weights B with a zero diagonal that reproduce the training data X,
///   minimise |X - X B|^2 + l2 |B|^2,   B_ij = -P_ij / P_jj (i != j),   P = (X^T X + l2 I)^-1,
///   score(user, j) = sum of B_ij over the user's items i.
/// Memory: one items x items matrix of floats. A user without items scores by popularity.
class Ease final : public ScoringRecommender {
 public:
  /// From {"l2": 600}, the fields of EaseOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit Ease(const EaseOptions& options) : options_(options) {}

  std::string_view name() const override { return "ease"; }
  Json options() const override { return {{"kind", "ease"}, {"l2", options_.l2}}; }
  FittedBy fitted_by() const override { return FittedBy::first_rank; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return histories_.num_items(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  EaseOptions options_;
  Histories histories_;
  Eigen::MatrixXf weights_;  ///< column i: what item i of a history adds to every item's score
};

}  // namespace throng
