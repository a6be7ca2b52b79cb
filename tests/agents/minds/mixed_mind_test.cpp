#include "agents/minds/mixed_mind.h"

#include <gtest/gtest.h>

namespace throng {
namespace {

std::vector<MixedMind::Tier> tiers(const std::vector<double>& shares) {
  std::vector<MixedMind::Tier> made;
  for (const double share : shares) made.push_back({.mind = nullptr, .share = share});
  return made;
}

TEST(MixedMind, PlaysAgentsInProportionToTheShares) {
  const MixedMind mind(tiers({1, 3, 4}), Draws(1));
  std::vector<int> played(3, 0);
  for (std::uint32_t agent = 0; agent < 8000; ++agent) ++played[mind.tier_of(AgentId(agent))];
  EXPECT_NEAR(played[0], 1000, 100);  // three standard deviations are 89
  EXPECT_NEAR(played[1], 3000, 135);
  EXPECT_NEAR(played[2], 4000, 140);
}

TEST(MixedMind, TheSeedDecidesWhoPlaysWhom) {
  const MixedMind one(tiers({1, 1}), Draws(1));
  const MixedMind same(tiers({1, 1}), Draws(1));
  const MixedMind other(tiers({1, 1}), Draws(2));
  int differing = 0;
  for (std::uint32_t agent = 0; agent < 1000; ++agent) {
    EXPECT_EQ(one.tier_of(AgentId(agent)), same.tier_of(AgentId(agent)));
    differing += one.tier_of(AgentId(agent)) != other.tier_of(AgentId(agent)) ? 1 : 0;
  }
  EXPECT_GT(differing, 400);
}

}  // namespace
}  // namespace throng
