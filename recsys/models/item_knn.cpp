#include "recsys/models/item_knn.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/options_reader.h"
#include "engine/base/parallel.h"
#include "recsys/linalg/score_block.h"
#include "recsys/linalg/sparse_rows.h"
#include "recsys/linalg/top_k.h"

namespace throng {
namespace {

constexpr std::size_t kNeighborhoodsPerChunk = 32;

struct Neighbor {
  ItemId item;
  float similarity;
};
using Neighbors = std::vector<Neighbor>;

/// The neighbours of each item, best first.
class NeighborSearch {
 public:
  NeighborSearch(const Interactions& train, const ItemKnnOptions& options)
      : options_(options), train_(both_ways(train)) {}

  std::vector<Neighbors> run() const {
    std::vector<Neighbors> found(train_.by_item.rows());
    parallel_for(num_chunks(found.size(), kNeighborhoodsPerChunk), [&](std::size_t chunk) {
      std::vector<float> similarities(found.size());
      const std::size_t end = std::min(found.size(), (chunk + 1) * kNeighborhoodsPerChunk);
      for (std::size_t item = chunk * kNeighborhoodsPerChunk; item < end; ++item) {
        count_together(train_, item, similarities);
        found[item] = nearest(item, similarities);
      }
    });
    return found;
  }

 private:
  Neighbors nearest(std::size_t item, std::span<float> counts) const {
    const double users = users_of(item);
    for (std::size_t other = 0; other < counts.size(); ++other) {
      if (counts[other] == 0) continue;
      counts[other] =
          static_cast<float>(counts[other] / (std::sqrt(users * users_of(other)) + options_.shrinkage));
    }
    std::vector<ItemId> best(static_cast<std::size_t>(options_.neighbors));
    const std::array self{ItemId{static_cast<std::uint32_t>(item)}};
    const std::array<std::span<const ItemId>, 1> excluded{self};
    best.resize(top_k(counts, excluded, best));
    Neighbors neighbors;
    for (const ItemId other : best) {
      const float similarity = counts[index(other)];
      if (similarity > 0) neighbors.push_back({other, similarity});
    }
    return neighbors;
  }

  double users_of(std::size_t item) const { return static_cast<double>(train_.by_item.row(item).size()); }

  const ItemKnnOptions& options_;
  BothWays train_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> ItemKnn::make(const Json& json) {
  ItemKnnOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.integer("neighbors", options.neighbors, {1, 1'000'000});
  reader.number("shrinkage", options.shrinkage, {0, 1e6});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<ItemKnn>(options);
}

Json ItemKnn::options() const {
  return {{"kind", "itemknn"}, {"neighbors", options_.neighbors}, {"shrinkage", options_.shrinkage}};
}

void ItemKnn::fit(const FitInput& input, FitObserver& /*observer*/) {
  histories_ = Histories(input.train);
  const std::vector<Neighbors> found = NeighborSearch(input.train, options_).run();
  std::vector<std::size_t> offsets(num_items() + 1, 0);
  for (const Neighbors& neighbors : found) {
    for (const Neighbor& neighbor : neighbors) ++offsets[index(neighbor.item) + 1];
  }
  for (std::size_t n = 1; n < offsets.size(); ++n) offsets[n] += offsets[n - 1];
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  std::vector<ItemId> items(offsets.back());
  similarities_.resize(offsets.back());
  for (std::uint32_t item = 0; item < found.size(); ++item) {
    for (const Neighbor& neighbor : found[item]) {
      const std::size_t at = next[index(neighbor.item)]++;
      items[at] = ItemId{item};
      similarities_[at] = neighbor.similarity;
    }
  }
  items_near_ = SparseRows<ItemId>(std::move(offsets), std::move(items));
}

void ItemKnn::score(std::span<const Query> queries, ScoreBlock& scores) const {
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const std::span<float> row = scores.of(n);
    const std::span<const ItemId> history = histories_.of(queries[n]);
    if (history.empty()) {
      std::ranges::copy(histories_.popularity(), row.begin());
      continue;
    }
    std::ranges::fill(row, 0.0F);
    for (const ItemId item : history) {
      const std::span<const ItemId> near = items_near_.row(index(item));
      const float* similarity = similarities_.data() + items_near_.offsets()[index(item)];
      for (std::size_t i = 0; i < near.size(); ++i) row[index(near[i])] += similarity[i];
    }
  }
}

void ItemKnn::save(ModelWriter& out) const {
  histories_.save(out);
  out.sparse(items_near_);
  out.array<float>(similarities_);
}

void ItemKnn::load(ModelReader& in) {
  histories_ = Histories::load(in);
  items_near_ = in.sparse<ItemId>(num_items());
  similarities_ = in.array<float>();
  in.expect(items_near_.rows() == num_items() && similarities_.size() == items_near_.columns().size(),
            "the neighbours do not fit the catalogue");
}

}  // namespace throng
