#pragma once

#include <memory>

#include "recsys/models/mf_training.h"
#include "recsys/models/recommender.h"

namespace throng {

/// Matrix factorisation: score(user, item) = inner product of their factors, learned with BPR (Rendle et al.,
/// UAI 2009) by Adam on batches of sampled comparisons. Given validation data, the factors with the best
/// NDCG@20 on it are kept.
///
/// A user without training items scores like the mean of the others, and so does an unseen one without a
/// history; a history is folded in (fold_in.h).
class MatrixFactorization final : public ScoringRecommender {
 public:
  /// From {"factors": 64, ...}, the fields of MfOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit MatrixFactorization(const MfOptions& options) : options_(options) {}

  std::string_view name() const override { return "mf"; }
  Json options() const override;
  bool is_deterministic() const override { return !options_.hogwild; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return factors_.items.rows(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  MfOptions options_;
  std::uint64_t seed_ = 0;
  UserItemFactors factors_;
  UserScorer scorer_;
};

}  // namespace throng
