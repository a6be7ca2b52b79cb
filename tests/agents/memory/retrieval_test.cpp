#include "agents/memory/retrieval.h"

#include <gmock/gmock.h>

#include "agents/memory/text_embedder.h"

namespace throng {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using MemoryKind = MemoryRef::Kind;

class RetrievalTest : public ::testing::Test {
 protected:
  /// A page, so many hours after the start, on which an item was viewed and rated.
  void remember(int hours, int rating) {
    const auto value = static_cast<std::uint8_t>(rating);
    const RememberedItem item{.done = ActionValues{1, value, value}};
    memory_.remember({.when = VirtualTime(std::chrono::hours(hours)), .page = ++page_}, {&item, 1});
  }
  std::vector<double> claims_at(int hours, const std::vector<double>& relevances = {},
                                const RetrievalWeights& weights = {}) const {
    return claims(memory_, memories_of(memory_), VirtualTime(std::chrono::hours(hours)), relevances, weights);
  }
  /// Indices of the pages; each memory takes 10 tokens.
  std::vector<int> retrieved(std::int64_t budget, const std::vector<double>& relevances = {},
                             const RetrievalWeights& weights = {},
                             const std::optional<MemoryRef>& always = {}) const {
    std::vector<int> pages;
    for (const MemoryRef& ref : retrieve(
             memories_of(memory_), claims_at(10, relevances, weights), budget,
             [](const MemoryRef&) { return 10; }, always))
      pages.push_back(ref.index);
    return pages;
  }

  Memory memory_;
  std::uint16_t page_ = 0;
};

// By hand, ten hours after the start: recencies 0.995^10, 0.995^5 and 0.995^0 = 0.9511, 0.9752 and 1, so 0, 0.4925 and 1
// of their range; importances 2, 1 and 0, so 1, 0.5 and 0.
TEST_F(RetrievalTest, EachPartIsBroughtToItsRangeAndWeighed) {
  remember(0, 1);
  remember(5, 4);
  remember(10, 3);
  EXPECT_THAT(claims_at(10, {0.2, 0.2, 0.7}),
              ElementsAre(DoubleNear(1, 1e-4), DoubleNear(0.9938, 1e-4), DoubleNear(2, 1e-4)));
  EXPECT_THAT(claims_at(10, {0.2, 0.2, 0.7}, {.relevance = 3, .recency = 0, .importance = 2}),
              ElementsAre(DoubleNear(2, 1e-9), DoubleNear(1, 1e-9), DoubleNear(3, 1e-9)));
}

TEST_F(RetrievalTest, EverythingThatFitsComesInTheOrderOfTime) {
  for (int hour = 0; hour < 4; ++hour) remember(hour, 3);
  EXPECT_THAT(retrieved(40), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(retrieved(20), ElementsAre(2, 3));
  EXPECT_THAT(retrieved(9), IsEmpty());
}

TEST_F(RetrievalTest, WhatWasImportantOrIsRelevantComesThoughItIsOld) {
  remember(0, 1);
  for (int hour = 1; hour < 5; ++hour) remember(hour, 3);
  EXPECT_THAT(retrieved(20), ElementsAre(0, 4));
  EXPECT_THAT(retrieved(20, {0, 1, 0, 0, 0}), ElementsAre(1, 4));
}

TEST_F(RetrievalTest, WhatMustComeComesFirstAndCountsInTheBudget) {
  for (int hour = 0; hour < 3; ++hour) remember(hour, 5);
  remember(3, 3);  // claims the least
  const RetrievalWeights importance{.relevance = 0, .recency = 0};
  EXPECT_THAT(retrieved(20, {}, importance), ElementsAre(1, 2));
  const std::optional<MemoryRef> last = youngest_page(memories_of(memory_));
  EXPECT_EQ(last->index, 3);
  EXPECT_THAT(retrieved(20, {}, importance, last), ElementsAre(2, 3));
  EXPECT_THAT(retrieved(5, {}, importance, last), ElementsAre(3)) << "though it costs more";
  EXPECT_THAT(retrieved(0, {}, importance, last), IsEmpty()) << "no memory is wanted";
  EXPECT_FALSE(youngest_page({}).has_value());
}

TEST_F(RetrievalTest, AReflectionIsAMemoryOfItsOwnAsImportantAsTheMostImportantPageItConcludes) {
  remember(0, 5);
  remember(1, 5);
  memory_.remember(Reflection{.satisfaction = 0.5});
  remember(2, 4);
  EXPECT_THAT(memories_of(memory_),
              ElementsAre(MemoryRef{MemoryKind::page, 0}, MemoryRef{MemoryKind::page, 1},
                          MemoryRef{MemoryKind::reflection, 0}, MemoryRef{MemoryKind::page, 2}));
  EXPECT_THAT(claims_at(3, {}, {.relevance = 0, .recency = 0}), ElementsAre(1, 1, 1, 0));
}

TEST_F(RetrievalTest, WhatClaimsLeastIsForgottenUntilTheMemoryFits) {
  remember(0, 5);  // old, but important
  for (int hour = 1; hour < 20; ++hour) remember(hour, 3);
  memory_.compact();
  const std::size_t most = memory_.bytes() * 2 / 3;
  forget(memory_, VirtualTime(std::chrono::hours(20)), most);
  EXPECT_LE(memory_.bytes(), most);
  EXPECT_GT(memory_.pages().size(), 5U);
  EXPECT_EQ(memory_.pages().front().page, 1);
  EXPECT_EQ(memory_.pages().back().page, 20);
  EXPECT_GT(memory_.pages()[1].page, 3) << "the oldest of the others went";
  forget(memory_, VirtualTime(std::chrono::hours(20)), 0);
  ASSERT_EQ(memory_.pages().size(), 1U) << "the youngest stays";
  EXPECT_EQ(memory_.pages()[0].page, 20);
}

TEST(TextEmbedder, IsNearToWhatSharesWordsOrPartsOfThem) {
  const TextVector asked = text_vector("A comedy about a pig");
  EXPECT_NEAR(similarity(asked, asked), 1, 1e-6);
  EXPECT_NEAR(similarity(asked, text_vector("PIG, comedy")), 1, 1e-6)
      << "order, case and stop words say nothing";
  EXPECT_GT(similarity(asked, text_vector("comedies")), 0.2);
  EXPECT_LT(similarity(asked, text_vector("horror in space")), 0.1);
  EXPECT_GT(similarity(text_vector("école"), text_vector("écoles")), 0.3);
  EXPECT_EQ(similarity(asked, text_vector("?! ...")), 0);
  EXPECT_EQ(similarity(asked, text_vector("")), 0);
}

}  // namespace
}  // namespace throng
