#include "recsys/models/interaction_graph.h"

#include <algorithm>
#include <cmath>

#include "engine/base/parallel.h"

namespace throng {
namespace {

constexpr std::size_t kNodesPerChunk = 32;
constexpr std::size_t kNeighborsAhead = 8;  // neighbours ahead: they lie anywhere

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
  for (std::size_t n = 0; n < neighbors.size(); ++n) {
    if (f == 0 && n + kNeighborsAhead < neighbors.size())
      from.prefetch(index(neighbors[n + kNeighborsAhead]));
    const Column neighbor = neighbors[n];
    const float* row = &from.row(index(neighbor))[f];
    const Lanes weight = broadcast(weights[index(neighbor)]);
    for (std::size_t w = 0; w < kWidth; ++w) sums[w] += weight * load(row + w * kLanes);
  }
  for (std::size_t w = 0; w < kWidth; ++w) {
    const std::size_t at = f + w * kLanes;
    store(&to[at], broadcast(scale) * (load(&x[at]) + broadcast(own_weight) * sums[w]));
  }
}

template <class Column>
std::span<const Column> those_in(std::span<const std::uint8_t> flags, std::span<const Column> columns,
                                 std::vector<Column>& kept) {
  kept.resize(std::max(kept.size(), columns.size()));
  std::size_t count = 0;
  for (const Column column : columns) {  // without a branch: which ones are in is anybody's guess
    kept[count] = column;
    count += flags[index(column)];
  }
  return {kept.data(), count};
}

/// One side of the graph: its nodes as rows, and the other side as columns.
template <class Column>
struct Side {
  const SparseRows<Column>& edges;
  std::span<const float> row_weights;
  std::span<const float> column_weights;
};

/// Empty: all of them.
using Flags = std::span<const std::uint8_t>;

/// to = scale * (x + A from), for the nodes of one side; `from` is of the other. Skips neighbours that are not in
/// `nonzero`, where `from` is zero, and leaves rows that are not `wanted` as they are: a batch needs few rows, which saves a
/// quarter to two fifths of the time and changes no bit.
template <class Column>
void propagate(const Side<Column>& side, Flags nonzero, Flags wanted, float scale, const FactorMatrix& from,
               const FactorMatrix& x, FactorMatrix& to) {
  constexpr std::size_t kWide = 8;
  parallel_for(num_chunks(side.edges.rows(), kNodesPerChunk), [&](std::size_t chunk) {
    std::vector<Column> kept;
    const std::size_t end = std::min(side.edges.rows(), (chunk + 1) * kNodesPerChunk);
    for (std::size_t row = chunk * kNodesPerChunk; row < end; ++row) {
      if (!wanted.empty() && wanted[row] == 0) continue;
      std::span<const Column> neighbors = side.edges.row(row);
      if (!nonzero.empty()) neighbors = those_in(nonzero, neighbors, kept);
      const float own = side.row_weights[row];
      std::size_t f = 0;
      for (; f + kWide * kLanes <= to.stride(); f += kWide * kLanes) {
        propagate_lanes<kWide>(neighbors, side.column_weights, own, scale, from, x.row(row), f, to.row(row));
      }
      for (; f < to.stride(); f += kLanes) {
        propagate_lanes<1>(neighbors, side.column_weights, own, scale, from, x.row(row), f, to.row(row));
      }
    }
  });
}

template <class Column>
void mark_neighbors(const SparseRows<Column>& edges, const std::vector<std::uint8_t>& rows,
                    std::vector<std::uint8_t>& columns) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] == 0) continue;
    for (const Column column : edges.row(row)) columns[index(column)] = 1;
  }
}

UserItemFactors zeros(const InteractionGraph& graph, std::size_t factors) {
  return {.users = FactorMatrix(graph.user_weights().size(), factors),
          .items = FactorMatrix(graph.item_weights().size(), factors)};
}

void copy_scaled(const FactorMatrix& from, float scale, FactorMatrix& to) {
  std::ranges::transform(from.values(), to.values().begin(), [&](float value) { return scale * value; });
}

}  // namespace

void NodeSet::clear() {
  std::ranges::fill(users, std::uint8_t{0});
  std::ranges::fill(items, std::uint8_t{0});
}

InteractionGraph::InteractionGraph(const Interactions& train)
    : edges_(both_ways(train)),
      user_weights_(weights_of(edges_.by_user)),
      item_weights_(weights_of(edges_.by_item)) {}

void InteractionGraph::neighbors(const NodeSet& nodes, NodeSet& to) const {
  to.clear();
  mark_neighbors(edges_.by_user, nodes.users, to.items);
  mark_neighbors(edges_.by_item, nodes.items, to.users);
}

LayerSum::LayerSum(const InteractionGraph& graph, int layers, float scale)
    : graph_(graph),
      layers_(layers),
      scale_(scale),
      around_wanted_(graph.user_weights().size(), graph.item_weights().size()) {}

UserItemFactors& LayerSum::at(const NodeSet& nodes, const UserItemFactors& x) {
  if (layers_ > 1) graph_.neighbors(nodes, around_wanted_);
  return sum(x, nullptr, &nodes);
}

UserItemFactors& LayerSum::sum(const UserItemFactors& x, const NodeSet* nonzero, const NodeSet* wanted) {
  if (result_.users.factors() != x.users.factors()) {
    result_ = zeros(graph_, x.users.factors());
    previous_ = result_;
  }
  if (layers_ == 0) {
    copy_scaled(x.users, scale_, result_.users);
    copy_scaled(x.items, scale_, result_.items);
  }
  const Side<ItemId> users{graph_.edges().by_user, graph_.user_weights(), graph_.item_weights()};
  const Side<UserId> items{graph_.edges().by_item, graph_.item_weights(), graph_.user_weights()};
  const auto rows_of_layer = [&](int layer) -> const NodeSet* {
    if (wanted == nullptr || layer + 1 < layers_) return nullptr;
    return layer == layers_ ? wanted : &around_wanted_;
  };
  // Horner's rule: x + A (x + A (x + ...)).
  for (int layer = 1; layer <= layers_; ++layer) {
    const bool first = layer == 1;
    std::swap(result_, previous_);
    const UserItemFactors& from = first ? x : previous_;
    const NodeSet* only = rows_of_layer(layer);
    const NodeSet* sparse = first ? nonzero : nullptr;
    const float factor = layer == layers_ ? scale_ : 1.0F;
    propagate(users, sparse ? sparse->items : Flags(), only ? only->users : Flags(), factor, from.items,
              x.users, result_.users);
    propagate(items, sparse ? sparse->users : Flags(), only ? only->items : Flags(), factor, from.users,
              x.items, result_.items);
  }
  return result_;
}

}  // namespace throng
