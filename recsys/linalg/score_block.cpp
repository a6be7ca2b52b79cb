#include "recsys/linalg/score_block.h"

namespace throng {
namespace {

// Not a product of Eigen's: it packs the items anew for every sixteen users, and rounds differently for other shapes.
// A tile's sums fill twelve of sixteen registers.
constexpr std::size_t kTileLanes = 3;
constexpr std::size_t kTileItems = kTileLanes * kLanes;
constexpr std::size_t kTileUsers = 4;
static_assert(ScoreBlock::kItemPadding % kTileItems == 0 && ScoreBlock::kQueries % kTileUsers == 0);

/// The scores of kTileItems items for kTileUsers users. `users` is by factor, kQueries of them; `scores` by user, `stride`
/// apart.
void score_tile(const float* items, const float* users, std::size_t factors, std::size_t stride,
                float* scores) {
  Lanes sums[kTileUsers][kTileLanes];
  for (auto& of_user : sums) {
    for (Lanes& sum : of_user) sum = broadcast(0);
  }
  for (std::size_t f = 0; f < factors; ++f) {
    Lanes rows[kTileLanes];
    for (std::size_t w = 0; w < kTileLanes; ++w) rows[w] = load(items + f * kTileItems + w * kLanes);
    for (std::size_t u = 0; u < kTileUsers; ++u) {
      const Lanes factor = broadcast(users[f * ScoreBlock::kQueries + u]);
      for (std::size_t w = 0; w < kTileLanes; ++w) sums[u][w] = multiply_add(rows[w], factor, sums[u][w]);
    }
  }
  for (std::size_t u = 0; u < kTileUsers; ++u) {
    for (std::size_t w = 0; w < kTileLanes; ++w) store(scores + u * stride + w * kLanes, sums[u][w]);
  }
}

}  // namespace

FactorScorer::FactorScorer(const FactorMatrix& items)
    : factors_(items.stride()),
      tiles_(static_cast<std::size_t>(ScoreBlock::padded(items.rows())) * items.stride(), 0.0F) {
  for (std::size_t item = 0; item < items.rows(); ++item) {
    float* const tile = tiles_.data() + item / kTileItems * kTileItems * factors_;
    for (std::size_t f = 0; f < factors_; ++f) tile[f * kTileItems + item % kTileItems] = items.row(item)[f];
  }
}

void FactorScorer::score(std::span<const std::span<const float>> users, ScoreBlock& scores) const {
  std::vector<float> by_factor(factors_ * ScoreBlock::kQueries, 0.0F);
  for (std::size_t user = 0; user < users.size(); ++user) {
    for (std::size_t f = 0; f < factors_; ++f) by_factor[f * ScoreBlock::kQueries + user] = users[user][f];
  }
  const auto stride = static_cast<std::size_t>(scores.matrix().rows());
  for (std::size_t item = 0; item < stride; item += kTileItems) {
    for (std::size_t user = 0; user < users.size(); user += kTileUsers) {
      score_tile(tiles_.data() + item * factors_, by_factor.data() + user, factors_, stride,
                 scores.matrix().data() + user * stride + item);
    }
  }
}

}  // namespace throng
