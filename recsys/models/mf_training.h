#pragma once

#include <vector>

#include "recsys/linalg/adam.h"
#include "recsys/models/bpr.h"
#include "recsys/models/user_item_factors.h"

namespace throng {

struct MfOptions {
  int factors = 64;              ///< length of the vector of each user and item
  double learning_rate = 0.002;  ///< of Adam; with hogwild, of gradient descent, where its default is 0.05
  double l2 = 0.04;              ///< weight decay of the factors in each comparison; see BprBatch
  int batch_size = 2048;         ///< comparisons per step
  int max_epochs = 200;          ///< an epoch has as many comparisons as there are training interactions
  int eval_every = 5;            ///< epochs from one evaluation on validation to the next
  int patience = 5;              ///< evaluations in a row without a gain that end the fit
  double init_deviation = 0.01;  ///< standard deviation of the first factors, which are normal with mean 0
  bool hogwild = false;          ///< see mf_hogwild.h: not deterministic, refused in runs
};

/// Normally distributed factors, a pure function of seed, row and column.
UserItemFactors initial_factors(std::size_t users, std::size_t items, const MfOptions& options,
                                std::uint64_t seed);

/// Learns factors by BPR: epochs of batches of sampled comparisons, a step of Adam for each batch.
class MfTraining {
 public:
  /// `sampler`, which has users, and `factors`, which are changed in place, must outlive the training.
  MfTraining(const BprSampler& sampler, std::size_t samples_per_epoch, const MfOptions& options,
             UserItemFactors& factors);

  /// Returns the mean loss. Epochs are numbered from 1.
  double run_epoch(int epoch);

 private:
  double step(int epoch, std::size_t first, std::size_t count);

  const BprSampler& sampler_;
  std::size_t samples_per_epoch_;
  float l2_;
  UserItemFactors& factors_;
  std::vector<BprSample> samples_;
  BprBatch batch_;
  RowAdam user_adam_;
  RowAdam item_adam_;
};

}  // namespace throng
