// A run over several ranks: what readers make of its files, and `throng merge`.
#include "scenarios/store/run_shards.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/store/run_merge.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/sql_metrics.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr unsigned kAgents = 12;
constexpr unsigned kItems = 8;
constexpr std::uint16_t kRounds = 2;

/// A visit with a bit of everything that a session can have: a search and its results, adverts, an order of the prompt, words, replies that
/// could not be used; every fifth agent is abandoned.
SessionRecord visit(unsigned agent, std::uint16_t round) {
  const bool is_abandoned = agent % 5 == 4;
  const bool searches = agent % 3 == 0 && !is_abandoned;
  SessionRecord session{.agent = AgentId(agent), .round = round};
  session.started = VirtualTime(std::chrono::minutes(agent + 1000 * round));
  session.ended = session.started + std::chrono::minutes(30);
  session.digest = {.high = agent, .low = round};
  for (std::uint16_t number = 1; number <= 3; ++number) {
    PageRecord& page = session.pages.emplace_back(PageRecord{.page = number, .shown_at = session.started});
    for (unsigned position = 1; position <= 3; ++position) {
      const unsigned mixed = 7 * agent + 3 * number + position + round;
      page.impressions.push_back(
          {.item = ItemId(mixed % kItems), .aligned = mixed % 2 == 0, .hidden = mixed % 4 == 1});
      if (mixed % 3 == 0)
        add_view(page.actions, position, static_cast<std::uint8_t>(1 + mixed % 5), Feeling::pleased);
    }
    if (is_abandoned && number > 1) continue;  // degraded
    page.satisfaction = 1.0 / (agent + number);
    page.decision = Decision{.satisfaction = 0.1 * number, .fatigue = 0.3, .exits = number == 3};
    if (number == 2 && agent % 2 == 1) page.words = {{.position = 2, .text = "buy it"}};
    if (number == 1) page.prompt_order = {2, 3, 1};
    if (number == 2) page.reflection = Reflection{.satisfaction = 0.5};
  }
  if (searches) {
    session.pages[0].decision->search = agent % 2 == 0 ? "Noir" : "noir";
    session.pages[1].results_of = session.pages[0].decision->search;
  }
  session.notes.sayings = {{.page = 1, .position = 1, .about = Saying::About::alignment, .text = "mine"},
                           {.page = 3, .about = Saying::About::interview, .text = "well"}};
  session.notes.unusable = {{.page = 1, .step = Step::decide, .problem = "no JSON", .reply = "{"}};
  if (is_abandoned) return session;
  session.interview = Interview{.score = static_cast<std::uint8_t>(1 + agent % 10)};
  session.answers = {{.question = "trust", .score = static_cast<int>(agent % 6), .words = "because"}};
  return session;
}

/// A finished run over `begins.size()` ranks, each with the agents from one of `begins` (the first is 0) to the next.
void write_run(const fs::path& folder, const std::vector<unsigned>& begins,
               const std::string& status = "finished") {
  fs::create_directories(folder);
  const Dataset dataset = testing::two_camps(kAgents, kItems);
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  const Population population(dataset, space, {}, Draws(1));
  std::vector<Outcome> outcomes;
  for (unsigned agent = 0; agent < kAgents; ++agent) {
    for (std::uint16_t round = 0; round < kRounds; ++round)
      outcomes.push_back(outcome_of(visit(agent, round)));
  }
  for (std::size_t rank = 0; rank < begins.size(); ++rank) {
    const unsigned end = rank + 1 < begins.size() ? begins[rank + 1] : kAgents;
    RunWriter writer(shard_of(folder, rank));
    if (rank == 0) {
      testing::write_facts(writer, "camps", status);
      writer.write_meta("digest", "abc");
      if (begins.size() > 1) {
        writer.write_meta("ranks", std::to_string(begins.size()));
        writer.write_meta("agents", std::to_string(kAgents));
      }
      writer.write_meta("questions",
                        R"([{"name": "trust", "text": "T?", "kind": "score", "least": 0, "most": 5}])");
      writer.write_items(dataset, dataset.mean_ratings());
      writer.write_window({.round = 0, .begin = {}, .end = VirtualTime(std::chrono::hours(4))}, {});
      writer.write_figures(0, Exposures());
      writer.write_metrics(headline_metrics(outcomes));
    }
    writer.write_agents(
        {AgentId(begins[rank]), AgentId(end)}, population, dataset, space, [](AgentId) { return "likes it"; },
        [](AgentId) { return "statistical"; });
    for (std::uint16_t round = 0; round < kRounds; ++round) {
      for (unsigned agent = begins[rank]; agent < end; ++agent)
        writer.write_sessions(std::vector{visit(agent, round)});
    }
    writer.finish();
  }
}

std::string text(const AgentMean& mean) {
  return fmt::format("{} {} {}", mean.agents, mean.mean, mean.standard_error);
}

template <class Number>
std::string text(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "none";
}

std::string text(const Answer& answer) {
  return fmt::format("{} {} {} {}", answer.question, text(answer.score), answer.choice, answer.words);
}

std::string text(const SessionRecord& session) {
  std::string all =
      fmt::format("session {} {} {} {} {} {}", index(session.agent), session.round,
                  session.started.time_since_epoch().count(), session.ended.time_since_epoch().count(),
                  session.digest.hex(), session.interview ? session.interview->score : 0);
  for (const PageRecord& page : session.pages) {
    all += fmt::format("\n  page {} {} {} {}", page.page, page.results_of, text(page.satisfaction),
                       fmt::join(page.prompt_order, ","));
    if (page.decision)
      all += fmt::format(" {} {} {} {}", text(page.decision->satisfaction), text(page.decision->fatigue),
                         page.decision->exits, page.decision->search);
    if (page.reflection) all += fmt::format(" reflects {}", page.reflection->satisfaction);
    for (const Impression& shown : page.impressions)
      all += fmt::format(" [{} {} {} {}]", index(shown.item), shown.mean_rating, shown.aligned,
                         shown.hidden.value_or(false));
    for (const Action& action : page.actions)
      all += fmt::format(" {}:{}={}", action.position, static_cast<int>(action.kind), action.value);
    for (const WordsBeside& words : page.words) all += fmt::format(" {}: {}", words.position, words.text);
  }
  for (const Answer& answer : session.answers) all += "\n  " + text(answer);
  for (const Saying& said : session.notes.sayings)
    all += fmt::format("\n  {} {} {} {}", said.page, said.position, to_string(said.about), said.text);
  for (const UnusableReply& reply : session.notes.unusable)
    all += fmt::format("\n  {} {} {} {}", reply.page, to_string(reply.step), reply.problem, reply.gave_up);
  return all;
}

/// What every function of RunReader says of a run, all digits of numbers included.
std::vector<std::string> all_that_readers_see(const fs::path& folder) {
  const RunReader run(folder);
  std::vector<std::string> lines{run.meta("status"), run.meta("digest")};
  const auto add = [&](const std::string& line) { lines.push_back(line); };
  const auto add_values = [&](const std::vector<MetricValues>& metrics) {
    for (const MetricValues& metric : metrics) {
      add("values of " + metric.name);
      for (const AgentValue& value : metric.agents)
        add(fmt::format("{} {}", index(value.agent), value.value));
    }
  };
  for (const Outcome& o : run.outcomes())
    add(fmt::format(
        "outcome {} {}: {}", index(o.agent), o.round,
        fmt::join(std::vector{o.shown, o.viewed, o.liked, o.pages, o.abandoned ? 1U : 0U, o.score.value_or(0),
                              o.searches, o.found, o.found_viewed, o.adverts, o.adverts_viewed,
                              o.adverts_liked, o.judged, o.aligned, o.hidden, o.hidden_aligned},
                  " ")));
  for (const Metric& metric : run.metrics())
    add(fmt::format("{} {} {} {} {}", metric.name, metric.mean, metric.standard_error, metric.agents,
                    metric.pages));
  add_values(run.own_values());
  add_values(run.position_values());
  for (const TraitGroups& traits : run.traits())
    add(fmt::format("traits {} {} {}", traits.activity, traits.conformity, traits.diversity));
  add(fmt::format("ratings {}", fmt::join(run.rating_counts(), " ")));
  const auto agents = run.agents();
  while (const std::optional<StoredAgent> agent = agents()) {
    add(fmt::format("agent {} {} {} {} {}", index(agent->agent), agent->external_id, agent->perturbed,
                    agent->favourite_genres, agent->persona));
    EXPECT_EQ(run.agent(agent->agent)->external_id, agent->external_id);
    for (const SessionRecord& session : run.sessions(agent->agent)) add(text(session));
  }
  const auto digests = run.digests();
  while (const std::optional<SessionDigest> digest = digests())
    add(fmt::format("digest {} {} {}", index(digest->agent), digest->round, digest->digest.hex()));
  for (const ItemFigures& item : run.items())
    add(fmt::format("item {} {} {} {} {} {} {} {}", index(item.item), item.title, text(item.mean_rating),
                    item.interactions, item.shown, item.viewed, item.liked, item.given_rating));
  for (const PageFigures& page : run.pages())
    add(fmt::format("page {} {} {} {}", page.page, page.sessions, page.views, page.standard_error));
  for (const SearchFigures& search : run.searches())
    add(fmt::format("search {} {} {} {} {}", search.query, search.times, search.answered, search.found,
                    search.viewed));
  for (const Places places : {Places::on_page, Places::in_prompt, Places::pages}) {
    for (const PositionFigures& figures : run.positions(places))
      add(fmt::format("place {} {} {} {} {}", figures.position, figures.shown, text(figures.aligned),
                      text(figures.viewed), text(figures.rating)));
  }
  for (const RoundMetric& metric : run.round_metrics())
    add(fmt::format("{} {} {}", metric.round, metric.metric, metric.value));
  for (const QuestionFigures& figures : run.questions())
    add(fmt::format("question {} {} {} {}", figures.question.name, figures.answers, figures.agents,
                    text(figures.score)));
  const auto answers = run.answers();
  while (const std::optional<StoredAnswer> answer = answers())
    add(fmt::format("answer {} {} {}", index(answer->agent), answer->round, text(answer->answer)));
  for (const StoredAnswer& answer : run.words_of("trust", 5))
    add(fmt::format("words {} {}", index(answer.agent), text(answer.answer)));
  return lines;
}

/// A file's tables, views and indexes, and their rows in the order in which they lie there.
std::vector<std::string> content_of(const fs::path& file) {
  const SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
  std::vector<std::string> lines;
  for (const char* pragma : {"user_version", "page_size", "journal_mode"})
    lines.push_back(SQLite::Database(file.string()).execAndGet(std::string("PRAGMA ") + pragma).getString());
  SQLite::Statement tables(database,
                           "SELECT name, sql, type FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
  while (tables.executeStep()) {
    lines.push_back(tables.getColumn(1).getString());
    if (tables.getColumn(2).getString() == "index") continue;
    SQLite::Statement rows(database, "SELECT * FROM " + tables.getColumn(0).getString());
    while (rows.executeStep()) {
      std::string& line = lines.emplace_back();
      for (int column = 0; column < rows.getColumnCount(); ++column)
        line += rows.getColumn(column).getString() + "|";
    }
  }
  return lines;
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

void alter(const fs::path& file, const std::string& sql) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
}

/// The failure of `act`, which is expected to have one of this kind.
template <class Act>
std::string failure_by(const Act& act, ErrorKind kind) {
  try {
    act();
    ADD_FAILURE() << "nothing failed";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), kind) << failure.what();
    return failure.what();
  }
  return "";
}

class Shards : public ::testing::Test {
 protected:
  void SetUp() override {
    write_run(folder_ / "one", {0});
    write_run(folder_ / "three", {0, 5, 9});
  }
  fs::path three(const char* file = "") const { return folder_ / "three" / file; }

  TempFolder folder_;
};

TEST_F(Shards, AreNamedByRank) {
  EXPECT_EQ(shard_of("r", 0), fs::path("r/run.db"));
  EXPECT_EQ(shard_of("r", 12), fs::path("r/run.12.db"));
  for (const char* other : {"run.02.db", "run.x.db", "run.3.log", "run.4.db-wal", "run.10.db"})
    folder_.write(std::string("three/") + other, "");
  EXPECT_THAT(shards_in(three()), ElementsAre(three("run.1.db"), three("run.2.db"), three("run.10.db")));
}

TEST_F(Shards, AreReadAsOneFile) {
  const std::vector<std::string> expected = all_that_readers_see(folder_ / "one");
  EXPECT_GT(expected.size(), 100U);
  EXPECT_EQ(all_that_readers_see(three()), expected);
  write_run(folder_ / "idle ranks", {0, 0, 7, 7, 12});
  EXPECT_EQ(all_that_readers_see(folder_ / "idle ranks"), expected) << "some ranks have no agents";
}

TEST_F(Shards, OfARunInOneFileNothingIsMadeOfThem) {
  SQLite::Database database((folder_ / "one/run.db").string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(attach_shards(database).size(), 1U);
  EXPECT_EQ(database.execAndGet("SELECT COUNT(*) FROM temp.sqlite_schema").getInt(), 0);
  EXPECT_EQ(
      database.execAndGet("SELECT COUNT(*) FROM pragma_database_list WHERE name LIKE 'shard%'").getInt(), 0);
}

TEST_F(Shards, AreNotReadThroughForTheStoryOfOneAgent) {
  SQLite::Database database(three("run.db").string(), SQLite::OPEN_READONLY);
  ASSERT_EQ(attach_shards(database).size(), 3U);
  for (const char* sql :
       {"SELECT digest FROM sessions WHERE agent = ? AND round = ?",
        "SELECT p.page, r.satisfaction FROM pages p LEFT JOIN reflections r USING (agent, round, page) "
        "WHERE agent = ? AND round = ? ORDER BY p.page",
        "SELECT page, mean_rating FROM impressions LEFT JOIN items USING (item) "
        "WHERE agent = ? AND round = ? ORDER BY page, position",
        "SELECT text FROM sayings WHERE agent = ? AND round = ? ORDER BY number",
        "SELECT agent FROM ranked_impressions WHERE agent = ? AND round = ?"}) {
    SQLite::Statement plan(database, std::string("EXPLAIN QUERY PLAN ") + sql);
    while (plan.executeStep()) {
      const std::string step = plan.getColumn(3).getString();
      EXPECT_FALSE(step.starts_with("SCAN main.") || step.starts_with("SCAN shard_")) << sql << ": " << step;
    }
  }
}

TEST_F(Shards, ThatAreMissingOrDamagedAreNamed) {
  alter(three("run.2.db"), "UPDATE sessions SET score = 11 WHERE agent = 10");
  EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data),
              HasSubstr("three/run.2.db is damaged: table sessions, agent 10, round 1: score is 11"));
  alter(three("run.2.db"), "UPDATE sessions SET score = 1 WHERE agent = 10; DROP TABLE words");
  EXPECT_THAT(failure_by([&] { RunReader(three()).sessions(AgentId(0)); }, ErrorKind::data),
              HasSubstr("three/run.2.db is damaged: it has no table words"));
  fs::remove(three("run.2.db"));
  EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data),
              HasSubstr("three/run.2.db: is missing: the run's rows lie in run.db and 2 shards"));
  EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::data), HasSubstr("run.2.db: is missing"));
  folder_.write("three/run.2.db", "this is no database, however long it may be made to look like one");
  EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data), HasSubstr("run.2.db"));
  alter(three("run.db"), "UPDATE meta SET value = 'two' WHERE key = 'ranks'");
  EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data),
              HasSubstr("table meta, ranks: it is \"two\", expected a number from 2"));
}

TEST_F(Shards, OfAFinishedRunThatHaveLostAgentsAreNotLeftOut) {
  const auto expect_damage = [&](const std::string& problem, bool is_seen_by_readers = true) {
    if (is_seen_by_readers) {
      EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data), HasSubstr(problem));
    }
    EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::data), HasSubstr(problem));
    EXPECT_THAT(files_in(three()), ::testing::IsSupersetOf({"run.1.db", "run.2.db", "run.db"}));
    fs::remove_all(three());
    write_run(three(), {0, 5, 9});
  };
  const auto forget_number = [&] { alter(three("run.db"), "DELETE FROM meta WHERE key = 'agents'"); };
  fs::resize_file(three("run.2.db"), 0);
  forget_number();
  expect_damage("three/run.2.db is damaged: it has no table agents");
  fs::resize_file(three("run.1.db"), fs::file_size(three("run.1.db")) / 2);
  forget_number();
  expect_damage("three/run.1.db: cannot be read as rows of a run");
  alter(three("run.1.db"), "DROP TABLE agents");
  forget_number();
  expect_damage("three/run.1.db is damaged: it has no table agents");

  alter(three("run.db"), "DELETE FROM agents WHERE agent = 0");
  expect_damage("three/run.db is damaged: it begins with agent 1, and agent 0 is expected");
  alter(three("run.1.db"), "DELETE FROM agents");
  expect_damage("three/run.2.db is damaged: it begins with agent 9, and agent 5 is expected");
  alter(three("run.2.db"), "DELETE FROM agents");
  expect_damage("three/run.db is damaged: it and its 2 shards have 9 agents, the run had 12");
  alter(three("run.1.db"), "DELETE FROM agents WHERE agent = 7");
  expect_damage("three/run.1.db is damaged: it has 3 agents, numbered from 5 to 8", false);
  alter(three("run.1.db"), "UPDATE agents SET agent = 9223372036854775807 WHERE agent = 8");
  expect_damage("three/run.1.db is damaged: its agents are numbered from 5 to 9223372036854775807");
  alter(three("run.db"), "UPDATE meta SET value = '-12' WHERE key = 'agents'");
  expect_damage("three/run.db is damaged: table meta, agents: it is \"-12\", expected a number from 0");
}

TEST_F(Shards, AreNotLookedForByTheMillion) {
  for (const char* ranks : {"1048577", "1000000000000000000", "99999999999999999999", "-3", "1", "3 "}) {
    alter(three("run.db"), fmt::format("UPDATE meta SET value = '{}' WHERE key = 'ranks'", ranks));
    const std::string problem = fmt::format(
        "three/run.db is damaged: table meta, ranks: it is \"{}\", expected a number from 2 to 1048576",
        ranks);
    EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data), HasSubstr(problem));
    EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::data), HasSubstr(problem));
  }
}

// A folder may come from anybody.
TEST_F(Shards, AreNotGivenNamesThatAreSql) {
  const std::string hostile = R"("words"" SELECT 1; DELETE FROM main.sessions; --")";
  for (const std::string& made :
       {"TABLE " + hostile + " (agent)", "VIEW " + hostile + " AS SELECT 1 AS agent"}) {
    for (const char* file : {"run.db", "run.1.db", "run.2.db"}) alter(three(file), "CREATE " + made);
    const auto expected =
        HasSubstr("three/run.db is damaged: no run has a table or view \"words\" SELECT 1;");
    EXPECT_THAT(failure_by([&] { RunReader(three()).outcomes(); }, ErrorKind::data), expected);
    if (made.starts_with("TABLE")) {
      EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::data), expected);
      EXPECT_THAT(files_in(three()), ::testing::IsSupersetOf({"run.1.db", "run.2.db", "run.db"}));
    } else {
      merge_shards(three());  // of views there are no rows to copy
    }
    EXPECT_EQ(SQLite::Database(three("run.db").string()).execAndGet("SELECT COUNT(*) FROM sessions").getInt(),
              made.starts_with("TABLE") ? 10 : 24);
    fs::remove_all(three());
    write_run(three(), {0, 5, 9});
  }
}

TEST_F(Shards, OfARunThatWasKilledAreReadAsFarAsTheyGo) {
  write_run(folder_ / "killed", {0, 5, 9}, "running");
  fs::remove(folder_ / "killed/run.2.db");
  const RunReader run(folder_ / "killed");
  EXPECT_EQ(run.traits().size(), 9U);
  EXPECT_EQ(run.sessions(AgentId(7)).size(), 2U);

  write_run(folder_ / "gap", {0, 5, 9}, "running");
  alter(folder_ / "gap/run.1.db", "DELETE FROM agents");
  EXPECT_EQ(RunReader(folder_ / "gap").traits().size(), 5U);
  EXPECT_THAT(failure_by([&] { merge_shards(folder_ / "gap"); }, ErrorKind::usage),
              HasSubstr("run.2.db begins with agent 9, and agent 5 is in no file"));
  EXPECT_TRUE(fs::exists(folder_ / "gap/run.2.db"));
}

TEST_F(Shards, ThatAreTooManyForSqliteAreToBeMerged) {
  std::vector<unsigned> begins(kAgents);
  for (unsigned agent = 0; agent < kAgents; ++agent) begins[agent] = agent;
  write_run(folder_ / "many", begins);
  const RunReader run(folder_ / "many");
  EXPECT_EQ(run.meta("ranks"), "12");
  EXPECT_EQ(run.metrics().size(), 5U) << "what is of the whole run needs no shards";
  EXPECT_THAT(failure_by([&] { run.outcomes(); }, ErrorKind::usage),
              AllOf(HasSubstr("many lie in 12 files, of which SQLite can read 11 at once"),
                    HasSubstr("`throng merge ")));
  EXPECT_EQ(merge_shards(folder_ / "many"), 11U);
  EXPECT_EQ(all_that_readers_see(folder_ / "many"), all_that_readers_see(folder_ / "one"));
}

TEST_F(Shards, AskedForMetricsOfAScenarioGiveTheNumbersOfOneFile) {
  const std::vector<SqlMetric> metrics{
      {.name = "satisfied", .sql = "SELECT agent, AVG(satisfaction) AS value FROM pages GROUP BY agent"},
      {.name = "sum",
       .sql = "SELECT SUM(p.satisfaction / s.score) FROM pages p JOIN sessions s USING (agent, "
              "round) JOIN impressions USING (agent, round, page)"},
      {.name = "fault", .sql = "SELECT agent, 1 AS value FROM actions"}};
  Json of_one = Json::object();
  Json of_three = Json::object();
  sum_up_metrics(folder_ / "one/run.db", metrics, of_one);
  sum_up_metrics(three("run.db"), metrics, of_three);
  EXPECT_GT(of_one["metrics"]["sum"].get<double>(), 0);
  EXPECT_EQ(of_three, of_one);
  EXPECT_EQ(all_that_readers_see(three()), all_that_readers_see(folder_ / "one"));
  EXPECT_THAT(files_in(three()), ElementsAre("run.1.db", "run.2.db", "run.db")) << "no copy is left";
}

TEST_F(Shards, MergedAreTheFileOfOneProcess) {
  EXPECT_EQ(merge_shards(three()), 2U);
  EXPECT_THAT(files_in(three()), ElementsAre("run.db"));
  EXPECT_EQ(content_of(three("run.db")), content_of(folder_ / "one/run.db"));
  EXPECT_EQ(merge_shards(three()), 0U) << "there is nothing left to do";
}

TEST_F(Shards, OfARunThatStoppedOrKeptASummaryAreMergedToo) {
  write_run(folder_ / "killed", {0, 5, 9}, "stopped");
  fs::remove(folder_ / "killed/run.2.db");
  merge_shards(folder_ / "killed");
  EXPECT_EQ(RunReader(folder_ / "killed").traits().size(), 9U);

  write_run(folder_ / "summary", {0, 12});
  alter(folder_ / "summary/run.db", "DELETE FROM agents; INSERT INTO meta VALUES ('store', 'summary')");
  merge_shards(folder_ / "summary");
  EXPECT_EQ(RunReader(folder_ / "summary").metrics().size(), 5U);
}

TEST_F(Shards, OfAMergeThatWasKilledAreMergedByTheNext) {
  folder_.write("three/run.db.partial", "half a file");
  folder_.write("three/run.db.partial-journal", "what SQLite left");
  EXPECT_EQ(merge_shards(three()), 2U);
  EXPECT_THAT(files_in(three()), ElementsAre("run.db"));

  write_run(folder_ / "late", {0, 5, 9});
  MergedCopy(folder_ / "late/run.db").take_its_place();
  EXPECT_EQ(all_that_readers_see(folder_ / "late"), all_that_readers_see(folder_ / "one"))
      << "shards that are in the file already are not read";
  EXPECT_EQ(merge_shards(folder_ / "late"), 2U);
  EXPECT_THAT(files_in(folder_ / "late"), ElementsAre("run.db"));
}

TEST_F(Shards, ThatSomebodyWritesOrReadsAreLeftAlone) {
  {
    const FolderLock runs_it(three());
    EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::usage), HasSubstr("another process"));
  }
  alter(three("run.db"), "PRAGMA journal_mode = WAL");
  {
    SQLite::Database reads(three("run.db").string(), SQLite::OPEN_READONLY);
    reads.exec("BEGIN");
    reads.execAndGet("SELECT COUNT(*) FROM sessions");
    EXPECT_THAT(failure_by([&] { merge_shards(three()); }, ErrorKind::usage),
                HasSubstr("is being read by another process"));
  }
  EXPECT_EQ(all_that_readers_see(three()), all_that_readers_see(folder_ / "one"));
  EXPECT_EQ(merge_shards(three()), 2U);
  EXPECT_EQ(content_of(three("run.db")), content_of(folder_ / "one/run.db"));
}

// A process that was killed leaves what it committed last in a log beside the file.
TEST_F(Shards, AreMergedWithWhatLiesInTheirLogs) {
  fs::remove(three("run.1.db"));
  fs::rename(three("run.2.db"), three("kept"));
  alter(three("run.db"), "UPDATE meta SET value = 'running' WHERE key = 'status'");
  RunWriter of_1(three("run.1.db"));
  const Dataset dataset = testing::two_camps(kAgents, kItems);
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  of_1.write_agents(
      {AgentId(5), AgentId(12)}, Population(dataset, space, {}, Draws(1)), dataset, space,
      [](AgentId) { return ""; }, [](AgentId) { return "m"; });
  of_1.commit();
  EXPECT_TRUE(fs::exists(three("run.1.db-wal")));
  EXPECT_EQ(RunReader(three()).traits().size(), 12U);
  EXPECT_EQ(merge_shards(three()), 1U);
  EXPECT_EQ(RunReader(three()).traits().size(), 12U);
  EXPECT_THAT(files_in(three()), ElementsAre("kept", "run.db"));
}

}  // namespace
}  // namespace throng
