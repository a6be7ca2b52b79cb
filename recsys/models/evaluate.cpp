#include "recsys/models/evaluate.h"

#include <array>

namespace throng {
namespace {

std::array<const Interactions*, 3> parts_of(const Split& split) {
  return {&split.train, &split.validation, &split.test};
}

}  // namespace

HeldOutRankings rank_for_held_out(const Recommender& recommender, const Interactions& held_out,
                                  std::span<const Interactions* const> masked, std::size_t k) {
  std::vector<UserId> users;
  std::vector<RankingRequest> requests;
  for (std::size_t n = 0; n < held_out.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    if (held_out.items_of(user).empty()) continue;
    users.push_back(user);
    RankingRequest& request = requests.emplace_back(RankingRequest{.query = {.user = user}});
    for (const Interactions* interactions : masked) request.excluded.push_back(interactions->items_of(user));
  }
  return {.users = std::move(users), .rankings = recommender.rank(requests, k)};
}

HeldOutRankings rank_for_held_out(const Recommender& recommender, const Split& split, SplitPart part,
                                  std::size_t k) {
  const auto parts = parts_of(split);
  const auto held_out = static_cast<std::size_t>(part);
  const std::array<const Interactions*, 2> others{parts[(held_out + 1) % 3], parts[(held_out + 2) % 3]};
  return rank_for_held_out(recommender, *parts[held_out], others, k);
}

std::vector<RankingMetrics> accuracy_of_users(const HeldOutRankings& ranked, const Interactions& held_out,
                                              std::size_t k) {
  std::vector<RankingMetrics> of_users;
  of_users.reserve(ranked.users.size());
  for (std::size_t n = 0; n < ranked.users.size(); ++n) {
    of_users.push_back(ranking_metrics(ranked.rankings.of(n), held_out.items_of(ranked.users[n]), k));
  }
  return of_users;
}

Accuracy mean_accuracy(std::span<const RankingMetrics> of_users) {
  if (of_users.empty()) return {};
  const auto mean = [&](double RankingMetrics::*metric) {
    double sum = 0;
    for (const RankingMetrics& of_user : of_users) sum += of_user.*metric;
    return sum / static_cast<double>(of_users.size());
  };
  return {.users = of_users.size(),
          .metrics = {.recall = mean(&RankingMetrics::recall),
                      .ndcg = mean(&RankingMetrics::ndcg),
                      .hit_rate = mean(&RankingMetrics::hit_rate),
                      .precision = mean(&RankingMetrics::precision),
                      .reciprocal_rank = mean(&RankingMetrics::reciprocal_rank)}};
}

Accuracy evaluate(const Recommender& recommender, const Interactions& held_out,
                  std::span<const Interactions* const> masked, std::size_t k) {
  return mean_accuracy(accuracy_of_users(rank_for_held_out(recommender, held_out, masked, k), held_out, k));
}

Accuracy evaluate(const Recommender& recommender, const Split& split, SplitPart part, std::size_t k) {
  const Interactions& held_out = *parts_of(split)[static_cast<std::size_t>(part)];
  return mean_accuracy(accuracy_of_users(rank_for_held_out(recommender, split, part, k), held_out, k));
}

}  // namespace throng
