#include "agents/population.h"

#include <set>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using Source = PopulationOptions::Source;

class PopulationTest : public ::testing::Test {
 protected:
  Population make(const PopulationOptions& options, std::uint64_t seed = 1) const {
    return {dataset_, space_, options, Draws(seed)};
  }

  Dataset dataset_ = testing::two_camps(20, 30);
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
};

TEST_F(PopulationTest, OneAgentPerUserByDefault) {
  const Population population = make({});
  EXPECT_EQ(population.size(), 20U);
  EXPECT_EQ(population.user_of(AgentId(7)), UserId(7));
  EXPECT_EQ(population.profile(AgentId(7)).taste.latent, space_.taste_of(UserId(7)).latent);
}

TEST_F(PopulationTest, AgentsBeyondTheUsersAreSampledWithATasteOfTheirOwn) {
  const Population population = make({.agents = 500});
  EXPECT_TRUE(population.is_user(AgentId(19)));
  EXPECT_FALSE(population.is_user(AgentId(20)));
  std::set<UserId> users;
  for (std::uint32_t n = 20; n < 500; ++n) {
    const Profile profile = population.profile(AgentId(n));
    users.insert(profile.user);
    EXPECT_NE(profile.taste.latent, space_.taste_of(profile.user).latent);
    EXPECT_EQ(profile.traits, population.traits_of(AgentId(n)));
  }
  EXPECT_EQ(users.size(), 20U);
}

TEST_F(PopulationTest, MoreAgentsChangeNobody) {
  const Population few = make({.agents = 30, .source = Source::sampled});
  const Population many = make({.agents = 60, .source = Source::sampled});
  for (std::uint32_t n = 0; n < 30; ++n) {
    EXPECT_EQ(few.profile(AgentId(n)).user, many.profile(AgentId(n)).user);
    EXPECT_EQ(few.profile(AgentId(n)).taste.latent, many.profile(AgentId(n)).taste.latent);
  }
}

TEST_F(PopulationTest, ADatasetWithoutUsersIsADataError) {
  Dataset empty = testing::dataset_of(0, 0, {{}}, {});
  const TasteSpace space(empty.catalogue, empty.interactions);
  EXPECT_THROW(Population(empty, space, {.agents = 3}, Draws(1)), Failure);
}

}  // namespace
}  // namespace throng
