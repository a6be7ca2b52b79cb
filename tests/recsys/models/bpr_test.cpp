#include "recsys/models/bpr.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "tests/recsys/recsys_support.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using throng::testing::interactions_of;

TEST(BprTerm, IsTheLogisticLossAndItsSlope) {
  for (const float x : {-80.0F, -2.0F, 0.0F, 3.0F, 80.0F}) {
    const double sigmoid = 1 / (1 + std::exp(-static_cast<double>(x)));
    EXPECT_NEAR(bpr_term(x).loss, std::log1p(std::exp(-static_cast<double>(x))), 1e-5) << x;
    EXPECT_NEAR(bpr_term(x).slope, sigmoid - 1, 1e-6) << x;
  }
  EXPECT_EQ(bpr_term(-1000).loss, 1000) << "nothing overflows";
}

/// Rows that meet themselves in a batch: a user twice, an item as positive and as negative.
class BprGradient : public ::testing::Test {
 protected:
  static constexpr float kL2 = 0.1F;
  FactorMatrix users_ = random_matrix(3, 5, "users");
  FactorMatrix items_ = random_matrix(4, 5, "items");
  std::vector<BprSample> samples_{sample(0, 1, 2), sample(2, 3, 1), sample(0, 2, 3), sample(0, 1, 3)};

  double loss() { return BprBatch(3, 4, 5, 4).compute(users_, items_, samples_, kL2); }

  /// Central differences of the loss in every factor of `matrix`, against the gradient.
  void expect_gradient(FactorMatrix& matrix, const RowGradients& gradients) {
    constexpr float step = 0.02F;
    for (std::size_t n = 0; n < gradients.rows.size(); ++n) {
      for (std::size_t f = 0; f < matrix.factors(); ++f) {
        float& value = matrix.row(gradients.rows[n])[f];
        const float before = value;
        value = before + step;
        const double above = loss();
        value = before - step;
        const double below = loss();
        value = before;
        EXPECT_NEAR(gradients.gradients.row(n)[f], (above - below) / (2 * step), 2e-4);
      }
    }
  }
};

TEST_F(BprGradient, MatchesFiniteDifferences) {
  BprBatch batch(3, 4, 5, 4);
  batch.compute(users_, items_, samples_, kL2);
  EXPECT_THAT(batch.user_gradients().rows, ElementsAre(0, 2));
  EXPECT_THAT(batch.item_gradients().rows, ElementsAre(1, 2, 3));
  expect_gradient(users_, batch.user_gradients());
  expect_gradient(items_, batch.item_gradients());
}

TEST(NthMissing, CountsTheItemsThatAreNotListed) {
  for (std::uint32_t length = 0; length <= 9; ++length) {
    for (const std::uint32_t spread : {1U, 2U, 3U}) {
      for (const std::uint32_t first : {0U, 1U, 4U}) {
        std::vector<ItemId> items;
        for (std::uint32_t n = 0; n < length; ++n) items.push_back(ItemId{first + n * spread});
        std::vector<ItemId> missing;
        for (std::uint32_t item = 0; item < 40; ++item) {
          if (!std::ranges::binary_search(items, ItemId{item})) missing.push_back(ItemId{item});
        }
        for (std::size_t n = 0; n < missing.size(); ++n) EXPECT_EQ(nth_missing(items, n), missing[n]);
      }
    }
  }
}

TEST(BprSampler, ComparesTrainingItemsWithOthersEvenly) {
  const Interactions train = interactions_of(5, {{1, 3}, {}, {0, 1, 2, 3, 4}, {2}});
  const BprSampler sampler(train, 7);
  EXPECT_THAT(sampler.users(), ElementsAre(UserId{0}, UserId{3})) << "nobody without positives or negatives";
  std::set<std::uint32_t> negatives_of_0;
  int of_user_3 = 0;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    BprSample drawn;
    sampler.fill(1, n, {&drawn, 1});
    EXPECT_TRUE(train.contains(drawn.user, drawn.positive));
    EXPECT_FALSE(train.contains(drawn.user, drawn.negative));
    if (drawn.user == UserId{3}) ++of_user_3;
    if (drawn.user == UserId{0}) negatives_of_0.insert(static_cast<std::uint32_t>(drawn.negative));
  }
  EXPECT_NEAR(of_user_3, 500, 60) << "users are drawn evenly, however many items they have";
  EXPECT_THAT(negatives_of_0, ElementsAre(0, 2, 4));
}

}  // namespace
}  // namespace throng
