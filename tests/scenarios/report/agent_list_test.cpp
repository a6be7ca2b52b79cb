#include <gmock/gmock.h>

#include "scenarios/report/page.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AgentList : public ::testing::Test {
 protected:
  Json list(const AgentListLimits& limits = {}) const {
    return agent_list_json(RunReader(folder_.path()), folder_.path(), limits);
  }
  void sql(const std::string& statement) const {
    SQLite::Database((folder_ / "run.db").string(), SQLite::OPEN_READWRITE).exec(statement);
  }
  /// A run of many agents that have not come.
  void write_many(unsigned agents) const {
    const Dataset dataset = testing::dataset_of(agents, 1, {{0}}, {});
    const TasteSpace space(dataset.catalogue, dataset.interactions);
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_items(dataset, dataset.mean_ratings());
    writer.write_agents(
        {AgentId(0), AgentId(dataset.users.size())}, Population(dataset, space, {}, Draws(1)), dataset, space,
        [](AgentId) { return ""; }, [](AgentId) { return "statistical"; });
    writer.commit();
  }
  static std::vector<std::size_t> with_stories(const Json& list) {
    std::vector<std::size_t> agents;
    for (std::size_t place = 0; place < list["rows"].size(); ++place) {
      if (!list["stories"][place].is_null()) agents.push_back(list["rows"][place][0].get<std::size_t>());
    }
    return agents;
  }

  TempFolder folder_;
};

TEST_F(AgentList, HasARowForEveryAgent) {
  testing::write_small_run(folder_);
  const Json agents = list();
  // Agent, user, traits, genres, mind, sessions, shown, viewed, liked, pages, abandoned, score.
  const Json genres = agents["rows"][0][3];
  EXPECT_EQ(agents["rows"], Json({{0, "0", {1, 2, 2}, genres, 0, 1, 4, 2, 2, 2, 0, 8},
                                  {1, "1", {3, 2, 2}, agents["rows"][1][3], 0, 1, 2, 0, 0, 1, 0, 2}}));
  EXPECT_EQ(agents["traits"][0],
            Json({{"name", "activity"}, {"words", {"occasional", "regular", "devoted"}}}));
  EXPECT_EQ(agents["minds"], Json::array({"statistical"}));
  EXPECT_EQ(agents["text"], "All 2, each with its story.");
}

TEST_F(AgentList, TellsStoriesPageByPage) {
  testing::write_small_run(folder_);
  const Json agents = list();
  const Json& session = agents["stories"][0]["sessions"][0];
  EXPECT_EQ(session["round"], 1);
  EXPECT_EQ(session["score"], 8);
  // Items 0 (rated 5, delighted) and 1, then 2 (rated 4, pleased) and 1: by their places in the list of items.
  EXPECT_EQ(session["pages"][0]["shown"], Json({{0, 0, 1, 5, 5}, Json::array({1})}));
  EXPECT_EQ(session["pages"][1]["shown"], Json({{2, 0, 1, 4, 4}, Json::array({1})}));
  ASSERT_EQ(agents["items"].size(), 3U);
  EXPECT_EQ(agents["items"][2][0], "item 2");
  EXPECT_EQ(agents["actions"][1], Json({{"done", "rating"}, {"form", "number"}, {"optional", 0}}));
}

TEST_F(AgentList, AgentsSpeakInTheirOwnWords) {
  testing::write_small_run(folder_);
  sql("INSERT INTO sayings VALUES (0, 1, 1, 1, 2, 'alignment', 'not for me'), (0, 1, 2, 1, NULL, 'decision', "
      "'on'), "
      "(0, 1, 3, 2, NULL, 'interview', 'good')");
  sql("INSERT INTO failures VALUES (0, 1, 1, 2, 'react', 'no JSON', '{', 1)");
  const Json session = list()["stories"][0]["sessions"][0];
  EXPECT_EQ(session["pages"][0]["said"], Json({{2, "alignment", "not for me"}, {0, "decision", "on"}}));
  EXPECT_EQ(session["pages"][1]["unusable"], Json::array({{"react", "no JSON", "{"}}));
  EXPECT_FALSE(session["pages"][1].contains("said"));
  EXPECT_EQ(session["said"], Json::array({{0, "interview", "good"}}));
}

TEST_F(AgentList, WhatHasNoRoomIsDrawnAtRandomAndSaid) {
  write_many(100);
  const Json all = list();
  EXPECT_EQ(with_stories(all).size(), 100U);

  const std::size_t bytes = json_for_script(all["stories"][0]).size() + 1;
  const Json some = list({.story_bytes = 30 * bytes});
  EXPECT_EQ(some["rows"].size(), 100U);
  const std::vector<std::size_t> told = with_stories(some);
  EXPECT_EQ(told.size(), 30U);
  EXPECT_NE(told.back(), 29U) << "not the first ones";
  EXPECT_EQ(with_stories(list({.story_bytes = 30 * bytes})), told);
  EXPECT_THAT(some["text"].get<std::string>(),
              AllOf(HasSubstr("All 100, with the stories of 30 of them"),
                    HasSubstr("throng story " + folder_.path().string() + " --agent N")));

  const Json fewer = list({.agents = 20, .story_bytes = 10 * bytes});
  EXPECT_EQ(fewer["rows"].size(), 20U);
  EXPECT_THAT(told, ::testing::IsSupersetOf(with_stories(fewer))) << "the same ones come first";
  EXPECT_THAT(fewer["text"].get<std::string>(), HasSubstr("20 of 100"));
}

TEST_F(AgentList, IsAbsentWhereNoAgentsWereKept) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.commit();
  }
  EXPECT_TRUE(list().is_null());
}

TEST_F(AgentList, HostileTextsStayInTheirScript) {
  testing::write_small_run(folder_);
  const std::string evil = "</script><script>alert(1)</script><!--";
  sql("UPDATE items SET title = '" + evil + "'");
  sql("UPDATE agents SET external_id = '" + evil + "', persona = '" + evil + "'");
  const std::string page = html_report({{"title", "t"}, {"agents", list()}});
  EXPECT_THAT(page, ::testing::Not(HasSubstr(evil)));
  EXPECT_THAT(page, HasSubstr("\\u003c/script\\u003e\\u003cscript\\u003ealert(1)"));
}

}  // namespace
}  // namespace throng
