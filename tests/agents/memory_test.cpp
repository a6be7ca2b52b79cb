#include "agents/memory.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

FactualMemory page_with_ratings(const std::vector<int>& ratings) {
  FactualMemory page{.page = 1};
  for (const int rating : ratings) {
    page.impressions.push_back({.viewed = rating > 0, .rating = static_cast<std::uint8_t>(rating)});
  }
  return page;
}

TEST(Memory, KeepsPagesAndFeelingsOldestFirst) {
  Memory memory;
  memory.remember(page_with_ratings({4}), 0.5);
  memory.remember(Reflection{.satisfaction = 0.4}, 0, 1);
  ASSERT_EQ(memory.factual().size(), 1U);
  ASSERT_EQ(memory.emotional().size(), 2U);
  EXPECT_DOUBLE_EQ(memory.emotional()[0].satisfaction, 0.5);
  EXPECT_TRUE(memory.emotional()[1].is_reflection);
}

// Importance: |5 - 3| + |4 - 3| = 3 a page; the threshold is 6.
TEST(Memory, CallsForAReflectionWhenEnoughImportanceHasGathered) {
  Memory memory;
  memory.remember(page_with_ratings({5, 0, 4, 0}), 0.5);
  EXPECT_FALSE(memory.calls_for_reflection());
  memory.remember(page_with_ratings({1, 2}), 0.5);
  EXPECT_TRUE(memory.calls_for_reflection());
  memory.remember(Reflection{}, 0, 2);
  EXPECT_FALSE(memory.calls_for_reflection());
}

TEST(Memory, APageWithNothingToViewMattersALittle) {
  Memory memory;
  for (int page = 0; page < 5; ++page) memory.remember(page_with_ratings({0, 0}), 0);
  EXPECT_FALSE(memory.calls_for_reflection());
  memory.remember(page_with_ratings({0, 0}), 0);
  EXPECT_TRUE(memory.calls_for_reflection());
}

}  // namespace
}  // namespace throng
