#include "agents/population.h"

#include <array>
#include <cstdlib>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using testing::dataset_of;
using testing::Rated;

TEST(TraitValues, AreAgent4RecsDefinitions) {
  // Item means: item 0 (5 + 3) / 2 = 4, item 1 2, item 2 4.
  const Dataset dataset = dataset_of(2, 3, {{0, 1}, {0}, {2}}, {{0, 0, 5}, {0, 1, 2}, {1, 0, 3}, {1, 2, 4}});
  const auto values = trait_values(dataset);
  EXPECT_DOUBLE_EQ(values[0].activity, 2);
  EXPECT_DOUBLE_EQ(values[0].conformity, ((5 - 4) * (5 - 4) + 0) / 2.0);
  EXPECT_DOUBLE_EQ(values[1].conformity, ((3 - 4) * (3 - 4) + 0) / 2.0);
  // User 0: genre 0 twice, genre 1 once: cumulative shares 2/3, 1: one genre at or below 0.8.
  EXPECT_DOUBLE_EQ(values[0].diversity, 1);
  // User 1: three genres once each: 1/3, 2/3, 1: two.
  EXPECT_DOUBLE_EQ(values[1].diversity, 2);
}

// Half stars: an item that everybody rates 0.5 has the mean 0.5, although no less than 1 is ever displayed.
TEST(TraitValues, ConformityMeasuresFromTheMeanOfTheRatingsThemselves) {
  const Dataset dataset = dataset_of(2, 0, {{}}, {{0, 0, 0.5F}, {1, 0, 0.5F}});
  EXPECT_DOUBLE_EQ(trait_values(dataset)[0].conformity, 0);
}

TEST(TraitValues, OneGenreOnlyHasDiversityZero) {
  const Dataset dataset = dataset_of(1, 2, {{0}, {0}}, {{0, 0, 4}, {0, 1, 4}});
  EXPECT_DOUBLE_EQ(trait_values(dataset)[0].diversity, 0);
}

TEST(TraitValues, ACumulativeShareOfExactlyFourFifthsCounts) {
  // Genre 0 four times, genre 1 once: 0.8, 1.
  const Dataset dataset =
      dataset_of(1, 2, {{0}, {0}, {0}, {0}, {1}}, {{0, 0, 4}, {0, 1, 4}, {0, 2, 4}, {0, 3, 4}, {0, 4, 4}});
  EXPECT_DOUBLE_EQ(trait_values(dataset)[0].diversity, 1);
}

TEST(TraitGroups, CutAtPercentilesWithStrictlyLessComparisons) {
  // Activities 1, 2, ..., 11: the 60th percentile is 7, the 90th is 10.
  std::vector<Rated> rated;
  for (unsigned user = 0; user < 11; ++user) {
    for (unsigned item = 0; item <= user; ++item) rated.push_back({user, item, 3});
  }
  const auto groups = trait_groups(dataset_of(11, 0, std::vector<std::vector<unsigned>>(11), rated));
  EXPECT_EQ(groups[5].activity, 1);   // 6 < 7
  EXPECT_EQ(groups[6].activity, 2);   // 7, not less than 7
  EXPECT_EQ(groups[8].activity, 2);   // 9 < 10
  EXPECT_EQ(groups[9].activity, 3);   // 10, not less than 10
  EXPECT_EQ(groups[0].diversity, 2);  // no genres: neutral
}

TEST(TraitGroups, WhatTheDatasetBringsWins) {
  Dataset dataset = dataset_of(2, 1, {{0}}, {{0, 0, 4}, {1, 0, 5}});
  dataset.users[1].trait_groups = TraitGroups{.activity = 3, .conformity = 1, .diversity = 2};
  EXPECT_EQ(trait_groups(dataset)[1], (TraitGroups{.activity = 3, .conformity = 1, .diversity = 2}));
}

TEST(TraitGroups, WithoutRatingsConformityIsNeutral) {
  Dataset dataset = dataset_of(3, 1, {{0}, {0}}, {});
  dataset.interactions = Interactions(3, 2, {{.user = UserId(0), .item = ItemId(0)}}, {});
  for (const TraitGroups& groups : trait_groups(dataset)) EXPECT_EQ(groups.conformity, 2);
}

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

TEST_F(PopulationTest, SampledAgentsMayHaveOtherTraitsThanTheirUsers) {
  const Population population = make({.agents = 1020, .trait_perturbation = 0.4});
  const Population as_they_are = make({.agents = 1020});
  std::array<int, 3> moved{};
  for (std::uint32_t n = 0; n < 1020; ++n) {
    const TraitGroups own = population.traits_of(AgentId(n));
    const TraitGroups users = as_they_are.traits_of(AgentId(n));
    EXPECT_EQ(population.profile(AgentId(n)).traits, own);
    EXPECT_TRUE(n >= 20 || own == users);
    moved[0] += own.activity != users.activity ? 1 : 0;
    moved[1] += own.conformity != users.conformity ? 1 : 0;
    moved[2] += own.diversity != users.diversity ? 1 : 0;
    EXPECT_LE(std::abs(own.activity - users.activity), 1);
    EXPECT_TRUE(own.activity >= 1 && own.activity <= 3);
  }
  for (const int count : moved) EXPECT_NEAR(count, 400, 62) << "four standard deviations";
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
