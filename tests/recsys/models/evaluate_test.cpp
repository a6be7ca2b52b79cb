#include "recsys/models/evaluate.h"

#include <gmock/gmock.h>

#include "recsys/models/popularity.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using throng::testing::interactions_of;

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
