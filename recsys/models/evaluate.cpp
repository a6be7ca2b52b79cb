#include "recsys/models/evaluate.h"

#include <array>
#include <vector>

#include "recsys/models/ranking.h"

namespace throng {

Accuracy evaluate(const Recommender& recommender, const Interactions& held_out,
                  std::span<const Interactions* const> masked, std::size_t k) {
  std::vector<RankingRequest> requests;
  for (std::size_t n = 0; n < held_out.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    if (held_out.items_of(user).empty()) continue;
    RankingRequest& request = requests.emplace_back(RankingRequest{.query = {.user = user}});
    for (const Interactions* interactions : masked) request.excluded.push_back(interactions->items_of(user));
  }
  const Rankings rankings = rank_top_k(recommender, requests, k);
  RankingMetrics sums;
  for (std::size_t n = 0; n < requests.size(); ++n) {
    const RankingMetrics of_user =
        ranking_metrics(rankings.of(n), held_out.items_of(*requests[n].query.user), k);
    sums.recall += of_user.recall;
    sums.ndcg += of_user.ndcg;
    sums.hit_rate += of_user.hit_rate;
    sums.precision += of_user.precision;
  }
  if (requests.empty()) return {};
  const auto users = static_cast<double>(requests.size());
  return {.users = requests.size(),
          .metrics = {.recall = sums.recall / users,
                      .ndcg = sums.ndcg / users,
                      .hit_rate = sums.hit_rate / users,
                      .precision = sums.precision / users}};
}

Accuracy evaluate(const Recommender& recommender, const Split& split, SplitPart part, std::size_t k) {
  const std::array<const Interactions*, 3> parts{&split.train, &split.validation, &split.test};
  const auto held_out = static_cast<std::size_t>(part);
  const std::array<const Interactions*, 2> others{parts[(held_out + 1) % 3], parts[(held_out + 2) % 3]};
  return evaluate(recommender, *parts[held_out], others, k);
}

}  // namespace throng
