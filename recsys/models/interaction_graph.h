#pragma once

#include <span>
#include <vector>

#include "recsys/models/co_occurrence.h"
#include "recsys/models/user_item_factors.h"

namespace throng {

/// The graph of users and items of LightGCN (He et al., SIGIR 2020). One layer A of propagation replaces the
/// vector of a node by
///   sum over its neighbours of their vectors / sqrt(own degree * neighbour's degree).
/// A is symmetric.
class InteractionGraph {
 public:
  explicit InteractionGraph(const Interactions& train);

  /// scale * (x + A x + ... + A^layers x). Works in parallel, node by node, each in the order of its
  /// neighbours: the same bits on any number of threads.
  UserItemFactors sum_of_layers(const UserItemFactors& x, int layers, float scale) const;

  /// 1 / sqrt(degree) of each item; 0 for one without users.
  std::span<const float> item_weights() const { return item_weights_; }

 private:
  BothWays edges_;
  std::vector<float> user_weights_;
  std::vector<float> item_weights_;
};

}  // namespace throng
