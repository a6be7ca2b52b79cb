#include "agents/calibration/maximum_likelihood.h"

#include <cmath>

#include <gmock/gmock.h>

#include "agents/calibration/likelihoods.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The log-likelihood of a logistic regression on one variable with an intercept; `count` of each case.
struct Case {
  double x;
  bool y;
  double count = 1;
};
LogDensity logistic(std::vector<Case> cases) {
  return [cases = std::move(cases)](const Eigen::VectorXd& at) {
    double sum = 0;
    for (const Case& each : cases) {
      const double logit = at[0] + at[1] * each.x;
      sum += each.count * log_sigma(each.y ? logit : -logit);
    }
    return sum;
  };
}

double standard_error(const Maximum& maximum, Eigen::Index i) {
  return std::sqrt(covariance(maximum.information)(i, i));
}

// Woolf (1955): ln (a d / b c), its variance 1/a + 1/b + 1/c + 1/d.
TEST(MaximumLikelihood, OfATwoByTwoTableIsItsLogOddsRatio) {
  const Maximum maximum = maximise(logistic({{1, true, 40}, {1, false, 10}, {0, true, 15}, {0, false, 35}}),
                                   {}, Eigen::VectorXd::Zero(2));
  EXPECT_TRUE(maximum.converged);
  EXPECT_NEAR(maximum.at[0], std::log(15.0 / 35), 1e-5);
  EXPECT_NEAR(maximum.at[1], std::log(40.0 * 35 / (10 * 15)), 1e-5);
  EXPECT_NEAR(standard_error(maximum, 0), std::sqrt(1.0 / 15 + 1.0 / 35), 1e-4);
  EXPECT_NEAR(standard_error(maximum, 1), std::sqrt(1.0 / 40 + 1.0 / 10 + 1.0 / 15 + 1.0 / 35), 1e-4);
  EXPECT_NEAR(maximum.log_likelihood,
              40 * std::log(0.8) + 10 * std::log(0.2) + 15 * std::log(0.3) + 35 * std::log(0.7), 1e-8);
}

// The 23 flights before Challenger's last one: O-ring distress by temperature in degrees Fahrenheit (Dalal, Fowlkes and
// Hoadley, JASA 84, 1989). Every statistics package gives 15.0429 (7.3786) and -0.2322 (0.1082).
TEST(MaximumLikelihood, OfTheChallengerDataIsAsPublished) {
  const std::vector<double> temperatures{66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78,
                                         67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58};
  const std::vector<int> distress{0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};
  std::vector<Case> flights;
  for (std::size_t i = 0; i < temperatures.size(); ++i)
    flights.push_back({temperatures[i], distress[i] == 1});
  const Maximum maximum = maximise(logistic(flights), {}, Eigen::VectorXd::Zero(2));
  EXPECT_TRUE(maximum.converged);
  EXPECT_NEAR(maximum.at[0], 15.0429, 1e-3);
  EXPECT_NEAR(maximum.at[1], -0.2322, 1e-4);
  EXPECT_NEAR(standard_error(maximum, 0), 7.3786, 1e-2);
  EXPECT_NEAR(standard_error(maximum, 1), 0.1082, 1e-4);
}

TEST(MaximumLikelihood, APriorKeepsSeparatedDataFinite) {
  const LogDensity separated = logistic({{1, true, 20}, {0, false, 20}});
  const LogDensity prior = [](const Eigen::VectorXd& at) { return -at.squaredNorm() / 2 / 25; };
  const Maximum maximum = maximise(separated, prior, Eigen::VectorXd::Zero(2));
  EXPECT_TRUE(maximum.converged);
  EXPECT_GT(maximum.at[1], 4);
  EXPECT_LT(maximum.at[1], 15);
}

TEST(MaximumLikelihood, FindsTheTopOfWhatIsNotConcave) {
  // Cauchy's density is not concave beyond 1 from its centre.
  const LogDensity cauchy = [](const Eigen::VectorXd& at) { return -std::log1p((at[0] - 3) * (at[0] - 3)); };
  EXPECT_NEAR(maximise(cauchy, {}, Eigen::VectorXd::Constant(1, -2)).at[0], 3, 1e-4);
}

TEST(WeakDirections, NameWhatOnlyASumIsKnownOf) {
  // Observations of x0 + x1 and of x2; none of x3.
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(4, 4);
  information.topLeftCorner(2, 2).setConstant(50);
  information(2, 2) = 8;
  const std::vector<WeakDirection> weak = weak_directions(information);
  ASSERT_EQ(weak.size(), 2U);
  EXPECT_THAT(weak[0].unknowns, ElementsAre(3));
  EXPECT_THAT(weak[1].unknowns, ElementsAre(0, 1));
  information(0, 0) += 20;
  information(3, 3) = 1;
  EXPECT_THAT(weak_directions(information), IsEmpty());
}

TEST(PlackettLuce, ProbabilitiesOfAllChoicesSumToOne) {
  const std::vector<double> utilities{0.3, -1.2, 2.0, 0.0};
  double sum = 0;
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      std::vector<double> others;
      for (std::size_t i = 0; i < 4; ++i) {
        if (i != a && i != b) others.push_back(utilities[i]);
      }
      sum += std::exp(log_plackett_luce(std::vector{utilities[a], utilities[b]}, others));
    }
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(PlackettLuce, OfOneIsASoftmaxAndOfEqualsACount) {
  EXPECT_NEAR(log_plackett_luce(std::vector{1.0}, std::vector{0.0, -1.0}),
              1 - std::log(std::exp(1) + 1 + std::exp(-1)), 1e-12);
  EXPECT_NEAR(log_plackett_luce(std::vector(2, 7.0), std::vector(3, 7.0)), std::log(1 / 10.0), 1e-12);
  // By hand: weights 2, 1 and 1; both orders of the first two: 2/4 1/2 + 1/4 2/3.
  EXPECT_NEAR(log_plackett_luce(std::vector{std::log(2.0), 0.0}, std::vector{0.0}), std::log(5.0 / 12),
              1e-12);
}

TEST(LogNormalBetween, IsRightInTheMiddleAndFarOut) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_NEAR(std::exp(log_normal_between(-1, 1, 0, 1)), 0.682689492137, 1e-11);
  EXPECT_NEAR(std::exp(log_normal_between(4.5, infinity, 4, 0.5)), 0.158655253931, 1e-11);
  EXPECT_NEAR(log_normal_between(-infinity, -20, 0, 1), log_normal_between(20, infinity, 0, 1), 1e-9);
  EXPECT_NEAR(log_normal_between(20, 21, 0, 1), -203.917155, 1e-4);  // -x^2/2 - ln(x sqrt(2 pi)) - 1/x^2
  EXPECT_LT(log_normal_between(60, 61, 0, 1), log_normal_between(50, 51, 0, 1));
}

}  // namespace
}  // namespace throng
