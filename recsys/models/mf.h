#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recsys/data/interactions.h"
#include "recsys/linalg/adam.h"
#include "recsys/linalg/factor_matrix.h"
#include "recsys/models/bpr.h"
#include "recsys/models/user_item_factors.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// Learns the factors of an unseen user from a history (ascending items) against fitted item factors, which
/// stay as they are: some full steps of Adam on the user's BPR loss, starting from the factors already in
/// `user` (a padded row; the mean user). In every step each item of the history is compared with one other
/// item, drawn by seed, step and position, so that the same history gives the same bits. An empty history, or
/// one of all items, leaves `user` as it is.
void fold_in(const FactorMatrix& items, std::span<const ItemId> history, float l2, std::uint64_t seed,
             std::span<float> user);

struct MfOptions {
  int factors = 64;              ///< length of the vector of each user and item
  double learning_rate = 0.002;  ///< of Adam; with hogwild, of gradient descent, where its default is 0.05
  double l2 = 0.04;              ///< weight decay of the factors in each comparison; see BprBatch
  int batch_size = 2048;         ///< comparisons per step
  int max_epochs = 200;          ///< an epoch has as many comparisons as there are training interactions
  int eval_every = 5;            ///< epochs from one evaluation on validation to the next
  int patience = 5;              ///< evaluations in a row without a gain that end the fit
  double init_deviation = 0.01;  ///< standard deviation of the first factors, which are normal with mean 0
  bool hogwild = false;          ///< see run_hogwild_epoch: not deterministic, refused in runs
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

/// One epoch of BPR by stochastic gradient descent without locks (Hogwild, Niu et al., NIPS 2011): threads take
/// comparisons and change the factors of each at once, whatever the others are doing to them. Fast, and *not*
/// deterministic on more than one thread: it may not be used in a run. Returns the mean loss.
double run_hogwild_epoch(const BprSampler& sampler, int epoch, std::size_t samples, const MfOptions& options,
                         UserItemFactors& factors);

/// Matrix factorisation: score(user, item) = inner product of their factors, learned with BPR (Rendle et al.,
/// UAI 2009) by Adam on batches of sampled comparisons. Given validation data, the factors with the best
/// NDCG@20 on it are kept.
///
/// A user without training items scores like the mean of the others, and so does an unseen one without a
/// history; a history is folded in (fold_in).
class MatrixFactorization final : public ScoringRecommender {
 public:
  /// From {"factors": 64, ...}, the fields of MfOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit MatrixFactorization(const MfOptions& options) : options_(options) {}

  std::string_view name() const override { return "mf"; }
  Json options() const override;
  bool is_deterministic() const override { return !options_.hogwild; }
  FittedBy fitted_by() const override { return FittedBy::first_rank; }
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
