#include "recsys/recommender/evaluate.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "recsys/models/baselines.h"
#include "tests/recsys/recsys_support.h"
#include "tests/support/interactions_of.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

using throng::testing::interactions_of;
using Items = std::vector<ItemId>;

TEST(RankingMetrics, MatchAHandComputedRanking) {
  // Hits at positions 1 and 3 of 4; three items were held out.
  const RankingMetrics metrics = ranking_metrics(ids({7, 2, 9, 4}), ids({5, 7, 9}), 4);
  EXPECT_DOUBLE_EQ(metrics.recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.precision, 2.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.hit_rate, 1);
  EXPECT_DOUBLE_EQ(metrics.ndcg, (1 + 1 / 2.0) / (1 + 1 / std::log2(3.0) + 1 / 2.0));
  EXPECT_DOUBLE_EQ(metrics.reciprocal_rank, 1);
  EXPECT_DOUBLE_EQ(ranking_metrics(ids({2, 4, 9, 7}), ids({5, 7, 9}), 4).reciprocal_rank, 1 / 3.0);
}

TEST(RankingMetrics, AreOneForThePerfectRankingAndZeroWithoutHits) {
  const RankingMetrics perfect = ranking_metrics(ids({1, 2}), ids({1, 2, 3, 4}), 2);
  EXPECT_DOUBLE_EQ(perfect.ndcg, 1) << "the ideal has no more than k hits";
  EXPECT_DOUBLE_EQ(perfect.recall, 0.5) << "recall divides by all held-out items";
  EXPECT_DOUBLE_EQ(perfect.precision, 1);
  const RankingMetrics missed = ranking_metrics(ids({8, 9}), ids({1, 2}), 2);
  EXPECT_EQ(missed.recall, 0);
  EXPECT_EQ(missed.ndcg, 0);
  EXPECT_EQ(missed.hit_rate, 0);
  EXPECT_EQ(missed.reciprocal_rank, 0);
}

TEST(RankingMetrics, LookAtTheFirstKOnly) {
  EXPECT_EQ(ranking_metrics(ids({8, 9, 1}), ids({1}), 2).hit_rate, 0);
}

TEST(RankingMetrics, CountAShortRankingAgainstAllOfK) {
  const RankingMetrics metrics = ranking_metrics(ids({1}), ids({1, 2}), 10);
  EXPECT_DOUBLE_EQ(metrics.precision, 0.1);
  EXPECT_DOUBLE_EQ(metrics.ndcg, 1 / (1 + 1 / std::log2(3.0)));
}

// Of 30 users, every third has nothing held out.
TEST(SampleOfUsers, KeepsWholeUsersThatHaveItemsAndTheSameForTheSameSeed) {
  std::vector<std::vector<std::uint32_t>> users(30);
  for (std::uint32_t user = 0; user < 30; ++user) {
    if (user % 3 > 0) users[user] = {user, user + 1};
  }
  const Interactions held_out = interactions_of(40, users);
  EXPECT_EQ(sample_of_users(held_out, 20, 1).rows(), held_out.rows());
  const Interactions some = sample_of_users(held_out, 7, 1);
  EXPECT_EQ(some.num_users(), 30U);
  EXPECT_EQ(some.size(), 14U);
  std::set<std::size_t> sampled;
  for (std::size_t user = 0; user < 30; ++user) {
    const auto items = some.items_of(UserId(user));
    if (items.empty()) continue;
    sampled.insert(user);
    EXPECT_TRUE(std::ranges::equal(items, held_out.items_of(UserId(user))));
  }
  EXPECT_EQ(sampled.size(), 7U);
  EXPECT_EQ(sample_of_users(held_out, 7, 1).rows(), some.rows());
  EXPECT_NE(sample_of_users(held_out, 7, 2).rows(), some.rows());
}

Catalogue catalogue_of(const std::vector<std::vector<unsigned>>& genres) {
  return testing::dataset_of(1, 4, genres, {}).catalogue;
}

TEST(GenreDistance, IsTheMeanJaccardDistanceOfAllPairs) {
  const Catalogue catalogue = catalogue_of({{0, 1}, {0, 1}, {1, 2}, {3}, {}});
  const auto distance = [&](const Items& items) { return genre_distance(items, catalogue); };
  EXPECT_EQ(distance({ItemId{0}, ItemId{1}}), 0.0);
  EXPECT_EQ(distance({ItemId{0}, ItemId{3}}), 1.0);
  EXPECT_DOUBLE_EQ(distance({ItemId{0}, ItemId{2}}).value(), 2.0 / 3) << "one of three genres is shared";
  EXPECT_DOUBLE_EQ(distance({ItemId{0}, ItemId{1}, ItemId{2}}).value(), (0 + 2 * 2.0 / 3) / 3);
  EXPECT_EQ(distance({ItemId{0}, ItemId{4}, ItemId{3}}), 1.0) << "items without genres are left out";
  EXPECT_EQ(distance({ItemId{0}, ItemId{4}}), std::nullopt);
}

TEST(ListMetrics, MatchAHandComputedExample) {
  const Catalogue catalogue = catalogue_of({{0}, {0}, {1}, {1}});
  const std::vector<std::uint32_t> popularity{10, 5, 2, 7};
  const Items first{ItemId{0}, ItemId{1}};
  const Items second{ItemId{0}, ItemId{2}};
  const std::vector<std::span<const ItemId>> rankings{first, second};
  const ListMetrics metrics = list_metrics(rankings, popularity, catalogue);
  EXPECT_DOUBLE_EQ(metrics.coverage, 3.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.mean_popularity, (10 + 5 + 10 + 2) / 4.0);
  // Times ranked, ascending: 0, 1, 1, 2; sum of (2 i - 5) x_i = 0 - 1 + 1 + 6.
  EXPECT_DOUBLE_EQ(metrics.gini, 6.0 / (4 * 4));
  EXPECT_EQ(metrics.genre_distance, 0.5) << "0 in the first ranking, 1 in the second";
}

TEST(ListMetrics, AreZeroWithoutRankingsAndKnowNoDistanceWithoutGenres) {
  const Catalogue catalogue = catalogue_of({{}, {}});
  const std::vector<std::uint32_t> popularity{3, 1};
  EXPECT_EQ(list_metrics({}, popularity, catalogue).coverage, 0);
  const Items both{ItemId{0}, ItemId{1}};
  const std::vector<std::span<const ItemId>> rankings{both};
  EXPECT_EQ(list_metrics(rankings, popularity, catalogue).genre_distance, std::nullopt);
  EXPECT_EQ(list_metrics(rankings, popularity, catalogue).gini, 0) << "every item is ranked once";
}

/// Popularity ranks 0 (3 users), 1 (2), 2 (1), 3, 4.
class Evaluate : public ::testing::Test {
 protected:
  void SetUp() override { popularity_.fit({.train = split_.train}, observer_); }

  Split split_{.train = interactions_of(5, {{0}, {0, 1}, {0, 1, 2}}),
               .validation = interactions_of(5, {{1}, {}, {3}}),
               .test = interactions_of(5, {{2}, {4}, {}})};
  Popularity popularity_;
  FitObserver observer_;
};

TEST_F(Evaluate, RanksTheCatalogueWithoutTheOtherParts) {
  // User 0 ranks 2, 3, 4 (0 and 1 are masked); user 1 ranks 2, 3, 4 and has item 4 held out; user 2 has
  // nothing.
  const Accuracy first = evaluate(popularity_, split_, SplitPart::test, 1);
  EXPECT_EQ(first.users, 2U) << "users without held-out items are left out";
  EXPECT_DOUBLE_EQ(first.metrics.recall, 0.5);
  const Accuracy three = evaluate(popularity_, split_, SplitPart::test, 3);
  EXPECT_DOUBLE_EQ(three.metrics.recall, 1);
  EXPECT_DOUBLE_EQ(three.metrics.ndcg, (1 + 1 / 2.0) / 2);
  EXPECT_DOUBLE_EQ(three.metrics.hit_rate, 1);
  EXPECT_DOUBLE_EQ(three.metrics.precision, 1.0 / 3);
}

TEST_F(Evaluate, OnValidationMasksTrainingAndTest) {
  // User 0 ranks 1, 3, 4 and user 2 ranks 3, 4.
  const Accuracy accuracy = evaluate(popularity_, split_, SplitPart::validation, 1);
  EXPECT_EQ(accuracy.users, 2U);
  EXPECT_DOUBLE_EQ(accuracy.metrics.recall, 1);
}

TEST_F(Evaluate, IsZeroWhenNothingIsHeldOut) {
  const Accuracy accuracy = evaluate(popularity_, interactions_of(5, {{}, {}, {}}), {}, 20);
  EXPECT_EQ(accuracy.users, 0U);
  EXPECT_EQ(accuracy.metrics.ndcg, 0);
}

}  // namespace

}  // namespace throng
