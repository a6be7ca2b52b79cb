#pragma once

#include <memory>

#include "recsys/models/ials_solver.h"
#include "recsys/models/recommender.h"

namespace throng {

/// Implicit alternating least squares (Hu, Koren and Volinsky, ICDM 2008), in the form that Rendle et al.
/// found to be as good as anything newer when it is well regularised ("Revisiting the performance of iALS",
/// RecSys 2022); see ials_solver.h for what is minimised. Given validation data, the factors with the best
/// NDCG@20 on it are kept.
///
/// A history is folded in by solving for its factors exactly, as in a fit. A user without items scores like the
/// mean of the others. A warm start goes on from the earlier factors.
class Ials final : public ScoringRecommender {
 public:
  /// From {"factors": 64, ...}, the fields of IalsOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit Ials(const IalsOptions& options) : options_(options) {}

  std::string_view name() const override { return "ials"; }
  Json options() const override;
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return factors_.items.rows(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  void prepare_fold_in(const IalsRegularization& regularization, const IalsOptions& options);

  IalsOptions options_;
  UserItemFactors factors_;
  UserScorer scorer_;
  double regularization_scale_ = 1;      ///< of users
  std::unique_ptr<IalsSolver> fold_in_;  ///< for users, against the fitted items
};

}  // namespace throng
