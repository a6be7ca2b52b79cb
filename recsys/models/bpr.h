#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/random.h"
#include "recsys/data/interactions.h"
#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/sparse_rows.h"

namespace throng {

/// One comparison to learn from: the user prefers `positive` to `negative`.
struct BprSample {
  UserId user{};
  ItemId positive{};
  ItemId negative{};
};

/// Draws comparisons: a user uniformly from those who have training items but not all, a positive uniformly
/// from the user's training items, a negative uniformly from the other items. (Bounds are met by multiplying
/// 32 random bits: the bias is below bound / 2^32.) Immutable; safe to use from any thread.
class BprSampler {
 public:
  /// `train` must outlive the sampler.
  BprSampler(const Interactions& train, std::uint64_t seed);

  /// The users to sample for, ascending.
  std::span<const UserId> users() const { return users_; }
  /// Sets `samples` to the samples number `first`, first + 1, ... of an epoch; each is a pure function of seed, epoch
  /// and number. There must be users.
  void fill(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const;
  void fill_in_parallel(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const;

 private:
  const Interactions& train_;
  Draws draws_;
  std::vector<UserId> users_;
};

/// The item at position `n` (from 0) among those that are not in `items` (ascending); there must be one.
ItemId nth_missing(std::span<const ItemId> items, std::size_t n);

/// The BPR loss of one comparison and its slope, for the difference `x` = score(positive) - score(negative):
/// loss = -ln sigmoid(x), slope = d loss / dx = -sigmoid(-x) (Rendle et al., UAI 2009).
struct BprTerm {
  float loss;
  float slope;
};
BprTerm bpr_term(float x);

/// The gradients of some rows of a factor matrix.
struct RowGradients {
  std::span<const std::uint32_t> rows;  ///< the rows that have a gradient, each once
  const FactorMatrix& gradients;        ///< row n is the gradient of row rows[n]
};

/// Computes the loss of a batch of comparisons and its gradient. The loss is the mean over the batch of
///   -ln sigmoid(u.i - u.j) + l2 / 2 (|u|^2 + |i|^2 + |j|^2),
/// u, i, j the factors of user, positive and negative. Works in parallel, in two passes: the slope of every
/// sample, then the gradient of every row, summed in the order of the samples. So the result is the same bits
/// on any number of threads.
class BprBatch {
 public:
  /// For batches of at most `max_samples`.
  BprBatch(std::size_t users, std::size_t items, std::size_t factors, std::size_t max_samples);

  /// Returns the loss. The gradients below are those of this batch until the next call.
  double compute(const FactorMatrix& users, const FactorMatrix& items, std::span<const BprSample> samples,
                 float l2);

  RowGradients user_gradients() const { return {user_groups_.rows(), user_gradients_}; }
  RowGradients item_gradients() const { return {item_groups_.rows(), item_gradients_}; }

 private:
  double compute_slopes(const FactorMatrix& users, const FactorMatrix& items,
                        std::span<const BprSample> samples, float l2);
  void group_rows(std::span<const BprSample> samples);
  void sum_user_gradient(std::size_t n, const FactorMatrix& users, const FactorMatrix& items,
                         std::span<const BprSample> samples, float l2);
  void sum_item_gradient(std::size_t n, const FactorMatrix& users, const FactorMatrix& items,
                         std::span<const BprSample> samples, float l2);

  std::vector<float> slopes_;  ///< by sample, divided by the number of samples
  std::vector<double> chunk_losses_;
  std::vector<std::uint32_t> user_rows_;  ///< by sample
  std::vector<std::uint32_t> item_rows_;  ///< the positive of sample s at 2 s, its negative at 2 s + 1
  RowGroups user_groups_;
  RowGroups item_groups_;
  FactorMatrix user_gradients_;
  FactorMatrix item_gradients_;
};

}  // namespace throng
