#include "recsys/linalg/top_k.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>

#include "engine/base/random.h"
#include "tests/recsys/recsys_support.h"

namespace throng {
namespace {

using ::testing::IsEmpty;

std::vector<ItemId> best(std::vector<float> scores, std::size_t k,
                         const std::vector<std::span<const ItemId>>& excluded = {}) {
  std::vector<ItemId> items(k);
  items.resize(top_k(scores, excluded, items));
  return items;
}

TEST(TopK, RanksByScoreAndTiesByItem) {
  EXPECT_EQ(best({1, 5, 3, 5, 0, -2}, 4), ids({1, 3, 2, 0}));
  EXPECT_EQ(best(std::vector<float>(100, 7.0F), 3), ids({0, 1, 2}));
  EXPECT_EQ(best({0.0F, -0.0F, 0.0F}, 3), ids({0, 1, 2})) << "both zeros are equal";
}

TEST(TopK, LeavesOutTheItemsOfEveryExcludedList) {
  const std::vector<ItemId> seen = ids({1, 3});
  const std::vector<ItemId> more = ids({0, 3, 5});
  EXPECT_EQ(best({1, 5, 3, 5, 0, -2}, 4, {seen, more}), ids({2, 4}));
}

TEST(TopK, GivesAllItemsIfKIsLarger) {
  EXPECT_EQ(best({1, 2}, 10), ids({1, 0}));
  EXPECT_THAT(best({}, 3), IsEmpty());
  EXPECT_THAT(best({1, 2}, 0), IsEmpty());
}

TEST(TopK, AgreesWithAFullSortOnManyItemsWithTies) {
  const std::vector<ItemId> excluded = ids({0, 5, 31, 32, 33, 500, 1002});
  for (const std::size_t k : {1U, 20U, 100U, 1003U}) {
    std::vector<float> scores(1003);
    for (std::uint32_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<float>(Draws(k).below(50, Purpose("score"), {.item = i}));
    }
    std::vector<ItemId> sorted;
    for (std::uint32_t i = 0; i < scores.size(); ++i) {
      if (!std::ranges::binary_search(excluded, ItemId{i})) sorted.push_back(ItemId{i});
    }
    std::ranges::stable_sort(sorted, std::ranges::greater{}, [&](ItemId i) { return scores[index(i)]; });
    sorted.resize(std::min(k, sorted.size()));
    EXPECT_EQ(best(scores, k, {excluded}), sorted) << k;
  }
}

}  // namespace
}  // namespace throng
