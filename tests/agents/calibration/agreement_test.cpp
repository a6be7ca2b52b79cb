// How far descriptions of the same things agree.
#include "agents/calibration/agreement.h"

#include <cmath>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::DoubleNear;
using ::testing::Optional;

auto near(double value) { return Optional(DoubleNear(value, 1e-12)); }

// The example of Cohen's kappa that statistics books print: 20 both yes, 5 and 10 of one alone, 15 both no.
// Agreement 35/50 = 0.7, expected (25 * 30 + 25 * 20) / 50^2 = 0.5, kappa 0.2 / 0.5.
TEST(Agreement, OfAnswersWithTheTruth) {
  const Confusion answers{
      .true_positives = 20, .false_positives = 5, .false_negatives = 10, .true_negatives = 15};
  EXPECT_DOUBLE_EQ(answers.accuracy(), 0.7);
  EXPECT_DOUBLE_EQ(answers.precision(), 0.8);
  EXPECT_DOUBLE_EQ(answers.recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(answers.f1(), 2 * 0.8 * (2.0 / 3) / (0.8 + 2.0 / 3));
  EXPECT_THAT(answers.kappa(), near(0.4));
}

TEST(Agreement, OfAnswersThatNeverVary) {
  Confusion no;
  for (const bool truth : {true, false, false}) no.add(false, truth);
  EXPECT_DOUBLE_EQ(no.accuracy(), 2.0 / 3);
  EXPECT_EQ(no.precision(), 0);
  EXPECT_EQ(no.recall(), 0);
  EXPECT_EQ(no.f1(), 0);
  EXPECT_THAT(no.kappa(), near(0));  // no better than chance
  Confusion same;
  same.add(false, false);
  EXPECT_EQ(same.kappa(), std::nullopt);
  EXPECT_EQ(Confusion().kappa(), std::nullopt);
}

// True cases 0.9, 0.5, 0.5; false ones 0.5, 0.1. Of the 6 pairs 4 are won and 2 tied.
TEST(Agreement, OfScoresCountsTiesHalf) {
  const std::vector<double> scores{0.5, 0.9, 0.1, 0.5, 0.5};
  EXPECT_THAT(area_under_roc(scores, {true, true, false, true, false}), near(5.0 / 6));
  EXPECT_EQ(area_under_roc(scores, {true, true, true, true, true}), std::nullopt);
  EXPECT_EQ(area_under_roc({}, {}), std::nullopt);
}

TEST(Agreement, OfRankings) {
  const std::vector<double> up{1, 2, 3, 4};
  EXPECT_THAT(kendall_tau(up, up), near(1));
  EXPECT_THAT(kendall_tau(up, std::vector<double>{4, 3, 2, 1}), near(-1));
  // Of 6 pairs one is swapped: (5 - 1) / 6.
  EXPECT_THAT(kendall_tau(up, std::vector<double>{1, 3, 2, 4}), near(2.0 / 3));
  // One tie in b: 5 pairs agree, none is against it; 5 / sqrt(6 * 5).
  EXPECT_THAT(kendall_tau(up, std::vector<double>{1, 2, 2, 4}), near(5 / std::sqrt(30.0)));
  EXPECT_EQ(kendall_tau(up, std::vector<double>{7, 7, 7, 7}), std::nullopt);
}

TEST(Agreement, OfDistributionsByJensenAndShannon) {
  EXPECT_THAT(jensen_shannon(std::vector<double>{1, 3}, std::vector<double>{2, 6}), near(0));
  EXPECT_THAT(jensen_shannon(std::vector<double>{1, 0}, std::vector<double>{0, 9}), near(std::log(2.0)));
  // p = (1/2, 1/2), q = (1, 0), m = (3/4, 1/4): (ln(2/3) / 2 + ln(2) / 2 + ln(4/3)) / 2.
  EXPECT_THAT(jensen_shannon(std::vector<double>{1, 1}, std::vector<double>{5, 0}),
              near((std::log(2.0 / 3) / 2 + std::log(2.0) / 2 + std::log(4.0 / 3)) / 2));
  EXPECT_EQ(jensen_shannon(std::vector<double>{1, 1}, std::vector<double>{5}),
            jensen_shannon(std::vector<double>{1, 1}, std::vector<double>{5, 0}));
  EXPECT_EQ(jensen_shannon(std::vector<double>{0, 0}, std::vector<double>{5, 0}), std::nullopt);
}

TEST(Agreement, OfSamplesByWasserstein) {
  EXPECT_THAT(wasserstein({1, 2, 3}, {3, 1, 2}), near(0));
  EXPECT_THAT(wasserstein({0, 1, 3}, {5, 6, 8}), near(5));  // moved by 5
  // Half of the mass of {1, 3} goes from 1 to 2, the other half from 3 to 2.
  EXPECT_THAT(wasserstein({1, 3}, {2}), near(1));
  EXPECT_EQ(wasserstein({}, {2}), std::nullopt);
}

}  // namespace
}  // namespace throng
