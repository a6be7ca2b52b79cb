#pragma once

#include <vector>

#include "recsys/data/interactions.h"

namespace throng {

/// What one says of ratings without a model of taste: r(user, item) = mean + item bias + user bias, fitted on training ratings by
/// shrunken means, one after the other (Koren, "Factor in the Neighbors", TKDD 2010):
///   b_i = sum over the item's ratings of (r - mean) / (10 + number)
///   b_u = sum over the user's ratings of (r - mean - b_i) / (5 + number)
class RatingBiases {
 public:
  /// `train`: with ratings, not empty.
  explicit RatingBiases(const Interactions& train);

  double mean() const { return mean_; }
  /// The mean of the item's ratings, neither shrunken nor rounded; the mean of all without any.
  double item_mean(ItemId item) const { return item_means_[index(item)]; }
  double of(UserId user, ItemId item) const { return mean_ + items_[index(item)] + users_[index(user)]; }

 private:
  double mean_ = 0;
  std::vector<double> item_means_;
  std::vector<double> items_;  ///< biases
  std::vector<double> users_;  ///< biases
};

}  // namespace throng
