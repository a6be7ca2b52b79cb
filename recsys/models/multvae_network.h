#pragma once

#include <array>
#include <span>

#include <Eigen/Core>

#include "engine/sim/random.h"
#include "recsys/data/ids.h"
#include "recsys/linalg/factor_matrix.h"

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

}  // namespace throng
