#include "agents/training_data.h"

#include <algorithm>
#include <map>
#include <utility>

#include <gmock/gmock.h>

#include "tests/support/interactions_of.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Source = PopulationOptions::Source;

/// What was made of four items of a page; without a decision the page is degraded.
PageRecord page_of(std::optional<Decision> decision) {
  PageRecord page{.impressions = {{.item = ItemId(5), .aligned = true},
                                  {.item = ItemId(3), .aligned = true},
                                  {.item = ItemId(1), .aligned = true},
                                  {.item = ItemId(9)}},
                  .decision = std::move(decision)};
  add_view(page.actions, 1, 4, Feeling::pleased);
  add_view(page.actions, 2, 2, Feeling::disappointed);
  return page;
}

std::vector<ItemId> picked(const SessionRecord& session, PickRule rule) {
  return picked_items(session, rule, Draws(5));
}

TEST(PickedItems, FollowTheRule) {
  const SessionRecord session{.pages = {page_of(Decision{})}};
  EXPECT_THAT(picked(session, PickRule::viewed), ElementsAre(ItemId(3), ItemId(5)));
  EXPECT_THAT(picked(session, PickRule::aligned), ElementsAre(ItemId(1), ItemId(3), ItemId(5)));
  EXPECT_THAT(picked(session, PickRule::liked), ElementsAre(ItemId(5)));
  EXPECT_THAT(picked(session, PickRule::unviewed), ElementsAre(ItemId(1), ItemId(9)));
}

// An item that came twice is viewed if it was once.
TEST(PickedItems, OfUnviewedOnesHoldNoneThatWasViewedOnAnotherPage) {
  SessionRecord session{.pages = {page_of(Decision{})}};
  session.pages.push_back(
      {.impressions = {{.item = ItemId(1)}, {.item = ItemId(2)}}, .decision = Decision{}});
  add_view(session.pages.back().actions, 1, 3, Feeling::indifferent);
  EXPECT_THAT(picked(session, PickRule::unviewed), ElementsAre(ItemId(2), ItemId(9)));
}

// Two of four items were viewed. Over 600 agents each item is drawn with probability 1/2, and each of the six pairs with 1/6:
// four standard deviations are 49 and 37.
TEST(PickedItems, AtRandomAreAsManyAsWereViewedUniformlyDrawnFromAllShown) {
  std::map<std::vector<ItemId>, int> pairs;
  std::map<ItemId, int> items;
  for (std::uint32_t agent = 0; agent < 600; ++agent) {
    const SessionRecord session{.agent = AgentId(agent), .round = 2, .pages = {page_of(Decision{})}};
    const std::vector<ItemId> drawn = picked(session, PickRule::random);
    EXPECT_EQ(drawn, picked(session, PickRule::random)) << "the same every time";
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    ++pairs[drawn];
    for (const ItemId item : drawn) ++items[item];
  }
  EXPECT_EQ(pairs.size(), 6U);
  for (const auto& [pair, times] : pairs) EXPECT_NEAR(times, 100, 37);
  for (const unsigned shown : {1U, 3U, 5U, 9U}) EXPECT_NEAR(items[ItemId(shown)], 300, 49) << shown;
}

TEST(PickedItems, AtRandomAreNoneWhereNothingWasViewed) {
  const SessionRecord session{.pages = {{.impressions = {{.item = ItemId(1)}}, .decision = Decision{}}}};
  EXPECT_THAT(picked(session, PickRule::random), IsEmpty());
}

TEST(PickedItems, LeaveOutDegradedPages) {
  SessionRecord session{.pages = {page_of(std::nullopt)}};
  for (const PickRule rule :
       {PickRule::viewed, PickRule::aligned, PickRule::liked, PickRule::unviewed, PickRule::random})
    EXPECT_THAT(picked(session, rule), IsEmpty());
  session.pages.push_back({.impressions = {{.item = ItemId(7)}}, .decision = Decision{}});
  add_view(session.pages.back().actions, 1, 5, Feeling::delighted);
  EXPECT_THAT(picked(session, PickRule::viewed), ElementsAre(ItemId(7)));
}

class TrainingDataTest : public ::testing::Test {
 protected:
  Population population(const PopulationOptions& options) const {
    return {dataset_, space_, options, Draws(1)};
  }

  Dataset dataset_ = testing::dataset_of(2, 0, {{}, {}, {}, {}}, {{0, 0, 4}, {1, 1, 4}});
  Interactions train_ = testing::interactions_of(4, {{0}, {1}});
  TasteSpace space_{dataset_.catalogue, train_};
};

TEST_F(TrainingDataTest, UsersKeepTheirRowsAndSampledAgentsGetRowsThatBeginAsCopies) {
  const Population agents = population({.agents = 3});
  const TrainingData training(train_, agents);
  ASSERT_EQ(training.num_rows(), 3U);
  std::vector<std::vector<ItemId>> picked(3);
  picked[0] = {ItemId(2)};
  picked[2] = {ItemId(3)};
  const Interactions rows = training.with_picks(picked);
  EXPECT_THAT(rows.items_of(UserId(0)), ElementsAre(ItemId(0), ItemId(2)));
  EXPECT_THAT(rows.items_of(UserId(1)), ElementsAre(ItemId(1)));
  const ItemId copied = train_.items_of(agents.user_of(AgentId(2)))[0];
  EXPECT_THAT(rows.items_of(UserId(2)), ElementsAre(copied, ItemId(3)));
}

TEST_F(TrainingDataTest, APopulationThatIsAllSampledFollowsTheUsers) {
  const Population agents = population({.agents = 4, .source = Source::sampled});
  const TrainingData training(train_, agents);
  EXPECT_EQ(training.num_rows(), 6U);
  EXPECT_EQ(training.row_of(AgentId(0)), UserId(2));
  EXPECT_EQ(training.row_of(AgentId(3)), UserId(5));
}

TEST_F(TrainingDataTest, WhatIsPickedIsNoLongerHeldOut) {
  const Population agents = population({.agents = 3});
  const TrainingData training(train_, agents);
  std::vector<std::vector<ItemId>> picked(3);
  picked[0] = {ItemId(2)};
  picked[2] = {ItemId(3)};
  const Interactions of_users = training.picks_of_users(picked);
  EXPECT_EQ(of_users.num_users(), 2U);
  EXPECT_THAT(of_users.items_of(UserId(0)), ElementsAre(ItemId(2)));
  EXPECT_EQ(of_users.size(), 1U) << "a sampled agent is no user";
  const Interactions held_out = training.held_out(testing::interactions_of(4, {{2, 3}, {2}}), picked);
  EXPECT_EQ(held_out.num_users(), 3U);
  EXPECT_THAT(held_out.items_of(UserId(0)), ElementsAre(ItemId(3)));
  EXPECT_THAT(held_out.items_of(UserId(1)), ElementsAre(ItemId(2)));
  EXPECT_THAT(held_out.items_of(UserId(2)), IsEmpty());
}

}  // namespace
}  // namespace throng
