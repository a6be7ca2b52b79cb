#include "engine/base/statistics.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

TEST(Statistics, TheMeanAndHowSureItIs) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(mean_of(values), 5);
  // Squares sum to 32: sqrt(32 / 7 / 8), times the 97.5 % quantile of Student's t with 7 degrees of freedom, 2.364624...
  EXPECT_NEAR(standard_error_of(values), 0.7559289460184544, 1e-15);
  EXPECT_NEAR(half_width_95(standard_error_of(values), values.size()).value(), 1.78748791823621, 1e-12);
}

TEST(Statistics, OneValueTellsNothingOfItsSpread) {
  const std::vector<double> one{3};
  EXPECT_EQ(mean_of(one), 3);
  EXPECT_EQ(standard_error_of(one), 0);
  EXPECT_EQ(half_width_95(0, 1), std::nullopt);
  EXPECT_EQ(mean_of({}), 0);
}

// Student 1908, the hours of sleep that ten patients gained by one drug over the other; t.test(..., paired = TRUE) of R.
TEST(Statistics, StudentsTestOfStudentsData) {
  const std::vector<double> gained{1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
  EXPECT_NEAR(students_test(gained).p.value(), 0.002833, 5e-7);
  EXPECT_NEAR(mean_of(gained) - students_test(gained).half_width.value(), 0.7001142, 5e-8);
  const std::vector<double> lost{-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4};
  EXPECT_DOUBLE_EQ(students_test(lost).p.value(), students_test(gained).p.value()) << "two-sided";
  EXPECT_NEAR(students_test(gained).effect.value(), 1.28456, 5e-6) << "Cohen's d_z: 1.58 / 1.229995";
  EXPECT_EQ(students_test(std::vector<double>{3}).p, std::nullopt);
}

// t.test(c(0.1, 0.1, 0.1)) of R: "data are essentially constant".
TEST(Statistics, ValuesWithoutSpreadAreNotTested) {
  const double a_third = 0.1 + 0.2 - 0.3;  // 5.6e-17
  for (const std::vector<double>& constant :
       {std::vector<double>{2, 2, 2}, {0.1, 0.1 + a_third, 0.1}, {-0.25, -0.25}}) {
    const StudentTest test = students_test(constant);
    EXPECT_EQ(test.p, std::nullopt);
    EXPECT_EQ(test.half_width, std::nullopt);
    EXPECT_EQ(test.effect, std::nullopt);
  }
  // What is left of shares that are the same.
  const StudentTest nothing = students_test(std::vector<double>{a_third, 0, a_third}, 0.3);
  EXPECT_EQ(nothing.p, 1);
  EXPECT_EQ(nothing.half_width, 0);
  EXPECT_EQ(students_test(std::vector<double>{0, 0, 0}).p, 1);
  // Differences of numbers near a million are rounded as these are.
  EXPECT_EQ(students_test(std::vector<double>{0.1, 0.1 + 1e-10, 0.1 - 1e-10}, 1e6).p, std::nullopt);
  EXPECT_LT(students_test(std::vector<double>{0.1, 0.1 + 1e-10, 0.1 - 1e-10}).p.value(), 1e-6);
}

TEST(Statistics, TwoValuesHaveAnIntervalAndNoP) {
  const StudentTest test = students_test(std::vector<double>{1, 2});
  EXPECT_NEAR(test.half_width.value(), 12.7062 * 0.5, 1e-4);
  EXPECT_EQ(test.p, std::nullopt);
}

// p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R.
TEST(Statistics, HolmAdjustsForManyTests) {
  using ::testing::DoubleEq;
  using ::testing::ElementsAre;
  EXPECT_THAT(holm(std::vector<double>{0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06), DoubleEq(0.02)));
  EXPECT_THAT(holm(std::vector<double>{0.9, 0.6}), ElementsAre(1, 1));
  EXPECT_TRUE(holm({}).empty());
}

// numpy.percentile([15, 20, 35, 40, 50], 40) == 29.0
TEST(Statistics, PercentilesInterpolatesLikeNumPy) {
  EXPECT_DOUBLE_EQ(percentile({50, 15, 40, 20, 35}, 40), 29.0);
  EXPECT_DOUBLE_EQ(percentile({50, 15, 40, 20, 35}, 0), 15.0);
  EXPECT_DOUBLE_EQ(percentile({50, 15, 40, 20, 35}, 100), 50.0);
  EXPECT_DOUBLE_EQ(percentile({7}, 60), 7.0);
  EXPECT_DOUBLE_EQ(percentile({}, 60), 0.0);
}

TEST(Statistics, GiniIsZeroForEqualAndNearOneForAllInOne) {
  EXPECT_DOUBLE_EQ(gini({2, 2, 2, 2}), 0);
  EXPECT_DOUBLE_EQ(gini({0, 0, 0, 8}), 0.75);
  EXPECT_DOUBLE_EQ(gini({3, 1}), 0.25);
  EXPECT_DOUBLE_EQ(gini({1, 0, 2, 1}), 6.0 / 16) << "sum of (2i - n - 1) x_i is 6, n times the sum 16";
  EXPECT_DOUBLE_EQ(gini({}), 0);
  EXPECT_DOUBLE_EQ(gini({0, 0}), 0);
}

}  // namespace
}  // namespace throng
