#pragma once

#include <memory>
#include <vector>

#include "recsys/linalg/adam.h"
#include "recsys/models/bpr.h"
#include "recsys/models/interaction_graph.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct LightGcnOptions {
  int factors = 64;              ///< length of the vector of each user and item
  int layers = 3;                ///< how often vectors are propagated over the graph
  double learning_rate = 0.002;  ///< of Adam
  double l2 = 0.001;      ///< weight decay of the vectors of the sampled users and items, before propagation
  int batch_size = 2048;  ///< comparisons per step
  int max_epochs = 300;   ///< an epoch has as many comparisons as there are training interactions
  int eval_every = 5;     ///< epochs from one evaluation on validation to the next
  int patience = 5;       ///< evaluations in a row without a gain that end the fit
  double init_deviation = 0.1;  ///< standard deviation of the first vectors, which are normal with mean 0
};

/// Learns the vectors E of LightGCN. What scores is the mean over the layers, F = (E + A E + ... + A^L E) / (L +
/// 1); the loss of a batch is the mean over its comparisons of
///   -ln sigmoid(f_u.f_i - f_u.f_j) + l2 / 2 (|e_u|^2 + |e_i|^2 + |e_j|^2).
/// The map from E to F is linear and symmetric, so the gradient in E is the same map applied to the gradient in
/// F. Adam moves all rows in every step.
class LightGcnTraining {
 public:
  /// All of them, and `vectors`, which are changed in place, must outlive the training.
  LightGcnTraining(const InteractionGraph& graph, const BprSampler& sampler, std::size_t samples_per_epoch,
                   const LightGcnOptions& options, UserItemFactors& vectors);

  /// Returns the mean loss. Epochs are numbered from 1.
  double run_epoch(int epoch);

  /// The loss of a batch of at most options.batch_size comparisons; `gradient()` is its gradient until the next
  /// call.
  double compute(std::span<const BprSample> samples);
  const UserItemFactors& gradient() const { return layer_mean_.latest(); }

 private:
  void set_nodes(std::span<const BprSample> samples);
  double add_decay(std::span<const BprSample> samples, UserItemFactors& gradient);

  const BprSampler& sampler_;
  std::size_t samples_per_epoch_;
  const LightGcnOptions& options_;
  UserItemFactors& vectors_;
  std::vector<BprSample> samples_;
  BprBatch batch_;
  NodeSet nodes_;  ///< of the batch
  LayerSum layer_mean_;
  UserItemFactors final_gradient_;  ///< in F: zero but for the rows of the batch
  RowAdam user_adam_;
  RowAdam item_adam_;
};

/// LightGCN (He et al., SIGIR 2020): score(user, item) = inner product of their vectors after propagation over
/// the graph of the training data, learned with BPR; see LightGcnTraining. Given validation data, the
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
  FittedBy fitted_by() const override { return FittedBy::first_rank; }
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
