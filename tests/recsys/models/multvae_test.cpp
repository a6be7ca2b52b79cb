#include "recsys/models/multvae.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "recsys/linalg/score_block.h"
#include "recsys/models/user_item_factors.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using throng::testing::checkerboard;
using throng::testing::interactions_of;

/// Weights of some size everywhere, biases too.
MultVaeState some_state(std::size_t items, const MultVaeOptions& options) {
  MultVaeState state{.weights = zero_weights(items, options)};
  for (FactorMatrix* part : state.weights.parts()) {
    *part = normal_factors(part->rows(), part->factors(), 0.4, Draws(part->rows()), Purpose("weights"));
  }
  return state;
}

class MultVaeGradient : public ::testing::Test {
 protected:
  double loss() { return training_.compute(users_, 3, 0.7); }

  void expect_gradient(FactorMatrix& matrix, const FactorMatrix& gradient, std::size_t row) {
    constexpr float step = 0.02F;
    for (std::size_t f = 0; f < matrix.factors(); ++f) {
      float& value = matrix.row(row)[f];
      const float before = value;
      value = before + step;
      const double above = loss();
      value = before - step;
      const double below = loss();
      value = before;
      EXPECT_NEAR(gradient.row(row)[f], (above - below) / (2 * step), 1.5e-3) << row << ", " << f;
    }
  }

  SparseRows<ItemId> histories_ = items_by_user(interactions_of(9, {{0, 1, 4}, {}, {1, 8}, {0, 3, 4, 5}}));
  MultVaeOptions options_{.hidden = 5, .latent = 3, .dropout = 0.3, .batch_size = 3};
  MultVaeState state_ = some_state(9, options_);
  MultVaeTraining training_{histories_, options_, 1, state_};
  std::vector<UserId> users_{UserId{0}, UserId{2}, UserId{3}};
};

TEST_F(MultVaeGradient, MatchesFiniteDifferencesInEveryLayer) {
  loss();
  const MultVaeWeights gradient = training_.gradient();
  const std::vector<std::uint32_t> read(training_.input_rows().begin(), training_.input_rows().end());
  ASSERT_GE(read.size(), 3U);
  for (const std::uint32_t row : read) expect_gradient(state_.weights.input, gradient.input, row);
  const auto weights = state_.weights.parts();
  const auto gradients = gradient.parts();
  for (std::size_t part = 1; part < weights.size(); ++part) {
    SCOPED_TRACE(part);
    for (std::size_t row = 0; row < weights[part]->rows(); ++row) {
      expect_gradient(*weights[part], *gradients[part], row);
    }
  }
}

TEST(MultVaeLoss, IsTheNegativeLogLikelihoodPlusTheDivergence) {
  // Without weights the logits are the biases and the code is the code's bias.
  const MultVaeOptions options{.hidden = 4, .latent = 1, .dropout = 0, .batch_size = 1};
  MultVaeState state{.weights = zero_weights(3, options)};
  state.weights.output_bias.row(0)[0] = 1;
  state.weights.code_bias.row(0)[0] = 0.5F;   // mean
  state.weights.code_bias.row(0)[1] = -0.7F;  // log of variance
  const SparseRows<ItemId> histories = items_by_user(interactions_of(3, {{0, 2}}));
  MultVaeTraining training(histories, options, 1, state);
  const std::vector<UserId> users{UserId{0}};
  const double normalizer = std::log(std::exp(1) + 2);
  const double divergence = -0.5 * (1 - 0.7 - 0.25 - std::exp(-0.7));
  EXPECT_NEAR(training.compute(users, 1, 0.1), 2 * normalizer - 1 + 0.1 * divergence, 1e-5);
}

TEST(ApplyTanh, IsTanh) {
  Eigen::MatrixXf x(1, 9);
  x << -100, -3, -0.5F, -1e-4F, 0, 1e-4F, 0.5F, 3, 100;
  const Eigen::MatrixXf expected = x.unaryExpr([](float value) { return std::tanh(value); });
  apply_tanh(x);
  EXPECT_LT((x - expected).cwiseAbs().maxCoeff(), 2e-7F);
}

TEST(MultVae, AUserScoresAsItsHistory) {
  const Interactions train = checkerboard(20, 30);
  FitObserver observer;
  MultVae model({.hidden = 16, .latent = 8, .max_epochs = 3});
  model.fit({.train = train, .seed = 2}, observer);
  const Query queries[] = {{.user = UserId{6}}, {.history = train.items_of(UserId{6})}};
  ScoreBlock scores(30);
  model.score(queries, scores);
  EXPECT_TRUE(std::ranges::equal(scores.of(0), scores.of(1)));
}

TEST(MultVae, AWarmStartGoesOnWithTheAnnealing) {
  const Interactions train = checkerboard(20, 30);
  MultVaeState state = some_state(30, {.hidden = 8, .latent = 4});
  const MultVaeOptions options{.hidden = 8, .latent = 4, .batch_size = 5};
  const SparseRows<ItemId> histories = items_by_user(train);
  MultVaeTraining(histories, options, 1, state).run_epoch(1);
  EXPECT_EQ(state.updates, 4U) << "20 users in batches of 5";
  MultVaeTraining(histories, options, 1, state).run_epoch(1);
  EXPECT_EQ(state.updates, 8U);
}

}  // namespace
}  // namespace throng
