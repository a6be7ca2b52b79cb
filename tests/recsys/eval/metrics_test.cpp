#include "recsys/eval/metrics.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/recsys/recsys_support.h"

namespace throng {
namespace {

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

}  // namespace
}  // namespace throng
