#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "scenarios/store/run_reader.h"
#include "scenarios/store/run_writer.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

SessionRecord a_session(std::uint32_t agent) {
  SessionRecord session{.agent = AgentId(agent), .round = 0};
  session.started = VirtualTime(std::chrono::hours(2));
  session.ended = VirtualTime(std::chrono::hours(3));
  const Impression viewed{.item = ItemId(1), .mean_rating = 3.5F, .aligned = true, .hidden = true};
  const Impression passed{.item = ItemId(0), .mean_rating = 2.5F, .aligned = true, .hidden = false};
  session.pages.push_back({.page = 1,
                           .shown_at = session.started,
                           .impressions = {viewed, passed},
                           .words = {{.position = 1, .text = ""}},
                           .satisfaction = 0.5,
                           .decision = Decision{.satisfaction = 0.5, .fatigue = 0.2}});
  add_view(session.pages[0].actions, 1, 4, Feeling::pleased);
  session.pages.push_back({.page = 2,
                           .shown_at = session.ended,
                           .impressions = {passed},
                           .words = {{.position = 1, .text = "an offer you can't refuse"}},
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
    EXPECT_EQ(a.pages[p].impressions, b.pages[p].impressions);
    EXPECT_EQ(a.pages[p].words, b.pages[p].words);
    EXPECT_EQ(a.pages[p].actions, b.pages[p].actions);
  }
}

class StoreTest : public ::testing::Test {
 protected:
  TempFolder folder_;
};

/// Somebody who has the file open, in the middle of reading.
class Looker {
 public:
  explicit Looker(const std::filesystem::path& file) : database_(file.string(), SQLite::OPEN_READONLY) {
    database_.exec("BEGIN");
    database_.execAndGet("SELECT COUNT(*) FROM sqlite_master");
  }

 private:
  SQLite::Database database_;
};

// It was "database is locked" and the end of the run, once in fifty times that somebody looked every millisecond.
TEST_F(StoreTest, WhoeverLooksWhileTheFileIsMadeOnlyDelaysIt) {
  const std::filesystem::path file = folder_ / "run.db";
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (a)");
  std::optional<Looker> looker(file);
  std::thread leaves([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    looker.reset();
  });
  EXPECT_NO_THROW({
    RunWriter writer(file);
    writer.write_meta("status", "running");
    writer.finish();
  });
  leaves.join();
}

TEST_F(StoreTest, AFinishedRunIsWholeThoughSomebodyHasItOpen) {
  RunWriter writer(folder_ / "run.db");
  writer.write_meta("status", "running");
  writer.commit();
  std::optional<Looker> looker(folder_ / "run.db");
  writer.write_meta("status", "finished");
  EXPECT_NO_THROW(writer.finish());
  looker.reset();
  const SQLite::Database read((folder_ / "run.db").string(), SQLite::OPEN_READONLY);
  SQLite::Statement status(read, "SELECT value FROM meta WHERE key = 'status'");
  ASSERT_TRUE(status.executeStep());
  EXPECT_EQ(status.getColumn(0).getString(), "finished");
}

TEST_F(StoreTest, SessionsComeBackAsTheyWereWritten) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
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

/// As `a_session`, on whose second page it finds what it has searched for after the first, and saves it.
SessionRecord a_search(std::uint32_t agent) {
  SessionRecord session = a_session(agent);
  session.pages[0].decision->search = "film; noir'";
  session.pages[1].results_of = "film; noir'";
  session.pages[0].actions.push_back({.position = 2, .kind = ActionKind::save});
  session.pages[1].actions.push_back({.position = 1, .kind = ActionKind::share});
  session.notes.sayings.push_back(
      {.page = 2, .position = 1, .about = Saying::About::share, .text = "see it"});
  return session;
}

TEST_F(StoreTest, SearchesComeBackAndAreApartFromWhatWasRecommended) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_meta("actions", R"(["save", "search"])");
    writer.write_items(testing::two_camps(2, 4), std::vector{2.5F, 3.5F, 3.0F, 3.0F});
    writer.write_sessions(std::vector{a_search(3), a_session(5)});
    writer.commit();
  }
  const RunReader run(folder_.path());
  const SessionRecord read = run.sessions(AgentId(3)).at(0);
  expect_equal(read, a_search(3));
  EXPECT_EQ(read.pages[0].decision->search, "film; noir'");
  EXPECT_EQ(read.pages[1].results_of, "film; noir'");
  EXPECT_EQ(read.notes.sayings.at(0).about, Saying::About::share);
  EXPECT_THAT(run.outcomes(), ::testing::ElementsAre(outcome_of(a_search(3)), outcome_of(a_session(5))));
  EXPECT_EQ(run.actions(), (AllowedActions{.save = true, .search = true}));
  ASSERT_EQ(run.searches().size(), 1U);
  EXPECT_EQ(run.searches()[0].query, "film; noir'");
  EXPECT_EQ(run.searches()[0].found, 1U);
  EXPECT_EQ(run.pages().at(1).sessions, 1U) << "of agent 5 only";
  EXPECT_EQ(run.items()[0].shown, 3U);
  SQLite::Database database((folder_ / "run.db").string());
  EXPECT_EQ(database
                .execAndGet("SELECT group_concat(action || ifnull(': ' || value, ''), ', ') FROM actions "
                            "WHERE agent = 3 AND action IN ('save', 'share', 'search', 'next')")
                .getString(),
            "save, share, search: film; noir'");
}

// What 0.1's first versions wrote has neither these columns nor their view.
TEST_F(StoreTest, RunsOfEarlierVersionsHaveNoSearches) {
  testing::write_small_run(folder_);
  const std::vector<Outcome> before = RunReader(folder_.path()).outcomes();
  SQLite::Database((folder_ / "run.db").string(), SQLite::OPEN_READWRITE)
      .exec(
          "DROP VIEW actions; DROP VIEW decisions; DROP VIEW ranked_impressions; DROP INDEX result_pages; "
          "ALTER TABLE pages DROP COLUMN search; ALTER TABLE pages DROP COLUMN results_of; "
          "ALTER TABLE impressions DROP COLUMN saved; ALTER TABLE impressions DROP COLUMN shared; "
          "ALTER TABLE impressions DROP COLUMN hidden");
  const RunReader run(folder_.path());
  EXPECT_EQ(run.outcomes(), before);
  EXPECT_EQ(run.sessions(AgentId(0)).at(0).pages.size(), 2U);
  EXPECT_TRUE(run.searches().empty());
  EXPECT_EQ(run.pages().size(), 2U);
  EXPECT_EQ(run.positions(Places::on_page).size(), 2U);
  EXPECT_EQ(run.items()[0].shown, 2U);
}

TEST_F(StoreTest, ActionsAreOneList) {
  {
    RunWriter writer(folder_ / "run.db");
    writer.write_sessions(std::vector{a_session(3)});
    writer.finish();
  }
  SQLite::Database database((folder_ / "run.db").string());
  SQLite::Statement rows(database,
                         "SELECT page, position, action, value FROM actions ORDER BY page, position IS NULL");
  std::vector<std::string> actions;
  while (rows.executeStep()) {
    std::string action;
    for (int column = 0; column < 4; ++column) action += rows.getColumn(column).getString() + " ";
    actions.push_back(action);
  }
  EXPECT_THAT(actions, ::testing::ElementsAre("1 1 view  ", "1 1 rate 4 ", "1 1 feel pleased ", "1  next  ",
                                              "2  exit  "));
}

TEST_F(StoreTest, RunsOfEarlierVersionsHaveNoTableOfWords) {
  testing::write_small_run(folder_);
  SQLite::Database((folder_ / "run.db").string(), SQLite::OPEN_READWRITE).exec("DROP TABLE words");
  EXPECT_EQ(RunReader(folder_.path()).sessions(AgentId(0)).at(0).pages.size(), 2U);
}

TEST_F(StoreTest, AnswersComeBackInTheOrderOfTheirQuestions) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_meta("questions", R"([{"name": "why", "text": "W?", "kind": "choice", "options": ["a", "b"]},
                                       {"name": "trust", "text": "T?", "kind": "score", "least": 0, "most": 5},
                                       {"name": "miss", "text": "M?", "kind": "words"}])");
    std::vector<SessionRecord> sessions{a_session(0), a_session(1)};
    sessions[0].answers = {{.question = "why", .choice = "b", .words = "it was"},
                           {.question = "trust", .score = 0, .words = "no"},
                           {.question = "miss", .words = "comedies"}};
    sessions[1].answers = {{.question = "why", .choice = "b"}, {.question = "trust", .score = 4}};
    writer.write_items(testing::two_camps(2, 4), std::vector{2.5F, 3.5F, 3.0F, 3.0F});
    const Dataset dataset = testing::two_camps(2, 4);
    const TasteSpace space(dataset.catalogue, dataset.interactions);
    writer.write_agents(
        {AgentId(0), AgentId(dataset.users.size())}, Population(dataset, space, {}, Draws(1)), dataset, space,
        [](AgentId) { return ""; }, [](AgentId) { return "m"; });
    writer.write_sessions(sessions);
    writer.commit();
  }
  const RunReader reader(folder_.path());
  const std::vector<Answer> given = reader.session(AgentId(0), 0).answers;
  ASSERT_EQ(given.size(), 3U);
  EXPECT_EQ(given[0], (Answer{.question = "why", .choice = "b", .words = "it was"}));
  EXPECT_EQ(given[1].score, 0);
  const std::vector<QuestionFigures> figures = reader.questions();
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_EQ(figures[0].choices.at("b"), 2U);
  EXPECT_EQ(figures[1].score.agents, 2U);
  EXPECT_DOUBLE_EQ(figures[1].score.mean, 2);
  EXPECT_EQ(figures[1].scores.at(4), 1U);
  EXPECT_EQ(figures[2].answers, 1U);
  EXPECT_EQ(reader.words_of("miss", 5).at(0).answer.words, "comedies");
  EXPECT_EQ(reader.words_of("trust", 5).size(), 1U) << "the other said nothing";
  const RowStream<StoredAnswer> rows = reader.answers();
  std::size_t count = 0;
  while (rows()) ++count;
  EXPECT_EQ(count, 5U);
}

TEST_F(StoreTest, OutcomesFromRowsEqualOutcomesFromSessions) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_sessions(std::vector{a_session(3), a_session(5)});
    writer.commit();
  }
  EXPECT_THAT(RunReader(folder_.path()).outcomes(),
              ::testing::ElementsAre(outcome_of(a_session(3)), outcome_of(a_session(5))));
}

TEST_F(StoreTest, WritingAgainReplacesTheRows) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
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
  testing::write_facts(writer);
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
    testing::write_facts(writer);
    writer.write_items(dataset, dataset.mean_ratings());
    writer.commit();
  }
  EXPECT_EQ(RunReader(folder_.path()).item(ItemId(1)).title, title);
}

// Nobody has rated item 0, and agent 3 did not say how satisfied it was.
TEST_F(StoreTest, WhatNobodySaidIsNull) {
  SessionRecord session = a_session(3);
  session.pages[0].satisfaction.reset();
  session.pages[0].decision = Decision{};
  for (PageRecord& page : session.pages) page.impressions.back().mean_rating = 0;
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_items(testing::two_camps(2, 4), std::vector{0.0F, 3.5F, 3.0F, 3.0F});
    writer.write_sessions(std::vector{session});
    writer.commit();
  }
  const RunReader run(folder_.path());
  expect_equal(run.sessions(AgentId(3)).at(0), session);
  EXPECT_FALSE(run.items()[0].mean_rating.has_value());
  EXPECT_EQ(run.items()[1].mean_rating, 3.5);
  SQLite::Database file((folder_ / "run.db").string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(file.execAndGet("SELECT COUNT(*) FROM items WHERE mean_rating IS NULL").getInt(), 1);
  EXPECT_EQ(file.execAndGet("SELECT COUNT(*) FROM decisions WHERE satisfaction IS NULL").getInt(), 1);
}

TEST_F(StoreTest, RoundsInTheFileCountFromOne) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.write_items(testing::two_camps(2, 4), std::vector{2.5F, 3.5F, 3.0F, 3.0F});
    writer.write_sessions(std::vector{a_session(3)});
    writer.write_window({.round = 0, .begin = VirtualTime{}, .end = VirtualTime(std::chrono::hours(4))}, {});
    writer.write_figures(0, Exposures());
    writer.commit();
  }
  SQLite::Database file((folder_ / "run.db").string(), SQLite::OPEN_READWRITE);
  for (const char* table :
       {"windows", "sessions", "pages", "impressions", "words", "reflections", "round_metrics"}) {
    EXPECT_EQ(file.execAndGet(std::string("SELECT group_concat(DISTINCT round) FROM ") + table).getString(),
              "1")
        << table;
  }
  EXPECT_EQ(RunReader(folder_.path()).outcomes()[0].round, 0U) << "as the engine counts";

  file.exec(
      "UPDATE sessions SET round = 0; UPDATE pages SET round = 0; UPDATE impressions SET round = 0; "
      "UPDATE words SET round = 0; UPDATE reflections SET round = 0; UPDATE windows SET round = 0; UPDATE "
      "round_metrics SET round = 0; "
      "PRAGMA user_version = 0");
  const RunReader old(folder_.path());
  expect_equal(old.sessions(AgentId(3)).at(0), a_session(3));
  EXPECT_EQ(old.outcomes()[0].round, 0U);
  EXPECT_EQ(old.round_metrics().at(0).round, 0U);
}

TEST_F(StoreTest, AFolderWithoutARunIsADataError) {
  EXPECT_THROW(RunReader{folder_.path()}, Failure);
  folder_.write("run.db", "this is no database, however long it may be made to look like one");
  EXPECT_THROW(RunReader{folder_.path()}, Failure);
}

/// A sound run, and what was done to it.
struct Damage {
  const char* sql;
  const char* says;
};

class DamagedRun : public StoreTest, public ::testing::WithParamInterface<Damage> {};

/// All that any command reads.
void read_everything(const std::filesystem::path& folder) {
  const RunReader run(folder);
  for (const Outcome& outcome : run.outcomes()) run.sessions(outcome.agent);
  run.rating_counts();
  run.items();
  run.metrics();
}

TEST_P(DamagedRun, IsADataErrorThatNamesTheRow) {
  testing::write_small_run(folder_);
  ASSERT_NO_THROW(read_everything(folder_.path()));
  SQLite::Database((folder_ / "run.db").string(), SQLite::OPEN_READWRITE).exec(GetParam().sql);
  try {
    read_everything(folder_.path());
    ADD_FAILURE() << "read as if it were sound";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::data);
    EXPECT_THAT(failure.what(), ::testing::HasSubstr(folder_.path().string() + "/run.db"));
    EXPECT_THAT(failure.what(), ::testing::HasSubstr(GetParam().says));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Store, DamagedRun,
    ::testing::Values(
        Damage{
            "UPDATE sessions SET score = 'eight' WHERE agent = 1",
            "table sessions, agent 1, round 1: score is 'eight', expected null or an integer from 1 to 10"},
        Damage{"UPDATE sessions SET score = 11 WHERE agent = 0",
               "table sessions, agent 0, round 1: score is 11"},
        Damage{
            "UPDATE impressions SET feeling = 'furious' WHERE viewed AND page = 2",
            "table impressions, agent 0, round 1, page 2, position 1: feeling is 'furious', expected one of"},
        Damage{"UPDATE impressions SET rating = NULL WHERE viewed AND page = 2",
               "rating is NULL, expected an integer from 1 to 5 where viewed = 1, else null"},
        Damage{"UPDATE impressions SET rating = 3 WHERE NOT viewed",
               "agent 0, round 1, page 1, position 2: rating is 3"},
        Damage{
            "UPDATE impressions SET item = 17 WHERE agent = 1 AND position = 2",
            "agent 1, round 1, page 1, position 2: item is 17, expected the number of a row of table items"},
        Damage{"UPDATE impressions SET page = 9 WHERE page = 2", "page 9: table pages has no such page"},
        Damage{"DELETE FROM pages WHERE agent = 0 AND page = 1", "page 2: the page before it is missing"},
        Damage{"UPDATE pages SET satisfaction = 'high'",
               "satisfaction is 'high', expected null or a number from 0 to 1"},
        Damage{"UPDATE sessions SET round = -1", "round is -1"},
        Damage{"UPDATE sessions SET digest = 'xyz' WHERE agent = 0",
               "digest is 'xyz', expected 32 hexadecimal digits"},
        Damage{"UPDATE sessions SET agent = 7 WHERE agent = 1",
               "expected the number of a row of table agents"},
        Damage{"DELETE FROM agents WHERE agent = 0",
               "table agents has 1 rows numbered from 1 to 1, expected 0 to 0"},
        Damage{"UPDATE agents SET activity = 4 WHERE agent = 1", "table agents, agent 1: activity is 4"},
        Damage{"UPDATE items SET mean_rating = x'00' WHERE item = 2",
               "table items, item 2: mean_rating is X'00'"},
        Damage{"UPDATE metrics SET mean = 'much' WHERE position = 1",
               "table metrics, position 1: mean is 'much'"},
        Damage{"DELETE FROM meta WHERE key = 'status'", "table meta has no row status"},
        Damage{"DELETE FROM meta WHERE key = 'digest'", "table meta has no row digest"},
        Damage{"UPDATE meta SET value = 'done' WHERE key = 'status'", "table meta, status: it is 'done'"},
        Damage{"DELETE FROM meta", "table meta has no row status"},
        Damage{"DROP TABLE meta", "no such table: meta"}));

TEST_F(StoreTest, JsonInMetaThatCannotBeUsedIsDamage) {
  testing::write_small_run(folder_);
  const auto set = [&](const char* value) {
    SQLite::Database file((folder_ / "run.db").string(), SQLite::OPEN_READWRITE);
    SQLite::Statement insert(file, "INSERT OR REPLACE INTO meta VALUES ('llm', ?)");
    insert.bind(1, value);
    insert.exec();
  };
  const auto read_calls = [&] {
    std::int64_t calls = 0;
    RunReader(folder_.path()).with_meta("llm", [&](const Json& llm) {
      calls = llm.at("calls").get<std::int64_t>();
    });
    return calls;
  };
  set(R"({"calls": 7})");
  EXPECT_EQ(read_calls(), 7);
  for (const char* damaged : {"{\"calls\": 7", "{}", "[]", "{\"calls\": \"many\"}"}) {
    set(damaged);
    EXPECT_THAT(read_calls, ::testing::ThrowsMessage<Failure>(
                                ::testing::HasSubstr("run.db is damaged: table meta, llm: ")));
  }
}

}  // namespace
}  // namespace throng
