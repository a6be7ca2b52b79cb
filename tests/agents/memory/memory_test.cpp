#include "agents/memory/memory.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

/// 0: passed over.
std::vector<RememberedItem> rated(const std::vector<int>& ratings) {
  std::vector<RememberedItem> items;
  for (const int rating : ratings) {
    const auto value = static_cast<std::uint8_t>(rating);
    items.push_back(
        {.item = ItemId(static_cast<unsigned>(items.size())), .done = ActionValues{value > 0, value, value}});
  }
  return items;
}

TEST(Memory, KeepsPagesWithTheirItemsAndWhatWasFeltAndDecided) {
  Memory memory;
  memory.remember({.satisfaction = 0.5, .page = 1}, rated({4, 0}));
  memory.remember(Decision{.fatigue = 0.25, .exits = false});
  memory.remember({.page = 2}, rated({0, 3, 0}));
  memory.remember(Decision{.satisfaction = 1, .exits = true});
  memory.remember(Reflection{.satisfaction = 0.4});
  ASSERT_EQ(memory.pages().size(), 2U);
  EXPECT_EQ(memory.items_of(0).size(), 2U);
  EXPECT_EQ(memory.items_of(1)[1].value(ActionKind::rate), 3);
  EXPECT_EQ(memory.pages()[0].fatigue, 0.25F);
  EXPECT_EQ(memory.pages()[0].so_far, kUnsaid);
  EXPECT_EQ(memory.pages()[0].then, RememberedPage::Then::next);
  EXPECT_EQ(memory.pages()[1].satisfaction, kUnsaid);
  EXPECT_EQ(memory.pages()[1].then, RememberedPage::Then::exit);
  ASSERT_EQ(memory.reflections().size(), 1U);
  EXPECT_EQ(memory.reflections()[0].page, 2);
  EXPECT_FLOAT_EQ(memory.reflections()[0].importance, 1) << "of the first page; nothing else mattered";
}

// Importance: |5 - 3| + |4 - 3| = 3 a page.
TEST(Memory, CallsForAReflectionWhenEnoughImportanceHasGathered) {
  constexpr ReflectionRule rule{.importance = 6};
  Memory memory;
  memory.remember({.page = 1}, rated({5, 0, 4, 0}));
  EXPECT_FALSE(memory.calls_for_reflection(rule));
  memory.remember({.page = 2}, rated({1, 2}));
  EXPECT_TRUE(memory.calls_for_reflection(rule));
  memory.remember(Reflection{});
  EXPECT_FALSE(memory.calls_for_reflection(rule));
}

// Of a million agents: 2 GiB. benchmarks/memory_benchmark.cpp measures what they take.
TEST(Memory, TwentyPagesOfFourItemsTakeAtMostTwoKibibytes) {
  constexpr std::size_t kAllocations = 4;
  constexpr std::size_t kOfTheAllocator = 16;  // beside each of them, at most
  Memory memory;
  for (std::uint16_t page = 1; page <= 20; ++page) {
    memory.remember({.satisfaction = 0.5, .page = page}, rated({4, 0, 5, 0}));
    memory.remember(Decision{.satisfaction = 0.5, .fatigue = 0.25, .exits = false});
    if (memory.calls_for_reflection({.importance = 6})) memory.remember(Reflection{.satisfaction = 0.5});
  }
  memory.compact();
  EXPECT_LE(memory.bytes() + kAllocations * kOfTheAllocator, 2048U);
}

TEST(Memory, APageWithNothingToViewMattersALittle) {
  constexpr ReflectionRule rule{.importance = 6};
  Memory memory;
  for (int page = 0; page < 5; ++page) memory.remember({}, rated({0, 0}));
  EXPECT_FALSE(memory.calls_for_reflection(rule));
  memory.remember({}, rated({0, 0}));
  EXPECT_TRUE(memory.calls_for_reflection(rule));
}

TEST(Memory, CallsForAReflectionAfterSoManyPages) {
  constexpr ReflectionRule rule{.pages = 2};
  Memory memory;
  memory.remember({.page = 1}, rated({3}));
  EXPECT_FALSE(memory.calls_for_reflection(rule));
  EXPECT_TRUE(memory.calls_for_reflection(rule, 1)) << "with the page to come";
  memory.remember({.page = 2}, rated({3}));
  EXPECT_TRUE(memory.calls_for_reflection(rule));
  memory.remember(Reflection{});
  EXPECT_FALSE(memory.calls_for_reflection(rule, 1));
  EXPECT_FALSE(memory.calls_for_reflection({})) << "for nothing";
}

// Of a mind that does not say how satisfying a page was its decision tells.
TEST(Memory, CallsForAReflectionWhenSatisfactionSwings) {
  constexpr ReflectionRule rule{.swing = 0.4};
  Memory memory;
  memory.remember({.satisfaction = 0.5, .page = 1}, {});
  memory.remember({.satisfaction = 0.8, .page = 2}, {});
  EXPECT_FALSE(memory.calls_for_reflection(rule));
  memory.remember({.satisfaction = 0.4, .page = 3}, {});
  EXPECT_TRUE(memory.calls_for_reflection(rule));
  memory.remember(Reflection{});
  memory.remember({.page = 4}, {});
  memory.remember(Decision{.satisfaction = 1});
  EXPECT_FALSE(memory.calls_for_reflection(rule)) << "it was the reflection that the fall before it led to";
  memory.remember({.page = 5}, {});
  EXPECT_FALSE(memory.calls_for_reflection(rule)) << "nothing said yet";
  memory.remember(Decision{.satisfaction = 0});
  EXPECT_TRUE(memory.calls_for_reflection(rule));
}

TEST(Memory, WhatIsForgottenGoesWithItsItemsAndWords) {
  Memory memory;
  for (std::uint16_t page = 1; page <= 3; ++page) {
    memory.remember({.page = page}, rated(std::vector<int>(page, 5)));
    memory.remember_words(Saying::About::decision, 0, "page");
  }
  memory.remember(Reflection{});
  memory.remember_words(Saying::About::taste, 0, "taste");
  const std::size_t before = memory.bytes();
  memory.forget_page(1);
  memory.compact();
  EXPECT_LT(memory.bytes(), before);
  ASSERT_EQ(memory.pages().size(), 2U);
  EXPECT_EQ(memory.items_of(0).size(), 1U);
  EXPECT_EQ(memory.items_of(1).size(), 3U);
  EXPECT_EQ(memory.words().size(), 3U);
  memory.forget_page(1);
  EXPECT_EQ(memory.words().back().text, "taste") << "of the reflection after that page";
  memory.forget_reflection(0);
  EXPECT_EQ(memory.words().size(), 1U);
  EXPECT_TRUE(memory.reflections().empty());
}

// A million agents shall fit into 2 GiB after four or five visits: of pages of four, with a reflection after every second one.
TEST(Memory, TwentyPagesWithoutWordsTakeLessThanTwoKiB) {
  Memory memory;
  for (std::uint16_t page = 1; page <= 20; ++page) {
    memory.remember({.satisfaction = 0.5, .page = page}, rated({4, 0, 5, 0}));
    memory.remember(Decision{.satisfaction = 0.5, .fatigue = 0.5});
    if (page % 2 == 0) memory.remember(Reflection{.satisfaction = 0.5});
  }
  memory.compact();
  EXPECT_LE(memory.bytes(), 2048U);
}

TEST(Memory, KeepsWhatWasSaidCutBetweenCharacters) {
  Memory memory;
  memory.remember_words(Saying::About::decision, 0, "before any page");
  memory.remember({.round = 2, .page = 3}, rated({4}));
  memory.remember_words(Saying::About::feeling, 1, std::string(Memory::kWordsBytes - 1, 'x') + "é");
  ASSERT_EQ(memory.words().size(), 1U);
  EXPECT_EQ(memory.words()[0].round, 2);
  EXPECT_EQ(memory.words()[0].page, 3);
  EXPECT_EQ(memory.words()[0].text, std::string(Memory::kWordsBytes - 1, 'x'));
}

}  // namespace
}  // namespace throng
