#pragma once

#include <vector>

#include "recsys/linalg/adam.h"
#include "recsys/models/bpr.h"
#include "recsys/models/interaction_graph.h"

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

}  // namespace throng
