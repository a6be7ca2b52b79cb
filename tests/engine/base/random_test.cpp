#include "engine/base/random.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>

namespace throng {
namespace {

constexpr Purpose kTest{"test"};

// "philox4x32 10" in kat_vectors of Random123: all zeros, all ones, and the digits of pi.
TEST(Philox, MatchesRandom123sKnownAnswers) {
  using ::testing::ElementsAre;
  EXPECT_THAT(philox({0, 0, 0, 0}, {0, 0}), ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(InverseNormal, MatchesPublishedQuantiles) {
  EXPECT_NEAR(inverse_normal(0.5), 0.0, 1e-16);
  EXPECT_NEAR(inverse_normal(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(inverse_normal(0.25), -0.6744897501960817, 1e-14);  // AS 241's own check value
  EXPECT_NEAR(inverse_normal(0.001), -3.090232306167814, 1e-13);  // AS 241's own check value
  EXPECT_NEAR(inverse_normal(1e-20), -9.262340089798408, 1e-12);  // AS 241's own check value
}

TEST(InverseNormal, InvertsTheDistributionFunctionEverywhere) {
  for (double x = -8; x <= 5; x += 0.01) {
    EXPECT_NEAR(inverse_normal(0.5 * std::erfc(-x / std::sqrt(2.0))), x, 1e-9) << x;
  }
}

TEST(Draws, DistributionsHaveTheirMoments) {
  const Draws draws(7);
  double sum = 0;
  double normal_sum = 0;
  double normal_squares = 0;
  std::array<int, 6> counts{};
  constexpr int kSamples = 60000;
  for (std::uint32_t i = 0; i < kSamples; ++i) {
    sum += draws.uniform(kTest, {.agent = i});
    const double x = draws.normal(Purpose("other"), {.agent = i});
    normal_sum += x;
    normal_squares += x * x;
    ++counts[draws.below(6, Purpose("die"), {.item = i})];
  }
  EXPECT_NEAR(sum / kSamples, 0.5, 0.005);
  EXPECT_NEAR(normal_sum / kSamples, 0, 0.02);
  EXPECT_NEAR(normal_squares / kSamples, 1, 0.03);
  for (const int count : counts) EXPECT_NEAR(count, kSamples / 6.0, 400);
}

TEST(Draws, EveryFieldOfTheAddressAndTheSeedMatter) {
  const std::set<std::uint64_t> values{
      Draws(1).bits(kTest, {}),           Draws(2).bits(kTest, {}),
      Draws(1ULL << 40).bits(kTest, {}),  Draws(1).bits(kTest, {.agent = 1}),
      Draws(1).bits(kTest, {.round = 1}), Draws(1).bits(kTest, {.page = 1}),
      Draws(1).bits(kTest, {.item = 1}),  Draws(1).bits(Purpose("test2"), {})};
  EXPECT_EQ(values.size(), 8U);
}

TEST(Draws, PermutationHoldsEveryIndexOnce) {
  std::vector<std::uint32_t> order(50);
  Draws(3).permutation(order, kTest, {.agent = 9});
  EXPECT_THAT(std::set<std::uint32_t>(order.begin(), order.end()).size(), 50U);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace throng
