#include "recsys/recommender/evaluate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/statistics.h"
#include "engine/ranks/ranks.h"
#include "recsys/recommender/over_ranks.h"

namespace throng {
namespace {

constexpr Purpose kEvaluated{"evaluate/users"};

/// What a hit at a position (from 0) adds to the DCG.
double gain(std::size_t position) { return 1 / std::log2(static_cast<double>(position) + 2); }

double jaccard_distance(const std::vector<GenreId>& a, const std::vector<GenreId>& b) {
  const auto shared = static_cast<double>(
      std::ranges::count_if(a, [&](GenreId genre) { return std::ranges::find(b, genre) != b.end(); }));
  return 1 - shared / (static_cast<double>(a.size() + b.size()) - shared);
}

HeldOutRankings rank_for_users(const Recommender& recommender, std::vector<UserId> users,
                               std::span<const Interactions* const> masked, std::size_t k) {
  std::vector<RankingRequest> requests;
  requests.reserve(users.size());
  for (const UserId user : users) {
    RankingRequest& request = requests.emplace_back(RankingRequest{.query = {.user = user}});
    for (const Interactions* interactions : masked) request.excluded.push_back(interactions->items_of(user));
  }
  return {.users = std::move(users), .rankings = recommender.rank(requests, k)};
}

std::array<const Interactions*, 3> parts_of(const Split& split) {
  return {&split.train, &split.validation, &split.test};
}

}  // namespace

RankingMetrics ranking_metrics(std::span<const ItemId> ranking, std::span<const ItemId> held_out,
                               std::size_t k) {
  std::size_t hits = 0;
  double dcg = 0;
  double reciprocal_rank = 0;
  for (std::size_t position = 0; position < std::min(k, ranking.size()); ++position) {
    if (!std::ranges::binary_search(held_out, ranking[position])) continue;
    if (++hits == 1) reciprocal_rank = 1 / (static_cast<double>(position) + 1);
    dcg += gain(position);
  }
  double ideal = 0;
  for (std::size_t position = 0; position < std::min(k, held_out.size()); ++position) ideal += gain(position);
  const auto found = static_cast<double>(hits);
  return {.recall = found / static_cast<double>(held_out.size()),
          .ndcg = dcg / ideal,
          .hit_rate = hits > 0 ? 1.0 : 0.0,
          .precision = found / static_cast<double>(k),
          .reciprocal_rank = reciprocal_rank};
}

std::optional<double> genre_distance(std::span<const ItemId> ranking, const Catalogue& catalogue) {
  std::vector<const std::vector<GenreId>*> genres;
  for (const ItemId item : ranking) {
    if (!catalogue[item].genres.empty()) genres.push_back(&catalogue[item].genres);
  }
  if (genres.size() < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t a = 0; a < genres.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) sum += jaccard_distance(*genres[a], *genres[b]);
  }
  return sum / (static_cast<double>(genres.size() * (genres.size() - 1)) / 2);
}

ListMetrics list_metrics(std::span<const std::span<const ItemId>> rankings,
                         std::span<const std::uint32_t> popularity, const Catalogue& catalogue) {
  std::vector<double> times_ranked(popularity.size(), 0);
  double places = 0;
  double popularity_sum = 0;
  double distance_sum = 0;
  double with_distance = 0;
  for (const std::span<const ItemId> ranking : rankings) {
    for (const ItemId item : ranking) {
      ++times_ranked[index(item)];
      popularity_sum += popularity[index(item)];
    }
    places += static_cast<double>(ranking.size());
    const std::optional<double> distance = genre_distance(ranking, catalogue);
    distance_sum += distance.value_or(0);
    with_distance += distance ? 1 : 0;
  }
  if (places == 0) return {};
  const auto ranked = std::ranges::count_if(times_ranked, [](double times) { return times > 0; });
  ListMetrics metrics{.coverage = static_cast<double>(ranked) / static_cast<double>(popularity.size()),
                      .gini = gini(times_ranked),
                      .mean_popularity = popularity_sum / places};
  if (with_distance > 0) metrics.genre_distance = distance_sum / with_distance;
  return metrics;
}

Interactions sample_of_users(const Interactions& held_out, std::size_t most, std::uint64_t seed) {
  const std::vector<UserId> users = users_with_items(held_out);
  if (users.size() <= most) return held_out;
  std::vector<std::uint32_t> order(users.size());
  Draws(seed).permutation(order, kEvaluated, {});
  std::vector<Interaction> rows;
  for (std::size_t n = 0; n < most; ++n) {
    const UserId user = users[order[n]];
    for (const ItemId item : held_out.items_of(user)) rows.push_back({.user = user, .item = item});
  }
  return {held_out.num_users(), held_out.num_items(), std::move(rows), {}};
}

HeldOutRankings rank_for_held_out(const Recommender& recommender, const Interactions& held_out,
                                  std::span<const Interactions* const> masked, std::size_t k) {
  return rank_for_users(recommender, users_with_items(held_out), masked, k);
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

double validation_ndcg(const Recommender& model, const FitInput& input) {
  constexpr std::size_t k = 20;
  std::vector<const Interactions*> masked{&input.train};
  if (input.test != nullptr) masked.push_back(input.test);
  const std::vector<UserId> users = users_with_items(*input.validation);
  const RankBlocks blocks(input.ranks, users.size());
  const std::span<const UserId> own = std::span(users).subspan(blocks.begin(), blocks.end() - blocks.begin());
  const HeldOutRankings ranked = rank_for_users(model, {own.begin(), own.end()}, masked, k);
  std::vector<RankingMetrics> of_users(users.size());
  std::ranges::copy(accuracy_of_users(ranked, *input.validation, k),
                    of_users.begin() + static_cast<std::ptrdiff_t>(blocks.begin()));
  blocks.exchange(std::span(of_users));
  return mean_accuracy(of_users).metrics.ndcg;
}

void tell(FitObserver& observer, const FitProgress& progress, Ranks* ranks) {
  if (ranks == nullptr) return observer.on_progress(progress);
  on_first(*ranks, [&] {
    observer.on_progress(progress);
    return std::string();
  });
}

}  // namespace throng
