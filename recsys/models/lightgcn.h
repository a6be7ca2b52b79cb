#pragma once

#include <memory>

#include "recsys/models/lightgcn_training.h"
#include "recsys/models/recommender.h"

namespace throng {

/// LightGCN (He et al., SIGIR 2020): score(user, item) = inner product of their vectors after propagation over
/// the graph of the training data, learned with BPR; see lightgcn_training.h. Given validation data, the
/// vectors with the best NDCG@20 on it are kept.
///
/// A history is folded in as a new node of the graph: its first vector is that of the mean user, and what its
/// items pass on to it is what they pass on in the fitted graph. A user without training items scores like the
/// mean of the others. A warm start goes on from the earlier vectors.
class LightGcn final : public ScoringRecommender {
 public:
  /// From {"factors": 64, ...}, the fields of LightGcnOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit LightGcn(const LightGcnOptions& options) : options_(options) {}

  std::string_view name() const override { return "lightgcn"; }
  Json options() const override;
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return vectors_.items.rows(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  void prepare_scoring(const InteractionGraph& graph, std::span<const UserId> users);
  void prepare_fold_in(const InteractionGraph& graph, std::span<const UserId> users);
  void fold_in(std::span<const ItemId> history, std::span<float> row) const;

  LightGcnOptions options_;
  UserItemFactors vectors_;     ///< before propagation
  UserItemFactors propagated_;  ///< what scores
  UserScorer scorer_;
  FactorMatrix mean_user_;  ///< one row: of the users' vectors before propagation
  FactorMatrix messages_;   ///< by item: what it passes on to a new user, but for the user's degree
};

}  // namespace throng
