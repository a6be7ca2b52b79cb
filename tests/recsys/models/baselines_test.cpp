#include "recsys/models/baselines.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using testing::interactions_of;

// Agent4Rec's Pop: each user sees others of the most popular items.
TEST(RandomRecommender, TakesTheMostPopularFirstInARandomOrderOfEachUser) {
  const Interactions train = interactions_of(8, {{0, 5, 7}, {5, 7}, {5, 3}, {7}, {}, {}});
  const auto pop = RandomRecommender::make({{"kind", "random"}, {"most_popular", 3}}).value();
  FitObserver observer;
  pop->fit({.train = train, .seed = 3}, observer);
  std::set<std::vector<ItemId>> orders;
  for (std::uint32_t user = 0; user < 6; ++user) {
    const RankingRequest request{.query = {.user = UserId{user}}};
    const Rankings rankings = pop->rank({&request, 1}, 8);
    std::vector<ItemId> first(rankings.of(0).begin(), rankings.of(0).begin() + 3);
    orders.insert(first);
    std::ranges::sort(first);
    EXPECT_EQ(first, (std::vector{ItemId{0}, ItemId{5}, ItemId{7}})) << "5 and 7 three times, 0 and 3 once";
  }
  EXPECT_GT(orders.size(), 1U);
  EXPECT_EQ(pop->options(), (Json{{"kind", "random"}, {"most_popular", 3}}));
  EXPECT_EQ(RandomRecommender::make({{"kind", "random"}}).value()->options(), (Json{{"kind", "random"}}));
}

}  // namespace
}  // namespace throng
