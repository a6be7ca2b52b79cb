#include "agents/memory.h"

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

FactualMemory page_with_ratings(const std::vector<int>& ratings) {
  FactualMemory page{.page = 1};
  for (const int rating : ratings) {
    const auto value = static_cast<std::uint8_t>(rating);
    page.items.push_back({.done = {value > 0, value, value}});
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

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RecallTest : public ::testing::Test {
 protected:
  /// A page on which `item` was viewed and rated.
  void remember(unsigned item, int rating) {
    const auto value = static_cast<std::uint8_t>(rating);
    memory_.remember({.page = ++page_, .items = {{.item = ItemId(item), .done = {1, value, value}}}}, 0.5);
  }
  std::vector<std::size_t> recalled(std::int64_t budget, std::vector<ItemId> cue = {}) const {
    return recall(memory_, dataset_.catalogue, cue, budget, [](std::size_t) { return 10; });
  }

  Dataset dataset_ = testing::dataset_of(1, 2, {{0}, {1}}, {{0, 0, 4}});
  Memory memory_;
  std::uint16_t page_ = 0;
};

TEST_F(RecallTest, EverythingThatFitsComesInTheOrderOfTime) {
  for (int n = 0; n < 4; ++n) remember(0, 3);
  EXPECT_THAT(recalled(40), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(recalled(9), IsEmpty());
}

TEST_F(RecallTest, TheYoungestComeFirst) {
  for (int n = 0; n < 4; ++n) remember(0, 3);
  EXPECT_THAT(recalled(20), ElementsAre(2, 3));
}

TEST_F(RecallTest, WhatWasImportantIsRememberedLonger) {
  remember(0, 1);  // importance 2
  for (int n = 0; n < 4; ++n) remember(0, 3);
  EXPECT_THAT(recalled(20), ElementsAre(0, 4));
}

TEST_F(RecallTest, WhatBelongsToThePageAtHandComesToMind) {
  remember(1, 3);
  for (int n = 0; n < 4; ++n) remember(0, 3);
  EXPECT_THAT(recalled(20, {ItemId(1)}), ElementsAre(0, 4));
  EXPECT_THAT(recalled(20, {ItemId(0)}), ElementsAre(3, 4));
}

}  // namespace
}  // namespace throng
