// Accuracy on the split that Agent4Rec ships, K = 20, against known figures (THRONG_DATA; skipped without).

#include <gmock/gmock.h>

#include "recsys/import/import.h"
#include "recsys/models/registry.h"
#include "recsys/recommender/evaluate.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

class Agent4RecSplit : public ::testing::Test {
 protected:
  void SetUp() override {
    THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
    const Dataset dataset = import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset;
    split_ = split_dataset(dataset, {.kind = SplitKind::given});
  }

  RankingMetrics test_accuracy(std::string_view kind, std::uint64_t seed) {
    const auto recommender = make_recommender({{"kind", kind}}).value();
    FitObserver observer;
    recommender->fit(
        {.train = split_.train, .validation = &split_.validation, .test = &split_.test, .seed = seed},
        observer);
    return evaluate(*recommender, split_, SplitPart::test, 20).metrics;
  }

  Split split_;
};

TEST_F(Agent4RecSplit, PopularityHasItsKnownAccuracy) {
  const RankingMetrics metrics = test_accuracy("popularity", 1);
  EXPECT_NEAR(metrics.recall, 0.1041, 0.0005);
  EXPECT_NEAR(metrics.ndcg, 0.2632, 0.0005);
}

TEST_F(Agent4RecSplit, ItemKnnAndEaseHaveTheirKnownAccuracy) {
  THRONG_TOO_SLOW_UNDER_TSAN();
  const RankingMetrics itemknn = test_accuracy("itemknn", 1);
  EXPECT_NEAR(itemknn.recall, 0.1513, 0.0005);
  EXPECT_NEAR(itemknn.ndcg, 0.3580, 0.0005);
  const RankingMetrics ease = test_accuracy("ease", 1);
  EXPECT_NEAR(ease.recall, 0.1603, 0.0005);
  EXPECT_NEAR(ease.ndcg, 0.3749, 0.0005);
}

TEST_F(Agent4RecSplit, IalsIsWithinOnePercentOfItsKnownAccuracyInTheMeanOverSeeds) {
  THRONG_TOO_SLOW_UNDER_TSAN();
  double recall = 0;
  double ndcg = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const RankingMetrics metrics = test_accuracy("ials", seed);
    recall += metrics.recall / 3;
    ndcg += metrics.ndcg / 3;
  }
  EXPECT_GE(recall, 0.99 * 0.189);
  EXPECT_GE(ndcg, 0.99 * 0.421);
}

TEST_F(Agent4RecSplit, MultVaeIsAtLeastAsAccurateAsAgent4Recs) {
  THRONG_TOO_SLOW_UNDER_TSAN();
  const RankingMetrics metrics = test_accuracy("multvae", 1);
  EXPECT_GE(metrics.recall, 0.99 * 0.1609);  // theirs
  EXPECT_GE(metrics.ndcg, 0.99 * 0.3513);
  EXPECT_LE(metrics.ndcg, 0.43);  // see below
}

TEST_F(Agent4RecSplit, LightGcnIsAtLeastAsAccurateAsAgent4Recs) {
  THRONG_TOO_SLOW_UNDER_TSAN();
  const RankingMetrics metrics = test_accuracy("lightgcn", 1);
  EXPECT_GE(metrics.recall, 0.1757);  // theirs
  EXPECT_GE(metrics.ndcg, 0.3937);
  EXPECT_LE(metrics.ndcg, 0.43);  // see below
}

TEST_F(Agent4RecSplit, MatrixFactorizationIsAtLeastAsAccurateAsAgent4Recs) {
  THRONG_TOO_SLOW_UNDER_TSAN();
  const RankingMetrics metrics = test_accuracy("mf", 1);
  EXPECT_GE(metrics.ndcg, 0.349);    // theirs: 0.3561
  EXPECT_GE(metrics.recall, 0.147);  // theirs: 0.1506
  EXPECT_LE(metrics.ndcg, 0.43);     // iALS, the best known here, has 0.421: more would be a leak
}

}  // namespace
}  // namespace throng
