#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "engine/base/random.h"
#include "recsys/data/interactions.h"
#include "recsys/linalg/adam.h"
#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/sparse_rows.h"

namespace throng {

struct MultVaeOptions {
  int hidden = 600;              ///< width of the hidden layers
  int latent = 200;              ///< length of the latent vector of a user
  double dropout = 0.5;          ///< share of a history that is left out of the input while training
  double anneal_cap = 0.2;       ///< greatest weight of the KL term
  int anneal_steps = 200'000;    ///< the weight of the KL term in update n is n / anneal_steps, up to the cap
  double learning_rate = 0.001;  ///< of Adam
  int batch_size = 100;          ///< users per update
  int max_epochs = 200;          ///< an epoch meets every user with items once
  int eval_every = 2;            ///< epochs from one evaluation on validation to the next
  int patience = 10;             ///< evaluations in a row without a gain that end the fit
};

/// The weights of the network of Mult-VAE (Liang et al., WWW 2018), layer by layer, with x a user's items as 0
/// and 1:
///   h = tanh(input^T x / |x| + input_bias)
///   (mean, log of variance) = code^T h + code_bias
///   z = mean + noise * exp(log of variance / 2)
///   g = tanh(decoder^T z + decoder_bias)
///   logits = output g + output_bias
/// Each matrix has a row for every unit it reads, `output` a row for every item, a bias a single row.
struct MultVaeWeights {
  FactorMatrix input;  ///< items x hidden
  FactorMatrix input_bias;
  FactorMatrix code;  ///< hidden x 2 latent
  FactorMatrix code_bias;
  FactorMatrix decoder;  ///< latent x hidden
  FactorMatrix decoder_bias;
  FactorMatrix output;  ///< items x hidden
  FactorMatrix output_bias;

  static constexpr std::size_t kParts = 8;
  std::array<FactorMatrix*, kParts> parts();
  std::array<const FactorMatrix*, kParts> parts() const;
};

/// All zero.
MultVaeWeights zero_weights(std::size_t items, const MultVaeOptions& options);

/// Xavier's normal distribution for matrices, deviation 0.001 for biases, as the paper has it.
MultVaeWeights initial_weights(std::size_t items, const MultVaeOptions& options, const Draws& draws);

/// x = tanh(x) by way of exp, of which Eigen has a vectorised one: absolute error below 2e-7.
void apply_tanh(Eigen::Ref<Eigen::MatrixXf> x);

/// Sets `sum`, a padded row, to bias + scale * the sum of the rows of `items`.
void sum_input(const MultVaeWeights& weights, std::span<const ItemId> items, float scale,
               std::span<float> sum);

/// What a fit changes.
struct MultVaeState {
  MultVaeWeights weights;
  std::uint64_t updates = 0;  ///< of Adam, so far: the annealing goes by it
};

/// Learns the weights of Mult-VAE. The loss of a batch of users is the mean of
///   -sum over the user's items of log softmax(logits) + b KL(N(mean, variance) || N(0, 1)).
/// The input layer reads only the items that a user has, and gives a gradient only to the rows of items that the
/// batch has. Works in parallel, in tiles of fixed size, each of which sums in one order: the same bits on any
/// number of threads. Dropout and noise are drawn by epoch, user and place.
class MultVaeTraining {
 public:
  /// All of them, and `state`, which is changed in place, must outlive the training.
  MultVaeTraining(const SparseRows<ItemId>& histories, const MultVaeOptions& options, std::uint64_t seed,
                  MultVaeState& state);

  /// Returns the mean loss. Epochs are numbered from 1.
  double run_epoch(int epoch);

  /// The loss of a batch of at most options.batch_size users with items, KL weighted by `kl_weight`;
  /// `gradient()` is its gradient until the next call, all but for the rows of `input` that are not among
  /// `input_rows()`, which have none.
  double compute(std::span<const UserId> users, int epoch, double kl_weight);
  const MultVaeWeights& gradient() const { return gradient_; }
  std::span<const std::uint32_t> input_rows() const { return input_groups_.rows(); }

 private:
  void encode(std::span<const UserId> users, int epoch, std::size_t first, std::size_t count);
  void draw_input(UserId user, int epoch, std::size_t column);
  void score(std::size_t users);
  double softmax_loss(std::span<const ItemId> items, std::size_t column);
  double kl_loss(std::size_t column, double kl_weight) const;
  void backward(std::size_t users, std::size_t first, std::size_t count, double kl_weight);
  void sum_input_gradient(std::size_t users);
  void sum_weight_gradients(std::size_t users);
  void step();

  const SparseRows<ItemId>& histories_;
  const MultVaeOptions& options_;
  Draws draws_;
  MultVaeState& state_;
  MultVaeWeights gradient_;
  std::vector<RowAdam> adam_;  ///< parallel to MultVaeWeights::parts()
  std::vector<UserId> users_;  ///< those with items

  // Of the current batch, a column or element for each user:
  std::vector<std::vector<ItemId>> inputs_;  ///< what dropout has left
  std::vector<float> scales_;
  Eigen::MatrixXf encoded_;  ///< h
  Eigen::MatrixXf code_;     ///< mean and log of variance, later their gradient
  Eigen::MatrixXf noise_;
  Eigen::MatrixXf latent_;   ///< z
  Eigen::MatrixXf decoded_;  ///< g
  Eigen::MatrixXf latent_gradient_;
  Eigen::MatrixXf hidden_gradient_;  ///< before the tanh of g, later of h
  Eigen::MatrixXf logits_;           ///< padded items x users; later their gradient
  RowGroups input_groups_;
  std::vector<std::uint32_t> input_items_;    ///< of all users of the batch
  std::vector<std::uint32_t> input_columns_;  ///< parallel: whose it is
};

}  // namespace throng
