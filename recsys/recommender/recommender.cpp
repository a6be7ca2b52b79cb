#include "recsys/recommender/recommender.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "recsys/linalg/score_block.h"
#include "recsys/linalg/top_k.h"

namespace throng {
namespace {

constexpr std::size_t kBlock = ScoreBlock::kQueries;

void rank_block(const ScoringRecommender& recommender, std::span<const RankingRequest> requests,
                std::size_t first, std::size_t items, Rankings& rankings) {
  std::array<Query, kBlock> queries;
  const std::span<const RankingRequest> block =
      requests.subspan(first, std::min(kBlock, requests.size() - first));
  std::ranges::transform(block, queries.begin(), &RankingRequest::query);
  ScoreBlock scores(items);
  recommender.score({queries.data(), block.size()}, scores);
  for (std::size_t n = 0; n < block.size(); ++n) {
    const std::size_t length = top_k(scores.of(n), block[n].excluded, rankings.slots(first + n));
    rankings.assign_length(first + n, length);
  }
}

}  // namespace

void Recommender::save(ModelWriter& /*out*/) const {
  throw Failure(ErrorKind::usage, fmt::format("{} cannot be saved", name()));
}

void Recommender::load(ModelReader& /*in*/) {
  throw Failure(ErrorKind::usage, fmt::format("{} cannot be loaded", name()));
}

Rankings ScoringRecommender::rank(std::span<const RankingRequest> requests, std::size_t k) const {
  Rankings rankings(requests.size(), k);
  parallel_for((requests.size() + kBlock - 1) / kBlock, [&](std::size_t block) {
    rank_block(*this, requests, block * kBlock, num_items(), rankings);
  });
  return rankings;
}

}  // namespace throng
