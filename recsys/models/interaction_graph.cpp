#include "recsys/models/interaction_graph.h"

#include <cmath>

#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

constexpr std::size_t kRowsPerChunk = 32;

template <class Column>
std::vector<float> weights_of(const SparseRows<Column>& rows) {
  std::vector<float> weights(rows.rows(), 0.0F);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    const std::size_t degree = rows.row(row).size();
    if (degree > 0) weights[row] = static_cast<float>(1 / std::sqrt(static_cast<double>(degree)));
  }
  return weights;
}

/// scale * (x + own weight * sum of neighbour weight * neighbour), for `kWidth` lanes of a row from `f` on, with
/// the sums in registers.
template <std::size_t kWidth, class Column>
void propagate_lanes(std::span<const Column> neighbors, std::span<const float> weights, float own_weight,
                     float scale, const FactorMatrix& from, std::span<const float> x, std::size_t f,
                     std::span<float> to) {
  Lanes sums[kWidth];
  for (Lanes& sum : sums) sum = broadcast(0);
  for (const Column neighbor : neighbors) {
    const float* row = &from.row(index(neighbor))[f];
    const Lanes weight = broadcast(weights[index(neighbor)]);
    for (std::size_t w = 0; w < kWidth; ++w) sums[w] += weight * load(row + w * kLanes);
  }
  for (std::size_t w = 0; w < kWidth; ++w) {
    const std::size_t at = f + w * kLanes;
    store(&to[at], broadcast(scale) * (load(&x[at]) + broadcast(own_weight) * sums[w]));
  }
}

/// to = scale * (x + A from), for the nodes of one side; `from` and `weights` are those of the other.
template <class Column>
void propagate(const SparseRows<Column>& edges, std::span<const float> own_weights,
               std::span<const float> weights, float scale, const FactorMatrix& from, const FactorMatrix& x,
               FactorMatrix& to) {
  constexpr std::size_t kWide = 8;
  parallel_for_chunks(edges.rows(), kRowsPerChunk, [&](std::size_t row) {
    std::size_t f = 0;
    for (; f + kWide * kLanes <= to.stride(); f += kWide * kLanes) {
      propagate_lanes<kWide>(edges.row(row), weights, own_weights[row], scale, from, x.row(row), f,
                             to.row(row));
    }
    for (; f < to.stride(); f += kLanes) {
      propagate_lanes<1>(edges.row(row), weights, own_weights[row], scale, from, x.row(row), f, to.row(row));
    }
  });
}

}  // namespace

InteractionGraph::InteractionGraph(const Interactions& train)
    : edges_(both_ways(train)),
      user_weights_(weights_of(edges_.by_user)),
      item_weights_(weights_of(edges_.by_item)) {}

UserItemFactors InteractionGraph::sum_of_layers(const UserItemFactors& x, int layers, float scale) const {
  // Horner's rule: x + A (x + A (x + ...)).
  UserItemFactors sum = x;
  UserItemFactors next = x;
  for (int layer = 1; layer <= layers; ++layer) {
    const float factor = layer == layers ? scale : 1.0F;
    propagate(edges_.by_user, user_weights_, item_weights_, factor, sum.items, x.users, next.users);
    propagate(edges_.by_item, item_weights_, user_weights_, factor, sum.users, x.items, next.items);
    std::swap(sum, next);
  }
  if (layers == 0) {
    for (float& value : sum.users.values()) value *= scale;
    for (float& value : sum.items.values()) value *= scale;
  }
  return sum;
}

}  // namespace throng
