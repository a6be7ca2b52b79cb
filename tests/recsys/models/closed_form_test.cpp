// itemknn, ease and ials against what defines them, worked out in double.

#include <cmath>

#include <Eigen/LU>
#include <gmock/gmock.h>

#include "recsys/linalg/score_block.h"
#include "recsys/models/ease.h"
#include "recsys/models/ials.h"
#include "recsys/models/item_knn.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using throng::testing::checkerboard;
using throng::testing::interactions_of;

Eigen::MatrixXd dense(const Interactions& interactions) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(interactions.num_users()),
                                                 static_cast<Eigen::Index>(interactions.num_items()));
  for (const Interaction& row : interactions.rows()) {
    matrix(static_cast<Eigen::Index>(index(row.user)), static_cast<Eigen::Index>(index(row.item))) = 1;
  }
  return matrix;
}

/// users x items
Eigen::MatrixXd scores_of(const ScoringRecommender& recommender, std::uint32_t users) {
  const std::size_t items = recommender.num_items();
  Eigen::MatrixXd all(users, static_cast<Eigen::Index>(items));
  for (std::uint32_t user = 0; user < users; ++user) {
    const Query query{.user = UserId{user}};
    ScoreBlock scores(items);
    recommender.score({&query, 1}, scores);
    for (std::size_t item = 0; item < items; ++item) {
      all(user, static_cast<Eigen::Index>(item)) = static_cast<double>(scores.of(0)[item]);
    }
  }
  return all;
}

void expect_near(const Eigen::MatrixXd& actual, const Eigen::MatrixXd& expected, double tolerance) {
  EXPECT_LT((actual - expected).cwiseAbs().maxCoeff(), tolerance);
}

TEST(ItemKnn, SumsTheSimilaritiesOfAHandComputedExample) {
  // Users of item 0: {0, 1, 2}, of 1: {0, 1}, of 2: {2, 3}, of 3: {3}.
  const Interactions train = interactions_of(4, {{0, 1}, {0, 1}, {0, 2}, {2, 3}});
  FitObserver observer;
  ItemKnn knn({.neighbors = 2, .shrinkage = 1});
  knn.fit({.train = train}, observer);
  const double s01 = 2 / (std::sqrt(6) + 1);
  const double s02 = 1 / (std::sqrt(6) + 1);
  const double s23 = 1 / (std::sqrt(2) + 1);
  Eigen::MatrixXd expected(4, 4);
  expected.row(0) << s01, s01, s02, 0;
  expected.row(1) = expected.row(0);
  expected.row(2) << s02, s01, s02, s23;
  expected.row(3) << s02, 0, s23, s23;
  expect_near(scores_of(knn, 4), expected, 1e-6);
}

TEST(ItemKnn, CountsTheNearestNeighborsOnly) {
  const Interactions train = interactions_of(4, {{0, 1}, {0, 1}, {0, 2}, {2, 3}});
  FitObserver observer;
  ItemKnn knn({.neighbors = 1, .shrinkage = 1});
  knn.fit({.train = train}, observer);
  EXPECT_EQ(scores_of(knn, 4)(2, 2), 0) << "item 2 is nearer to 3 than to the user's 0";
  EXPECT_GT(scores_of(knn, 4)(3, 2), 0);
}

TEST(Ease, SolvesItsNormalEquations) {
  const Interactions train = checkerboard(40, 30);
  FitObserver observer;
  Ease ease({.l2 = 5});
  ease.fit({.train = train}, observer);
  const Eigen::MatrixXd x = dense(train);
  const Eigen::MatrixXd p = (x.transpose() * x + 5 * Eigen::MatrixXd::Identity(30, 30)).inverse();
  Eigen::MatrixXd b = -p * p.diagonal().cwiseInverse().asDiagonal();
  b.diagonal().setZero();
  expect_near(scores_of(ease, 40), x * b, 1e-5);
}

constexpr double kScale = 0.01;

/// The gradient of IalsSolver's objective in a user's factors, in double.
Eigen::VectorXd gradient(const Eigen::VectorXd& w, const Eigen::VectorXd& x, const Eigen::MatrixXd& items,
                         const IalsOptions& options) {
  const double explained = x.sum() + options.unobserved_weight * static_cast<double>(items.rows());
  const double l2 = kScale * std::pow(explained, options.frequency_exponent);
  const Eigen::VectorXd scores = items * w;
  return items.transpose() * (x.cwiseProduct(scores) - x + options.unobserved_weight * scores) + l2 * w;
}

FactorMatrix some_factors(std::size_t rows, std::size_t factors) {
  return normal_factors(rows, factors, 0.3, Draws(3), Purpose("factors"));
}

Eigen::MatrixXd dense(const FactorMatrix& factors) {
  Eigen::MatrixXd matrix(factors.rows(), factors.factors());
  for (std::size_t row = 0; row < factors.rows(); ++row) {
    for (std::size_t f = 0; f < factors.factors(); ++f) {
      matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(f)) =
          static_cast<double>(factors.row(row)[f]);
    }
  }
  return matrix;
}

class IalsSolution : public ::testing::TestWithParam<int> {};

TEST_P(IalsSolution, MakesTheGradientVanish) {
  const int factors = GetParam();
  const IalsOptions options{.factors = factors, .unobserved_weight = 0.2};
  const FactorMatrix items = some_factors(50, static_cast<std::size_t>(factors));
  const IalsRegularization regularization(kScale, 50, options);
  const IalsSolver solver(items, options, regularization, factors);
  for (const std::uint32_t entries : {1U, 4U, 20U, 49U}) {  // far fewer than factors, and more
    std::vector<ItemId> history;
    Eigen::VectorXd x = Eigen::VectorXd::Zero(50);
    for (std::uint32_t n = 0; n < entries; ++n) {
      history.push_back(ItemId{50 * n / entries});
      x(50 * n / entries) = 1;
    }
    FactorMatrix user(1, static_cast<std::size_t>(factors));
    const double errors = solver.solve<ItemId>(history, user.row(0));
    const Eigen::VectorXd w = dense(user).row(0);
    EXPECT_LT(gradient(w, x, dense(items), options).cwiseAbs().maxCoeff(), 1e-4) << entries;
    EXPECT_NEAR(errors, x.cwiseProduct((dense(items) * w).array().matrix() - x).squaredNorm(), 1e-4)
        << entries;
    for (std::size_t f = static_cast<std::size_t>(factors); f < user.stride(); ++f)
      EXPECT_EQ(user.row(0)[f], 0);
  }
}

TEST_P(IalsSolution, IsWhatBlocksOfFactorsComeTo) {
  const int factors = GetParam();
  const IalsOptions options{.factors = factors, .unobserved_weight = 0.2};
  const FactorMatrix items = some_factors(50, static_cast<std::size_t>(factors));
  const std::vector<ItemId> history{ItemId{3}, ItemId{17}, ItemId{18}, ItemId{49}};
  FactorMatrix exact(1, static_cast<std::size_t>(factors));
  FactorMatrix in_blocks(1, static_cast<std::size_t>(factors));
  const IalsRegularization regularization(kScale, 50, options);
  IalsSolver(items, options, regularization, factors).solve<ItemId>(history, exact.row(0));
  const IalsSolver blockwise(items, options, regularization, 8);
  for (int n = 0; n < 200; ++n) blockwise.solve<ItemId>(history, in_blocks.row(0));
  expect_near(dense(in_blocks), dense(exact), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Factors, IalsSolution, ::testing::Values(1, 5, 8, 37, 64));

TEST(IalsRegularization, HasTheMeanL2OverRowsWithEntriesAndGrowsWithThem) {
  const SparseRows<ItemId> entries = items_by_user(interactions_of(20, {{0}, {1, 2, 3}, {}, {4, 5}}));
  const IalsOptions options{.unobserved_weight = 0.1, .l2 = 3, .frequency_exponent = 1};
  const auto regularization = IalsRegularization::of(entries, 20, options);
  // Entries + 2 are 3, 5 and 4: the mean is 4.
  EXPECT_DOUBLE_EQ(regularization.strength(1), 3 * 3 / 4.0);
  EXPECT_DOUBLE_EQ(regularization.strength(3), 3 * 5 / 4.0);
}

TEST(Ials, EveryEpochLowersTheLoss) {
  const Interactions train = checkerboard(40, 40);
  const BothWays both = both_ways(train);
  const IalsOptions options{.factors = 16, .l2 = 0.1, .block = 8};
  UserItemFactors factors{.users = some_factors(40, 16), .items = some_factors(40, 16)};
  double before = run_ials_epoch(both, options, factors);
  for (int epoch = 0; epoch < 5; ++epoch) {
    const double loss = run_ials_epoch(both, options, factors);
    EXPECT_LT(loss, before);
    before = loss;
  }
}

TEST(Ials, FoldsTheHistoryOfAUserInAsThatUser) {
  const Interactions train = checkerboard(40, 40);
  FitObserver observer;
  Ials ials({.factors = 16, .max_epochs = 60});
  ials.fit({.train = train, .seed = 1}, observer);
  const Query queries[] = {{.user = UserId{6}}, {.history = train.items_of(UserId{6})}};
  ScoreBlock scores(40);
  ials.score(queries, scores);
  for (std::size_t item = 0; item < 40; ++item) EXPECT_NEAR(scores.of(0)[item], scores.of(1)[item], 1e-2);
}

}  // namespace
}  // namespace throng
