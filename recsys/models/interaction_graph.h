#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recsys/linalg/sparse_rows.h"
#include "recsys/models/user_item_factors.h"

namespace throng {

/// Some of a graph's nodes: a flag for every user and every item.
struct NodeSet {
  NodeSet(std::size_t num_users, std::size_t num_items) : users(num_users), items(num_items) {}
  void clear();

  std::vector<std::uint8_t> users;
  std::vector<std::uint8_t> items;
};

/// The graph of users and items of LightGCN (He et al., SIGIR 2020). One layer A of propagation replaces the
/// vector of a node by
///   sum over its neighbours of their vectors / sqrt(own degree * neighbour's degree).
/// A is symmetric.
class InteractionGraph {
 public:
  explicit InteractionGraph(const Interactions& train);

  const BothWays& edges() const { return edges_; }
  /// 1 / sqrt(degree) of each user, of each item; 0 for one without neighbours.
  std::span<const float> user_weights() const { return user_weights_; }
  std::span<const float> item_weights() const { return item_weights_; }

  /// Sets `to` to the nodes that have a neighbour in `nodes`.
  void neighbors(const NodeSet& nodes, NodeSet& to) const;

 private:
  BothWays edges_;
  std::vector<float> user_weights_;
  std::vector<float> item_weights_;
};

/// scale * (x + A x + ... + A^layers x), as often as wanted: keeps its buffers. Works in parallel, node by node, each
/// in the order of its neighbours: the same bits on any number of threads. Results stay until the next call.
class LayerSum {
 public:
  /// `graph` must outlive it.
  LayerSum(const InteractionGraph& graph, int layers, float scale);

  UserItemFactors& of(const UserItemFactors& x) { return sum(x, nullptr, nullptr); }
  /// The same bits, but only in the rows of `nodes`; the others mean nothing.
  UserItemFactors& at(const NodeSet& nodes, const UserItemFactors& x);
  /// For an `x` that is zero outside of `nodes`: the same bits as `of`, in less time.
  UserItemFactors& of_sparse(const UserItemFactors& x, const NodeSet& nodes) {
    return sum(x, &nodes, nullptr);
  }
  /// The latest result.
  const UserItemFactors& latest() const { return result_; }

 private:
  UserItemFactors& sum(const UserItemFactors& x, const NodeSet* nonzero, const NodeSet* wanted);

  const InteractionGraph& graph_;
  int layers_;
  float scale_;
  NodeSet around_wanted_;
  UserItemFactors result_;
  UserItemFactors previous_;
};

}  // namespace throng
