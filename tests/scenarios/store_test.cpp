#include <gmock/gmock.h>

#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_writer.h"
#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

SessionRecord a_session(std::uint32_t agent) {
  SessionRecord session{.agent = AgentId(agent), .round = 0};
  session.started = VirtualTime(std::chrono::hours(2));
  session.ended = VirtualTime(std::chrono::hours(3));
  const Impression viewed{.item = ItemId(1),
                          .mean_rating = 3.5F,
                          .aligned = true,
                          .viewed = true,
                          .rating = 4,
                          .feeling = Feeling::pleased};
  const Impression passed{.item = ItemId(0), .mean_rating = 2.5F, .aligned = true};
  session.pages.push_back({.page = 1,
                           .shown_at = session.started,
                           .impressions = {viewed, passed},
                           .satisfaction = 0.5,
                           .decision = Decision{.satisfaction = 0.5, .fatigue = 0.2}});
  session.pages.push_back({.page = 2,
                           .shown_at = session.ended,
                           .impressions = {passed},
                           .satisfaction = 0.25,
                           .decision = Decision{.satisfaction = 0.4, .fatigue = 0.4, .exits = true},
                           .reflection = Reflection{.satisfaction = 0.4}});
  session.interview = Interview{.score = 7};
  session.digest = {.high = 1, .low = agent};
  return session;
}

void expect_equal(const SessionRecord& a, const SessionRecord& b) {
  EXPECT_EQ(a.started, b.started);
  EXPECT_EQ(a.ended, b.ended);
  EXPECT_EQ(a.interview->score, b.interview->score);
  EXPECT_EQ(a.digest, b.digest);
  ASSERT_EQ(a.pages.size(), b.pages.size());
  for (std::size_t p = 0; p < a.pages.size(); ++p) {
    EXPECT_EQ(a.pages[p].shown_at, b.pages[p].shown_at);
    EXPECT_EQ(a.pages[p].satisfaction, b.pages[p].satisfaction);
    EXPECT_EQ(a.pages[p].decision->satisfaction, b.pages[p].decision->satisfaction);
    EXPECT_EQ(a.pages[p].decision->fatigue, b.pages[p].decision->fatigue);
    EXPECT_EQ(a.pages[p].decision->exits, b.pages[p].decision->exits);
    EXPECT_EQ(a.pages[p].reflection.has_value(), b.pages[p].reflection.has_value());
    ASSERT_EQ(a.pages[p].impressions.size(), b.pages[p].impressions.size());
    for (std::size_t i = 0; i < a.pages[p].impressions.size(); ++i) {
      EXPECT_EQ(a.pages[p].impressions[i], b.pages[p].impressions[i]);
    }
  }
}

class StoreTest : public ::testing::Test {
 protected:
  TempFolder folder_;
};

TEST_F(StoreTest, SessionsComeBackAsTheyWereWritten) {
  {
    RunWriter writer(folder_ / "run.db");
    writer.write_items(testing::two_camps(2, 4), std::vector{2.5F, 3.5F, 3.0F, 3.0F});
    writer.write_sessions(std::vector{a_session(3), a_session(5)});
    writer.commit();
  }
  const RunReader reader(folder_.path());
  ASSERT_EQ(reader.sessions(AgentId(3)).size(), 1U);
  expect_equal(reader.sessions(AgentId(3))[0], a_session(3));
  expect_equal(reader.sessions(AgentId(5))[0], a_session(5));
  EXPECT_TRUE(reader.sessions(AgentId(4)).empty());
}

TEST_F(StoreTest, OutcomesFromRowsEqualOutcomesFromSessions) {
  {
    RunWriter writer(folder_ / "run.db");
    writer.write_sessions(std::vector{a_session(3), a_session(5)});
    writer.commit();
  }
  EXPECT_THAT(RunReader(folder_.path()).outcomes(),
              ::testing::ElementsAre(outcome_of(a_session(3)), outcome_of(a_session(5))));
}

TEST_F(StoreTest, WritingAgainReplacesTheRows) {
  {
    RunWriter writer(folder_ / "run.db");
    writer.write_sessions(std::vector{a_session(3)});
    writer.commit();
    writer.write_sessions(std::vector{a_session(3)});
    writer.commit();
  }
  const RunReader reader(folder_.path());
  EXPECT_EQ(reader.outcomes().size(), 1U);
  EXPECT_EQ(reader.rating_counts()[3], 1U);
}

TEST_F(StoreTest, UncommittedRowsAreNotSeen) {
  RunWriter writer(folder_ / "run.db");
  writer.commit();
  writer.write_sessions(std::vector{a_session(3)});
  EXPECT_TRUE(RunReader(folder_.path()).outcomes().empty());
}

TEST_F(StoreTest, HostileTextIsOnlyText) {
  Dataset dataset = testing::two_camps(2, 4);
  const std::string title = "'); DROP TABLE items; --";
  dataset.catalogue.items[1].title = title;
  {
    RunWriter writer(folder_ / "run.db");
    writer.write_items(dataset, dataset.mean_ratings());
    writer.commit();
  }
  EXPECT_EQ(RunReader(folder_.path()).item(ItemId(1)).title, title);
}

TEST_F(StoreTest, AFolderWithoutARunIsADataError) {
  EXPECT_THROW(RunReader{folder_.path()}, Failure);
  folder_.write("run.db", "this is no database, however long it may be made to look like one");
  EXPECT_THROW(RunReader{folder_.path()}, Failure);
}

}  // namespace
}  // namespace throng
