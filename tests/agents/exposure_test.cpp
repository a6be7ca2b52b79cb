#include "agents/exposure.h"

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

SessionRecord session_of(unsigned agent, const std::vector<std::pair<unsigned, bool>>& items) {
  SessionRecord session{.agent = AgentId(agent)};
  PageRecord& page = session.pages.emplace_back();
  page.decision = Decision{};
  for (const auto& [item, viewed] : items)
    page.impressions.push_back({.item = ItemId(item), .viewed = viewed});
  return session;
}

// Items 0 and 1 carry genre 0, item 1 also genre 1, item 2 genre 1, item 3 nothing.
const Dataset& world() {
  static const Dataset dataset = testing::dataset_of(1, 3, {{0}, {0, 1}, {1}, {}}, {});
  return dataset;
}

// By hand. Agent 0 is shown items 0, 1, 2: genres 0 twice, 1 twice: top share 2/3, two genres. Agent 1 is shown
// item 1 only: share 1, two genres. Impressions per item: 1, 2, 1, 0.
TEST(Exposure, OfWhatWasShown) {
  Exposure exposure(world().catalogue, Exposure::Of::shown);
  exposure.add(session_of(0, {{0, true}, {1, false}, {2, false}}));
  exposure.add(session_of(1, {{1, true}}));
  EXPECT_DOUBLE_EQ(exposure.top_genre_share(), (2.0 / 3 + 1) / 2);
  EXPECT_DOUBLE_EQ(exposure.distinct_genres(), 2);
  EXPECT_DOUBLE_EQ(exposure.coverage(), 3.0 / 4);
  // Gini of 0, 1, 1, 2: sum of (2i - n - 1) x_i = (-1) 1 + 1 * 1 + 3 * 2 = 6, over n sum = 16.
  EXPECT_DOUBLE_EQ(exposure.gini(), 6.0 / 16);
}

TEST(Exposure, OfWhatWasViewedLeavesOutAgentsThatViewedNothing) {
  Exposure exposure(world().catalogue, Exposure::Of::viewed);
  exposure.add(session_of(0, {{0, true}, {1, false}}));
  exposure.add(session_of(1, {{2, false}}));
  EXPECT_DOUBLE_EQ(exposure.top_genre_share(), 1);
  EXPECT_DOUBLE_EQ(exposure.distinct_genres(), 1);
  EXPECT_DOUBLE_EQ(exposure.coverage(), 1.0 / 4);
}

TEST(Exposure, MergedFromPartsIsThatOfAll) {
  Exposure all(world().catalogue, Exposure::Of::shown);
  Exposure first(world().catalogue, Exposure::Of::shown);
  Exposure second(world().catalogue, Exposure::Of::shown);
  for (Exposure* exposure : {&all, &first}) exposure->add(session_of(0, {{0, true}, {1, false}, {2, false}}));
  for (Exposure* exposure : {&all, &second}) exposure->add(session_of(1, {{1, true}}));
  first.merge(second);
  for (const RoundFigure& figure : round_figures())
    EXPECT_DOUBLE_EQ((first.*figure.value)(), (all.*figure.value)()) << figure.name;
}

}  // namespace
}  // namespace throng
