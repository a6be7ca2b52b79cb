#include "scenarios/causal/direct_lingam.h"

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "scenarios/causal/adaptive_lasso.h"
#include "tests/scenarios/causal/generated_world.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using testing::generated;
using testing::lingam_case;

// The table is made by benchmarks/peers/direct_lingam.py.
TEST(DirectLingam, IsThatOfPyPI) {
  const Json table = testing::lingam_table();
  EXPECT_GT(table["cases"].size(), 10U);
  for (const Json& world : table["cases"]) {
    const auto known = world["known"].get<KnownOrder>();
    const CausalModel model = direct_lingam(generated(world), known).value();
    EXPECT_EQ(model.order, world["order"].get<std::vector<Eigen::Index>>()) << world["name"];
    for (Eigen::Index i = 0; i < model.weights.rows(); ++i) {
      for (Eigen::Index j = 0; j < model.weights.cols(); ++j)
        EXPECT_NEAR(model.weights(i, j), world["weights"][i][j].get<double>(), 1e-6)
            << world["name"] << i << j;
    }
  }
}

TEST(DirectLingam, FindsTheGraphThatDataWereMadeOf) {
  for (const char* name : {"a chain", "all of it dense", "effects before causes in the table"}) {
    const Json world = lingam_case(name);
    Json longer = world;
    longer["samples"] = 20000;
    const CausalModel model = direct_lingam(generated(longer)).value();
    Eigen::MatrixXd truth = Eigen::MatrixXd::Zero(model.weights.rows(), model.weights.cols());
    for (Eigen::Index v = 0; v < truth.rows(); ++v) {
      for (const Json& cause : world["causes"][v])
        truth(v, cause[0].get<Eigen::Index>()) = cause[1].get<double>();
    }
    EXPECT_LT((model.weights - truth).cwiseAbs().maxCoeff(), 0.05) << name << "\n" << model.weights;
    EXPECT_TRUE(((model.weights.array() != 0) == (truth.array() != 0)).all()) << name << "\n"
                                                                              << model.weights;
  }
}

TEST(DirectLingam, AddsUpEffectsOverAllPaths) {
  // 0 -> 1 -> 2 and 0 -> 2
  CausalModel model{.order = {0, 1, 2}, .weights = Eigen::MatrixXd::Zero(3, 3)};
  model.weights(1, 0) = 0.5;
  model.weights(2, 1) = -2;
  model.weights(2, 0) = 0.25;
  const Eigen::MatrixXd totals = model.total_effects();
  EXPECT_DOUBLE_EQ(totals(1, 0), 0.5);
  EXPECT_DOUBLE_EQ(totals(2, 1), -2);
  EXPECT_DOUBLE_EQ(totals(2, 0), 0.25 + 0.5 * -2);
  EXPECT_EQ(totals(0, 2), 0);
  EXPECT_EQ(totals(1, 1), 0);
}

TEST(DirectLingam, KeepsToWhatIsKnownOfTheOrder) {
  const Eigen::MatrixXd samples = generated(lingam_case("a chain"));
  EXPECT_THAT(direct_lingam(samples)->order, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(direct_lingam(samples, {{3}, {2}, {1}, {0}})->order, ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(direct_lingam(samples, {{0, 1, 2}, {3}})->order, ElementsAre(0, 1, 2, 3));
  const CausalModel model = direct_lingam(samples, {{2}, {0}}).value();
  EXPECT_EQ(model.weights(2, 0), 0);
  EXPECT_EQ(model.total_effects()(2, 0), 0);
}

TEST(DirectLingam, RefusesWhatHasNoGraph) {
  Eigen::MatrixXd samples = generated(lingam_case("a chain of few samples"));
  samples.col(1).setConstant(0.1);
  EXPECT_EQ(direct_lingam(samples).error().kind, ErrorKind::data);
  samples.col(1) = 3 * samples.col(0) - samples.col(2);
  EXPECT_EQ(direct_lingam(samples).error().kind, ErrorKind::data);
  EXPECT_EQ(direct_lingam(generated(lingam_case("a chain")).topRows(4)).error().kind, ErrorKind::data);
}

TEST(BootstrapEdges, AreSureOfStrongEdgesAndNotOfChance) {
  const EdgeProbabilities chain = bootstrap_edges(generated(lingam_case("a chain")), {}, 100, Draws(1));
  EXPECT_EQ(chain.resamples, 100U);
  for (Eigen::Index v = 1; v < 4; ++v) {
    EXPECT_GT(chain.of_edges(v, v - 1), 0.9);
    EXPECT_LT(chain.of_edges(v - 1, v), 0.1);
  }
  const EdgeProbabilities chance = bootstrap_edges(
      generated(lingam_case("two variables that have nothing to do with each other")), {}, 100, Draws(1));
  EXPECT_LT(chance.of_edges.sum(), 0.3);
}

// The package was given the rows that ours draws.
TEST(BootstrapEdges, AreThoseOfPyPI) {
  const Json table = testing::lingam_table();
  const auto resamples = table["resamples"].get<std::size_t>();
  for (const Json& world : table["cases"]) {
    const EdgeProbabilities edges =
        bootstrap_edges(generated(world), world["known"].get<KnownOrder>(), resamples, Draws(0));
    EXPECT_EQ(edges.resamples, resamples) << world["name"];
    EXPECT_EQ(edges.of_edges, testing::square_matrix(world["bootstrap"])) << world["name"];
  }
}

// Here it drew its own. Two shares of n, of what happens with probability p, differ with variance 2 p (1 - p) / n: of 44 edges one in 50
// times has one that differs by more than 3.5 deviations.
TEST(BootstrapEdges, DifferByLuckAloneFromThoseOfOtherRows) {
  const Json table = testing::lingam_table();
  const auto resamples = table["own_resamples"].get<std::size_t>();
  int edges = 0;
  for (const Json& world : table["cases"]) {
    if (!world.contains("own_bootstrap")) continue;
    const Eigen::ArrayXXd theirs = testing::square_matrix(world["own_bootstrap"]);
    const Eigen::ArrayXXd ours =
        bootstrap_edges(generated(world), world["known"].get<KnownOrder>(), resamples, Draws(0)).of_edges;
    const Eigen::ArrayXXd p = (ours + theirs) / 2;
    const Eigen::ArrayXXd deviations = (2 * p * (1 - p) / static_cast<double>(resamples)).sqrt();
    EXPECT_TRUE(((ours - theirs).abs() <= 3.5 * deviations).all()) << world["name"] << "\n"
                                                                   << ours << "\nand\n"
                                                                   << theirs;
    edges += static_cast<int>(ours.size() - ours.rows());
  }
  EXPECT_EQ(edges, 44);
}

TEST(BootstrapEdges, DependOnNoThreads) {
  const Eigen::MatrixXd samples = generated(lingam_case("items, rating last"));
  const auto edges = [&](std::size_t threads) {
    const ThreadLimit limit(threads);
    return bootstrap_edges(samples, {}, 40, Draws(1)).of_edges;
  };
  EXPECT_EQ(edges(1), edges(2));
}

TEST(BootstrapEdges, PassOverResamplesWithoutAGraph) {
  // The second variable is 1 for one row alone: resamples without it have nothing to vary.
  Eigen::MatrixXd samples = generated(lingam_case("two variables")).topRows(20);
  samples.col(1).setZero();
  samples(3, 1) = 1;
  const EdgeProbabilities edges = bootstrap_edges(samples, {}, 200, Draws(1));
  EXPECT_GT(edges.resamples, 90U);  // 1 - (19/20)^20 = 0.64 of them
  EXPECT_LT(edges.resamples, 170U);
}

/// Correlations of one target with predictors that have nothing to do with each other.
Eigen::MatrixXd independent_predictors(const std::vector<double>& with_target) {
  const auto target = std::ssize(with_target);
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Identity(target + 1, target + 1);
  for (Eigen::Index i = 0; i < target; ++i) covariance(i, target) = covariance(target, i) = with_target[i];
  return covariance;
}

TEST(AdaptiveLasso, KeepsWhatIsWorthItsBic) {
  // Among independent predictors one earns its place if n r^2 / noise is above log n: 1000 * 0.01 / 0.75 = 13.4 against 6.9, and 1.2.
  const Eigen::VectorXd weights =
      adaptive_lasso(independent_predictors({0.5, 0.1, 0.03}), 1000, {0, 1, 2}, 3);
  EXPECT_NEAR(weights[0], 0.5, 1e-12);
  EXPECT_NEAR(weights[1], 0.1, 1e-12);
  EXPECT_EQ(weights[2], 0);
  EXPECT_EQ(adaptive_lasso(independent_predictors({0.01, 0.02}), 100, {0, 1}, 2), Eigen::VectorXd::Zero(2));
}

TEST(AdaptiveLasso, WeighsInTheUnitsOfTheTarget) {
  Eigen::MatrixXd covariance = independent_predictors({0.5, -0.4});
  const Eigen::VectorXd scales = Eigen::Vector3d(10, 0.1, 2);
  covariance = (scales.asDiagonal() * covariance * scales.asDiagonal()).eval();
  const Eigen::VectorXd weights = adaptive_lasso(covariance, 500, {1, 0}, 2);
  EXPECT_NEAR(weights[0], -0.4 * 2 / 0.1, 1e-12);
  EXPECT_NEAR(weights[1], 0.5 * 2 / 10, 1e-12);
}

}  // namespace
}  // namespace throng
