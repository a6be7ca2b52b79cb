#include "scenarios/store/sql_metrics.h"

#include <gmock/gmock.h>

#include "scenarios/store/run_reader.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SqlFault, OfWhatCanBeAskedThereIsNone) {
  for (
      const char* sql :
      {"SELECT COUNT(*) FROM impressions", "SELECT 1;", "  SELECT 1 -- and no more\n ; ",
       "SELECT agent, AVG(viewed) AS value FROM ranked_impressions GROUP BY agent",
       "SELECT score AS Value, agent AS AGENT FROM sessions WHERE round = 1",
       "WITH late AS (SELECT * FROM counted_impressions WHERE page > 2) SELECT COUNT(*) FROM late",
       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT SUM(i) FROM n",
       R"(SELECT COUNT(DISTINCT g.value) FROM items, json_each('["' || replace(genres, '|', '","') || '"]') g)",
       "SELECT AVG(gap) FROM (SELECT ended_us - lag(ended_us) OVER (ORDER BY round) AS gap FROM sessions)",
       "SELECT sqrt(2) UNION SELECT round(exp(1), 3)"}) {
    EXPECT_EQ(sql_fault(sql), "") << sql;
  }
}

struct Wrong {
  const char* sql;
  const char* says;
};

class SqlThatNoRunCouldBeAsked : public ::testing::TestWithParam<Wrong> {};

TEST_P(SqlThatNoRunCouldBeAsked, IsAFaultInSqlitesWords) {
  EXPECT_THAT(sql_fault(GetParam().sql), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    SqlFault, SqlThatNoRunCouldBeAsked,
    ::testing::Values(
        Wrong{"", "it is empty"}, Wrong{"-- nothing", "it is empty"},
        Wrong{"SELEC 1", "near \"SELEC\": syntax error"},
        Wrong{"SELECT vewed FROM impressions", "no such column: vewed"},
        Wrong{"SELECT AVG(\"vewed\") FROM impressions", "no such column: vewed"},
        Wrong{"SELECT 1 FROM impression", "no such table: impression"},
        Wrong{"SELECT 1; SELECT 2", "it goes on after its first statement"},
        Wrong{"SELECT 1; DELETE FROM pages", "it goes on after its first statement"},
        Wrong{"SELECT ?", "it has a parameter"},
        Wrong{"SELECT agent, score FROM sessions", "its columns are \"agent\", \"score\": expected one"},
        Wrong{"SELECT agent, round, score AS value FROM sessions", "\"agent\", \"round\", \"value\""},
        Wrong{"DELETE FROM sessions", "not authorized"}, Wrong{"UPDATE pages SET page = 1", "not authorized"},
        Wrong{"CREATE TABLE t (a)", "not authorized"}, Wrong{"DROP TABLE pages", "not authorized"},
        Wrong{"ATTACH 'x.db' AS x", "not authorized"}, Wrong{"VACUUM", "expected a SELECT"},
        Wrong{"PRAGMA journal_mode = DELETE", "not authorized"}, Wrong{"BEGIN", "not authorized"},
        Wrong{"EXPLAIN SELECT 1", "expected a SELECT"}, Wrong{"VALUES (1), (2) RETURNING 1", "syntax error"},
        Wrong{"SELECT load_extension('x')", "not authorized"}, Wrong{"SELECT random()", "random"},
        Wrong{"SELECT julianday('now')", "julianday"}, Wrong{"SELECT CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
        Wrong{"SELECT sqlite_version()", "sqlite_version"},
        Wrong{"SELECT COUNT(*) FROM sqlite_master", "not authorized: "},
        Wrong{"SELECT name FROM pragma_table_info('pages')", "not authorized: "},
        Wrong{"SELECT COUNT(*) FROM pragma_database_list", "not authorized: "},
        Wrong{"SELECT value FROM meta WHERE key = 'seed'", "access to meta.value is prohibited"},
        Wrong{"SELECT COUNT(*) FROM agent_metrics", "not authorized: "},
        Wrong{"SELECT mean FROM metrics", "access to metrics.mean is prohibited"}));

class SqlMetrics : public ::testing::Test {
 protected:
  void SetUp() override { testing::write_small_run(folder_); }

  /// The metrics "a", "b", ... of these queries, in the summary of the small run.
  Json taken(const std::vector<std::string>& sql, std::int64_t most_steps = kMostSqlSteps,
             std::int64_t most_bytes = kMostSqlBytes) {
    std::vector<SqlMetric> metrics;
    for (const std::string& each : sql) {
      const std::string name(1, static_cast<char>('a' + metrics.size()));
      metrics.push_back({.name = name, .sql = each, .title = "Metric " + name, .unit = "items"});
    }
    sum_up_metrics(folder_ / "run.db", metrics, summary_, most_steps, most_bytes);
    return summary_;
  }
  std::string fault(const std::string& sql, std::int64_t most_steps = kMostSqlSteps,
                    std::int64_t most_bytes = kMostSqlBytes) {
    const Json summary = taken({sql}, most_steps, most_bytes);
    EXPECT_EQ(summary["metric_agents"]["a"], 0) << "it rests on nobody";
    return summary.value("metric_faults", Json::object()).value("a", "");
  }
  void change(const char* sql) const {
    SQLite::Database((folder_ / "run.db").string(), SQLite::OPEN_READWRITE).exec(sql);
  }

  TempFolder folder_;
  Json summary_{{"metrics", {{"p_view", 0.25}}},
                {"standard_errors", {{"p_view", 0.25}}},
                {"half_widths_95", {{"p_view", 3.2}}},
                {"metric_agents", {{"p_view", 2}}},
                {"metric_pages", {{"p_view", 3}}}};
};

// Agent 0 viewed 2 of 4 items on two pages, agent 1 none of 2 on one.
TEST_F(SqlMetrics, ANumberOfEachAgentBecomesAMeanOverAgents) {
  const Json summary = taken({"SELECT agent, AVG(viewed) AS value FROM ranked_impressions GROUP BY agent"});
  EXPECT_DOUBLE_EQ(summary["metrics"]["a"].get<double>(), 0.25);
  EXPECT_DOUBLE_EQ(summary["standard_errors"]["a"].get<double>(), 0.25);
  EXPECT_NEAR(summary["half_widths_95"]["a"].get<double>(), 12.7062 * 0.25, 1e-4) << "t(1)";
  EXPECT_EQ(summary["metric_agents"]["a"], 2);
  EXPECT_EQ(summary["metric_pages"]["a"], 3);
  EXPECT_EQ(summary["metrics"]["p_view"], 0.25) << "what was there stays";
  EXPECT_FALSE(summary.contains("metric_faults"));

  const RunReader run(folder_.path());
  const Metric metric = run.metrics().back();
  EXPECT_EQ(metric.name, "a");
  EXPECT_EQ(metric.title, "Metric a");
  EXPECT_EQ(metric.unit, "items");
  EXPECT_TRUE(metric.is_mean);
  EXPECT_EQ(metric.mean, 0.25);
  EXPECT_EQ(metric.agents, 2U);
  ASSERT_EQ(run.own_values().size(), 1U);
  EXPECT_THAT(run.own_values()[0].agents,
              ElementsAre(AgentValue{AgentId(0), 0.5}, AgentValue{AgentId(1), 0}));
}

TEST_F(SqlMetrics, OneNumberIsNoMeanAndHasNoInterval) {
  const Json summary = taken({"SELECT SUM(viewed) * 1.0 / COUNT(*) FROM ranked_impressions"});
  EXPECT_DOUBLE_EQ(summary["metrics"]["a"].get<double>(), 2.0 / 6);
  EXPECT_TRUE(summary["standard_errors"]["a"].is_null());
  EXPECT_TRUE(summary["half_widths_95"]["a"].is_null());
  EXPECT_EQ(summary["metric_agents"]["a"], 2) << "all of the run";
  EXPECT_EQ(summary["metric_pages"]["a"], 3);
  const RunReader run(folder_.path());
  EXPECT_FALSE(run.metrics().back().is_mean);
  EXPECT_TRUE(run.own_values().empty());
}

TEST_F(SqlMetrics, NullAndNoRowAreNoValue) {
  const Json summary = taken({"SELECT AVG(rating) FROM impressions WHERE page > 9", "SELECT 1 WHERE 0",
                              "SELECT agent, AVG(rating) AS value FROM impressions GROUP BY agent"});
  EXPECT_EQ(summary["metric_agents"]["a"], 0);
  EXPECT_EQ(summary["metric_agents"]["b"], 0);
  EXPECT_EQ(summary["metric_agents"]["c"], 1) << "agent 1 rated nothing";
  EXPECT_DOUBLE_EQ(summary["metrics"]["c"].get<double>(), 4.5);
  EXPECT_EQ(summary["metric_pages"]["c"], 2);
  EXPECT_FALSE(summary.contains("metric_faults"));
}

TEST_F(SqlMetrics, AbandonedAgentsAreLeftOut) {
  change("UPDATE sessions SET abandoned = 1 WHERE agent = 1");
  const Json summary = taken({"SELECT agent, 7 AS value FROM agents", "SELECT 5"});
  EXPECT_EQ(summary["metric_agents"]["a"], 1);
  EXPECT_EQ(summary["metric_agents"]["b"], 1);
  EXPECT_EQ(summary["metric_pages"]["b"], 2);
}

TEST_F(SqlMetrics, WhatIsNoNumberIsAFaultAndTheOthersHaveTheirValues) {
  const Json summary = taken({"SELECT 'many'", "SELECT 2"});
  EXPECT_EQ(summary["metric_faults"], Json({{"a", "it gives \"many\": expected a finite number"}}));
  EXPECT_EQ(summary["metrics"]["b"], 2);
  EXPECT_THAT(RunReader(folder_.path()).meta("metric_faults"), HasSubstr("expected a finite number"));
  EXPECT_THAT(fault("SELECT 9e999"), HasSubstr("it gives \"Inf\""));
  EXPECT_THAT(fault("SELECT x'00ff'"), HasSubstr("expected a finite number"));
  EXPECT_THAT(fault("SELECT score FROM sessions"), HasSubstr("it gives more than one row"));
  EXPECT_THAT(fault("SELECT agent, external_id || '!' AS value FROM agents"),
              HasSubstr("of agent 0 it gives \"0!\""));
  EXPECT_THAT(fault("SELECT agent, page AS value FROM pages"), HasSubstr("more than one row of agent 0"));
  EXPECT_THAT(fault("SELECT 7 AS agent, 1 AS value"), HasSubstr("it gives the agent \"7\""));
  EXPECT_THAT(fault("SELECT NULL AS agent, 1 AS value"), HasSubstr("it gives the agent null"));
  EXPECT_THAT(fault("SELECT '0' AS agent, 1 AS value"), HasSubstr("it gives the agent \"0\""));
  EXPECT_THAT(fault("SELECT abs(-9223372036854775807 - 1)"), HasSubstr("integer overflow"));
}

// Counted in steps of SQLite's machine: the same on every machine, whatever else it does.
TEST_F(SqlMetrics, WhatDoesNotEndIsBrokenOff) {
  const char* const endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
  EXPECT_EQ(fault(endless, 2'000'000), "it takes more than 2000000 steps of SQLite");
  EXPECT_EQ(fault("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) "
                  "SELECT COUNT(*) FROM n",
                  2'000'000),
            "it takes more than 2000000 steps of SQLite");
  const Json after = taken({"SELECT 3", endless, "SELECT 4"}, 2'000'000);
  EXPECT_EQ(after["metrics"]["a"], 3);
  EXPECT_EQ(after["metrics"]["c"], 4) << "each has its own steps";
  EXPECT_THAT(fault("SELECT length(replace(printf('%.*c', 9000, 'x'), 'x', printf('%.*c', 9000, 'x')))"),
              HasSubstr("too big"));
}

TEST_F(SqlMetrics, WhatHoldsTooMuchIsBrokenOff) {
  constexpr std::int64_t most_bytes = 16 << 20;
  const std::string rows =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT ";
  for (const char* held : {"COUNT(DISTINCT printf('%09000d', i)) FROM n",
                           "COUNT(*) FROM (SELECT DISTINCT printf('%09000d', i) FROM n)",
                           "COUNT(b) FROM (SELECT lag(t) OVER (ORDER BY t) AS b FROM (SELECT "
                           "printf('%09000d', i) AS t FROM n))"})
    EXPECT_EQ(fault(rows + held, kMostSqlSteps, most_bytes), "SQLite holds more than 16 MiB for it") << held;
  const Json after = taken({rows + "COUNT(DISTINCT i) FROM n"}, kMostSqlSteps, most_bytes);
  EXPECT_EQ(after["metrics"]["a"], 20000);
}

TEST_F(SqlMetrics, TextsAndPatternsHaveALength) {
  EXPECT_EQ(taken({"SELECT length(printf('%.*c', 19000, 'x'))"})["metrics"]["a"], 19000);
  EXPECT_THAT(fault("SELECT length(printf('%.*c', 19000, 'x') || printf('%.*c', 19000, 'y'))"),
              HasSubstr("too big"));
  EXPECT_THAT(fault("SELECT 'x' LIKE printf('%.*c', 1001, '_')"), HasSubstr("pattern too complex"));
}

// They quote what the query made, which may be no text at all.
TEST_F(SqlMetrics, WordsOfSqliteCanBeShownAndStored) {
  const std::string wrong_bytes = fault("SELECT json_extract('{}', CAST(x'ff' AS TEXT))");
  EXPECT_THAT(wrong_bytes, HasSubstr("\uFFFD"));
  EXPECT_EQ(RunReader(folder_.path()).meta("metric_faults"), Json({{"a", wrong_bytes}}).dump());
  EXPECT_LT(fault("SELECT json_extract('{}', printf('%.*c', 9000, 'x'))").size(), 400U);
  EXPECT_LT(sql_fault("SELECT " + std::string(9000, 'x')).size(), 400U);
  std::string many = "SELECT 1";
  for (int i = 0; i < 1000; ++i) many += ", 1";
  EXPECT_THAT(sql_fault(many), HasSubstr("\"1\", ... (1001 of them): expected one"));
}

TEST_F(SqlMetrics, TakenAgainReplaceThoseThatWereThere) {
  taken({"SELECT 1", "SELECT 'x'", "SELECT agent, 1 AS value FROM agents"});
  const Json summary = taken({"SELECT 4"});
  EXPECT_EQ(summary["metrics"], Json({{"p_view", 0.25}, {"a", 4}}));
  EXPECT_EQ(summary["metric_pages"].size(), 2U);
  EXPECT_FALSE(summary.contains("metric_faults"));
  const RunReader run(folder_.path());
  EXPECT_EQ(run.metrics().size(), 6U) << "five headline metrics, and one";
  EXPECT_TRUE(run.own_values().empty());
  EXPECT_EQ(run.meta("metric_faults"), "");
  EXPECT_EQ(taken({})["metrics"], Json({{"p_view", 0.25}}));
}

TEST_F(SqlMetrics, OfARunThatKnowsNoneAreAUsageError) {
  change("ALTER TABLE metrics RENAME COLUMN title TO other");
  EXPECT_THAT([&] { taken({"SELECT 1"}); },
              ::testing::ThrowsMessage<Failure>(AllOf(HasSubstr("/metrics: "), HasSubstr("run it anew"))));
}

TEST_F(SqlMetrics, OfAFileThatIsNoDatabaseIsADataError) {
  const TempFolder folder;
  folder.write("run.db", "this is no database, whatever it is called");
  try {
    check_knows_metrics(folder / "run.db");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::data);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("run.db: "), HasSubstr("not a database")));
  }
}

}  // namespace
}  // namespace throng
