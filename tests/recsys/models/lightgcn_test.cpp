#include "recsys/models/lightgcn.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <gmock/gmock.h>

#include "recsys/linalg/score_block.h"
#include "tests/recsys/recsys_support.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using throng::testing::interactions_of;

UserItemFactors some_vectors(std::size_t users, std::size_t items, std::size_t factors) {
  return {.users = normal_factors(users, factors, 0.5, Draws(1), Purpose("users")),
          .items = normal_factors(items, factors, 0.5, Draws(1), Purpose("items"))};
}

/// Users above items.
Eigen::MatrixXd stacked(const UserItemFactors& vectors) {
  const std::size_t users = vectors.users.rows();
  Eigen::MatrixXd all(users + vectors.items.rows(), vectors.users.factors());
  for (std::size_t n = 0; n < users + vectors.items.rows(); ++n) {
    const auto row = n < users ? vectors.users.row(n) : vectors.items.row(n - users);
    for (std::size_t f = 0; f < vectors.users.factors(); ++f) {
      all(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(f)) = static_cast<double>(row[f]);
    }
  }
  return all;
}

/// D^-1/2 (0 X; X^T 0) D^-1/2.
Eigen::MatrixXd adjacency(const Interactions& train) {
  const auto users = static_cast<Eigen::Index>(train.num_users());
  const auto nodes = users + static_cast<Eigen::Index>(train.num_items());
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(nodes, nodes);
  for (const Interaction& row : train.rows()) {
    const auto user = static_cast<Eigen::Index>(index(row.user));
    const auto item = users + static_cast<Eigen::Index>(index(row.item));
    a(user, item) = a(item, user) = 1;
  }
  const Eigen::VectorXd weights =
      a.rowwise().sum().unaryExpr([](double degree) { return degree > 0 ? 1 / std::sqrt(degree) : 0.0; });
  return weights.asDiagonal() * a * weights.asDiagonal();
}

class InteractionGraphSum : public ::testing::TestWithParam<int> {};

TEST_P(InteractionGraphSum, IsThatOfThePowersOfTheNormalizedAdjacency) {
  const Interactions train = interactions_of(5, {{0, 1, 4}, {1}, {}, {0, 3}});
  const InteractionGraph graph(train);
  for (const std::size_t factors : {3U, 64U, 77U}) {
    const UserItemFactors x = some_vectors(4, 5, factors);
    const Eigen::MatrixXd a = adjacency(train);
    Eigen::MatrixXd power = stacked(x);
    Eigen::MatrixXd expected = power;
    for (int layer = 0; layer < GetParam(); ++layer) {
      power = a * power;
      expected += power;
    }
    const Eigen::MatrixXd sum = stacked(LayerSum(graph, GetParam(), 0.25F).of(x));
    EXPECT_LT((sum - 0.25 * expected).cwiseAbs().maxCoeff(), 1e-5) << factors;
  }
}

TEST_P(InteractionGraphSum, HasTheSameBitsWhenOnlySomeRowsAreWantedOrNotZero) {
  const InteractionGraph graph(interactions_of(5, {{0, 1, 4}, {1}, {}, {0, 3}}));
  NodeSet nodes(4, 5);
  nodes.users[1] = nodes.items[3] = 1;
  UserItemFactors x = some_vectors(4, 5, 77);
  LayerSum all(graph, GetParam(), 0.25F);
  LayerSum some(graph, GetParam(), 0.25F);
  some.of(some_vectors(4, 5, 77));  // leaves something behind
  EXPECT_TRUE(std::ranges::equal(some.at(nodes, x).users.row(1), all.of(x).users.row(1)));
  EXPECT_TRUE(std::ranges::equal(some.at(nodes, x).items.row(3), all.of(x).items.row(3)));
  for (const std::size_t user : {0U, 2U, 3U}) std::ranges::fill(x.users.row(user), 0.0F);
  for (const std::size_t item : {0U, 1U, 2U, 4U}) std::ranges::fill(x.items.row(item), 0.0F);
  EXPECT_TRUE(std::ranges::equal(some.of_sparse(x, nodes).users.values(), all.of(x).users.values()));
  EXPECT_TRUE(std::ranges::equal(some.of_sparse(x, nodes).items.values(), all.of(x).items.values()));
}

INSTANTIATE_TEST_SUITE_P(Layers, InteractionGraphSum, ::testing::Values(0, 1, 2, 5));

class LightGcnGradient : public ::testing::Test {
 protected:
  double loss() { return training_.compute(samples_); }

  void expect_gradient(FactorMatrix& matrix, const FactorMatrix& gradient) {
    constexpr float step = 0.02F;
    for (std::size_t n = 0; n < matrix.rows(); ++n) {
      for (std::size_t f = 0; f < matrix.factors(); ++f) {
        float& value = matrix.row(n)[f];
        const float before = value;
        value = before + step;
        const double above = loss();
        value = before - step;
        const double below = loss();
        value = before;
        EXPECT_NEAR(gradient.row(n)[f], (above - below) / (2 * step), 2e-4) << n << ", " << f;
      }
    }
  }

  Interactions train_ = interactions_of(5, {{0, 1, 4}, {1}, {}, {0, 3}});
  LightGcnOptions options_{.factors = 5, .layers = 2, .l2 = 0.1, .batch_size = 4};
  InteractionGraph graph_{train_};
  BprSampler sampler_{train_, 1};
  UserItemFactors vectors_ = some_vectors(4, 5, 5);
  LightGcnTraining training_{graph_, sampler_, train_.size(), options_, vectors_};
  std::vector<BprSample> samples_{sample(0, 1, 2), sample(3, 0, 1), sample(0, 4, 3), sample(0, 1, 3)};
};

TEST_F(LightGcnGradient, MatchesFiniteDifferences) {
  loss();
  const UserItemFactors gradient = training_.gradient();
  expect_gradient(vectors_.users, gradient.users);
  expect_gradient(vectors_.items, gradient.items);
}

TEST(LightGcn, AFoldedInHistoryDiffersFromItsUserOnlyByTheUsersOwnVector) {
  // final(user) - folded_in(history) = (own vector - mean) / (layers + 1), so with vectors of one user it is nil.
  const Interactions train = interactions_of(6, {{0, 2, 5}});
  FitObserver observer;
  LightGcn model({.factors = 8, .layers = 1, .max_epochs = 3});
  model.fit({.train = train, .seed = 4}, observer);
  const Query queries[] = {{.user = UserId{0}}, {.history = train.items_of(UserId{0})}};
  ScoreBlock scores(6);
  model.score(queries, scores);
  for (std::size_t item = 0; item < 6; ++item) EXPECT_NEAR(scores.of(0)[item], scores.of(1)[item], 1e-5);
}

}  // namespace
}  // namespace throng
