#include "agents/minds/affinity.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using testing::two_camps;

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double mean_product(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / static_cast<double>(a.size());
}

class ModelAffinityTest : public ::testing::TestWithParam<const char*> {
 protected:
  static constexpr unsigned kUsers = 60;
  static constexpr unsigned kItems = 40;

  std::vector<double> affinities_of(AgentId agent) const {
    std::vector<ItemId> items(kItems);
    for (unsigned item = 0; item < kItems; ++item) items[item] = ItemId(item);
    std::vector<double> affinities(kItems);
    affinity_.of(agent, population_.profile(agent), items, affinities);
    return affinities;
  }

  Dataset dataset_ = two_camps(kUsers, kItems);
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
  Draws draws_{5};
  // Agents from 60 on are sampled.
  Population population_{dataset_, space_, {.agents = 2 * kUsers, .perturbation = 0.5}, draws_};
  FitObserver quiet_;
  ModelAffinity affinity_{
      Json{{"kind", GetParam()}}, dataset_, dataset_.interactions, population_, draws_, 1, quiet_};
};

TEST_P(ModelAffinityTest, AUserIsDrawnToUnseenItemsOfItsCamp) {
  for (const unsigned user : {0U, 7U}) {
    const std::vector<double> affinities = affinities_of(AgentId{user});
    double own = 0;
    double other = 0;
    for (unsigned item = 0; item < kItems; ++item) {
      if (dataset_.interactions.contains(UserId(user), ItemId(item))) continue;
      (item % 2 == user % 2 ? own : other) += affinities[item];
    }
    EXPECT_GT(own / 8, other / 20 + 0.5) << user;  // of 20 items of the camp 12 are seen
  }
}

TEST_P(ModelAffinityTest, AUsersAffinitiesAreStandardised) {
  const std::vector<double> affinities = affinities_of(AgentId{4});
  EXPECT_NEAR(mean_of(affinities), 0, 1e-5);
  EXPECT_NEAR(mean_product(affinities, affinities), 1, 1e-5);
}

// (a + p n) / sqrt(1 + p^2) has the mean and the deviation of a, and correlates with it by 1 / sqrt(1 + p^2) = 0.894.
TEST_P(ModelAffinityTest, ASampledAgentIsLikeItsUserButNotTheSame) {
  double product = 0;
  double square = 0;
  for (std::uint32_t n = kUsers; n < 2 * kUsers; ++n) {
    const AgentId agent{n};
    const std::vector<double> own = affinities_of(agent);
    EXPECT_EQ(own, affinities_of(agent));
    product += mean_product(own, affinities_of(AgentId(index(population_.user_of(agent))))) / kUsers;
    square += mean_product(own, own) / kUsers;
  }
  EXPECT_NEAR(square, 1, 0.06);
  EXPECT_NEAR(product, 1 / std::sqrt(1.25), 0.04);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ModelAffinityTest, ::testing::Values("ease", "ials", "itemknn"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace throng
