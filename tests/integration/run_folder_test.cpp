// What becomes of run folders when several processes, interrupts and earlier results meet in them.
#include <csignal>
#include <filesystem>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// Whether it becomes true within a minute.
template <class Condition>
bool comes_true(const Condition& condition) {
  for (int wait = 0; wait < 60'000; ++wait) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

/// One value of a run's tables; "" while there is none.
std::string value_in(const fs::path& run, const std::string& sql) {
  try {
    const SQLite::Database database((run / "run.db").string(), SQLite::OPEN_READONLY, 1000);
    SQLite::Statement query(database, sql);
    return query.executeStep() ? query.getColumn(0).getString() : "";
  } catch (const SQLite::Exception&) {  // it is not there yet
    return "";
  }
}

class RunsInFolders : public CommandLine {
 protected:
  /// A run whose fits last until somebody ends them, unless `changes` say otherwise.
  void write_endless(const Json& changes = Json::object()) const {
    Json json =
        Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 30},
      "recommender": {"kind": "mf", "factors": 64, "max_epochs": 65535, "patience": 65535}})");
    json.merge_patch(changes);
    folder_.write("endless.json", json.dump());
  }
  Finished quick_run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", "endless.json", "--set", R"(recommender={"kind": "popularity"})"});
    return throng(more);
  }
};

// It used to be found out after the fit, when both had paid for it, and one result was lost.
TEST_F(RunsInFolders, AFolderIsTakenWhileTheRecommenderIsFitted) {
  write_endless();
  const pid_t fitting = start({"run", "endless.json", "--out", "new/deep/run"}, RLIM_INFINITY, "fitting-");
  ASSERT_TRUE(comes_true([&] { return fs::exists(folder_ / "new/deep/run/lock"); }));
  const Finished second = quick_run({"--out", "new/deep/run"});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_THAT(second.err, HasSubstr("another process"));
  kill(fitting, SIGINT);
  const Finished first = wait_for(fitting, "fitting-");
  EXPECT_EQ(first.exit_code, 4);
  EXPECT_THAT(first.err, AllOf(HasSubstr("nothing has been run yet"), Not(HasSubstr("--resume"))));
  EXPECT_FALSE(fs::exists(folder_ / "new")) << "what had to be made is gone again";
}

TEST_F(RunsInFolders, AnOverwrittenRunStaysUntilTheNewOneBegins) {
  write_endless();
  EXPECT_EQ(quick_run({"--out", "run"}).exit_code, 0);
  const Json before = read_json(folder_ / "run/summary.json", ErrorKind::data);
  const pid_t fitting =
      start({"run", "endless.json", "--out", "run", "--overwrite"}, RLIM_INFINITY, "fitting-");
  // Not by trying: who tries holds the lock for a moment, and the other one would be refused.
  ASSERT_TRUE(comes_true([&] {
    return fs::exists(folder_ / "fitting-err") &&
           read_file(folder_ / "fitting-err", ErrorKind::data).find("fitting mf") != std::string::npos;
  }));
  EXPECT_EQ(quick_run({"--out", "run", "--resume"}).exit_code, 2);
  kill(fitting, SIGTERM);
  EXPECT_EQ(wait_for(fitting, "fitting-").exit_code, 4);
  EXPECT_EQ(read_json(folder_ / "run/summary.json", ErrorKind::data), before);
  EXPECT_EQ(throng({"report", "run"}).exit_code, 0);
}

TEST_F(RunsInFolders, WhereNothingCanBeWrittenIsSaidBeforeAnythingIsRead) {
  write_endless({{"dataset", {{"path", "absent"}}}});
  for (const char* out : {"/proc/throng", "endless.json", "endless.json/below"}) {
    const Finished refused = quick_run({"--out", out});
    EXPECT_EQ(refused.exit_code, 2) << out << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(out));
  }
}

// Nearly all of the time goes into fits here.
TEST_F(RunsInFolders, AnInterruptBetweenRoundsNamesTheFolderToResumeOnce) {
  for (const int replicates : {1, 2}) {
    write_endless({{"rounds", 1000},
                   {"replicates", replicates},
                   {"recommender", {{"max_epochs", 100}, {"patience", 100}}},
                   {"retrain", {{"every", "7d"}, {"from", "viewed"}}}});
    const std::string out = replicates == 1 ? "run" : "study";
    const fs::path run = folder_ / (replicates == 1 ? "run" : "study/intervention-1");
    const pid_t child = start({"run", "endless.json", "--out", out});
    ASSERT_TRUE(comes_true([&] { return value_in(run, "SELECT 1 FROM windows") == "1"; }));
    kill(child, SIGHUP);
    const Finished stopped = wait_for(child);
    EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
    const std::string said = stopped.err.substr(stopped.err.rfind("throng: "));
    EXPECT_THAT(said, AllOf(HasSubstr("interrupted"), HasSubstr("; " + out + " is kept"),
                            Not(HasSubstr("intervention"))));
    EXPECT_EQ(count(said, "--resume"), 1U) << said;
    EXPECT_EQ(value_in(run, "SELECT value FROM meta WHERE key = 'status'"), "stopped");
    EXPECT_THAT(value_in(run, "SELECT value FROM meta WHERE key = 'stopped_by'"), HasSubstr("interrupted"));
  }
}

class PaidRunsInFolders : public LlmRun {
 protected:
  Finished throng_run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", "s.json"});
    return throng(more);
  }
  std::string journal_of(const std::string& run) const {
    return read_file(folder_ / run / "journal.db", ErrorKind::data);
  }
};

TEST_F(PaidRunsInFolders, ARunIsNotDeletedToBeReplayed) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}});
  EXPECT_EQ(throng_run({}).exit_code, 0);
  const std::string paid = journal_of("runs/t");
  for (const char* option : {"--replay", "--reuse"}) {
    const Finished refused = throng_run({option, "runs/t", "--overwrite"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--out"));
    EXPECT_THAT(throng_run({option, "runs/t"}).err, AllOf(HasSubstr("--out"), Not(HasSubstr("--overwrite"))));
  }
  EXPECT_EQ(journal_of("runs/t"), paid);
  EXPECT_TRUE(fs::exists(folder_ / "runs/t/summary.json"));
}

TEST_F(PaidRunsInFolders, AReplayAsksNobodyAndReuseAsksForTheRest) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}});
  run({"--out", "a"});
  const std::vector<std::string> longer{"--set", "session.max_pages=4"};
  const auto with_longer = [&](std::vector<std::string> more) {
    more.insert(more.end(), longer.begin(), longer.end());
    return more;
  };
  const Finished replayed = throng_run(with_longer({"--out", "b", "--replay", "a"}));
  EXPECT_EQ(replayed.exit_code, 4);
  EXPECT_THAT(replayed.err, AllOf(HasSubstr("/session/max_pages was 3, now it is 4"), HasSubstr("--reuse")));
  const Json reused = run(with_longer({"--out", "b", "--reuse", "a", "--resume"}));
  EXPECT_GT(reused["llm"]["live"], 0);
  const auto first_run =
      read_json(folder_ / "a/summary.json", ErrorKind::data)["llm"]["calls"].get<std::int64_t>();
  EXPECT_EQ(stop_mock()["completed"].get<std::int64_t>(),
            first_run + reused["llm"]["live"].get<std::int64_t>())
      << "the replay asked nobody";
  // Fewer pages ask for nothing new.
  EXPECT_EQ(run({"--out", "c", "--replay", "b", "--set", "session.max_pages=4"})["digest"], reused["digest"]);
  EXPECT_EQ(throng_run({"--out", "d", "--replay", "b", "--reuse", "b"}).exit_code, 2);
}

TEST_F(PaidRunsInFolders, AStudyIsReplayedArmByArm) {
  serve({});
  const Json study{
      {"population", {{"agents", 10}}}, {"replicates", 2}, {"control", {{"session", {{"max_pages", 1}}}}}};
  write_scenario(study);
  const Json first = run({"--out", "a"});
  stop_mock();
  EXPECT_EQ(run({"--out", "b", "--replay", "a"})["digest"], first["digest"]);
  // What the runs have asked and paid is told together.
  std::int64_t calls = 0;
  for (const char* part : {"intervention-1", "intervention-2", "control-1", "control-2"})
    calls +=
        std::stoll(value_in(folder_ / "a" / part, "SELECT value ->> 'calls' FROM meta WHERE key = 'llm'"));
  EXPECT_EQ(first["llm"]["calls"], calls);
  EXPECT_EQ(first["llm"]["by_model"].size(), 1U);
  EXPECT_EQ(first["llm"]["by_model"][0]["calls"], calls);
  EXPECT_EQ(first["llm"]["asking_agents"], 40);
  EXPECT_DOUBLE_EQ(first["llm"]["calls_per_agent"].get<double>(), static_cast<double>(calls) / 40);
  EXPECT_THAT(throng({"report", "a"}).out,
              HasSubstr(fmt::format("per agent: {:.2f} calls", static_cast<double>(calls) / 40)));
  const Finished more = throng_run({"--out", "c", "--replay", "a", "--set", "replicates=3"});
  EXPECT_EQ(more.exit_code, 4);
  EXPECT_THAT(more.err, AllOf(HasSubstr("intervention-3"), HasSubstr("--reuse"), HasSubstr("; c is kept")));
}

TEST_F(PaidRunsInFolders, ARefusedKeyLeavesARunThatStoppedAndGoesOn) {
  setenv("THRONG_TEST_KEY", "sk-right", 1);
  serve({"--api-key-env", "THRONG_TEST_KEY"});
  write_scenario({{"population", {{"agents", 10}}}});
  const std::vector<std::string> keyed{"--out", "a", "--set", "mind.endpoints.0.api_key_env=THRONG_TEST_KEY"};
  setenv("THRONG_TEST_KEY", "sk-wrong", 1);
  EXPECT_NE(throng_run(keyed).exit_code, 0);
  EXPECT_EQ(value_in(folder_ / "a", "SELECT value FROM meta WHERE key = 'status'"), "stopped");
  EXPECT_THAT(value_in(folder_ / "a", "SELECT value FROM meta WHERE key = 'stopped_by'"), HasSubstr("401"));
  setenv("THRONG_TEST_KEY", "sk-right", 1);
  std::vector<std::string> resumed = keyed;
  resumed.emplace_back("--resume");
  EXPECT_EQ(throng_run(resumed).exit_code, 0);
  EXPECT_EQ(value_in(folder_ / "a", "SELECT value FROM meta WHERE key = 'status'"), "finished");
  unsetenv("THRONG_TEST_KEY");
}

TEST_F(PaidRunsInFolders, AStudyThatMissesItsBarMissesItResumedToo) {
  serve({"--faults", "invalid_content=0.4", "--seed", "3"});
  write_scenario({{"population", {{"agents", 20}}}, {"max_degraded_share", 0.0}, {"replicates", 2}});
  const Finished first = throng_run({"--out", "a", "--set", "mind.repairs=0", "--json"});
  EXPECT_EQ(first.exit_code, 5) << first.err;
  EXPECT_GT(Json::parse(first.out)["worst_degraded_share"]["intervention"], 0) << "its results are printed";
  const Finished resumed = throng_run({"--out", "a", "--set", "mind.repairs=0", "--resume", "--json"});
  EXPECT_EQ(resumed.exit_code, 5);
  EXPECT_EQ(resumed.out, first.out);
  const Finished lower =
      throng_run({"--out", "a", "--set", "mind.repairs=0", "--resume", "--set", "max_degraded_share=1"});
  EXPECT_EQ(lower.exit_code, 0) << "the bar may be moved";
}

TEST_F(PaidRunsInFolders, AStudyThatStopsSaysSoAndGoesOn) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}, {"replicates", 2}});
  const Json whole = run({"--out", "whole"});
  const Finished stopped = throng_run({"--out", "a", "--set", "budget.tokens=60000"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("budget"), HasSubstr("; a is kept: --resume")));
  EXPECT_EQ(run({"--out", "a", "--resume", "--set", "budget.tokens=100000000"})["digest"], whole["digest"]);
}

// The agents' words after react are read, those after decide are not: they viewed, but nobody may learn from it.
TEST_F(PaidRunsInFolders, WhatIsViewedOnADegradedPageMayBeRecommendedAgain) {
  serve({"--faults", "invalid_content=0.3", "--seed", "3"});
  write_scenario({{"population", {{"agents", 60}}}, {"mind", {{"protocol", "agent4rec"}, {"repairs", 0}}}});
  run({"--out", "a"});
  const std::string viewed_again =
      "SELECT COUNT(*) FROM impressions i JOIN pages p USING (agent, round, page) JOIN impressions again "
      "ON again.agent = i.agent AND again.round > i.round AND again.item = i.item WHERE i.viewed AND ";
  EXPECT_GT(std::stoi(value_in(folder_ / "a", viewed_again + "p.degraded")), 0);
  EXPECT_EQ(value_in(folder_ / "a", viewed_again + "NOT p.degraded"), "0");
}

TEST_F(PaidRunsInFolders, FiguresOfARoundByPositionAreThoseOfItsRows) {
  serve({"--faults", "invalid_content=0.3", "--seed", "3"});
  write_scenario({{"population", {{"agents", 60}}}, {"mind", {{"repairs", 0}}}});
  run({"--out", "a"});
  for (const auto& [figure, mean] :
       {std::pair{"aligned", "AVG(aligned)"}, {"viewed", "AVG(viewed)"}, {"rating", "AVG(rating)"}}) {
    const std::string both = fmt::format(
        "SELECT COUNT(*) FROM round_metrics m JOIN (SELECT round, 'position_' || position || '_{}' AS "
        "metric, "
        "{} AS value FROM counted_impressions GROUP BY round, position) r USING (round, metric) WHERE "
        "ABS(m.value - r.value) ",
        figure, mean);
    EXPECT_GE(std::stoi(value_in(folder_ / "a", both + "< 1e-12")), 4) << figure;
    EXPECT_EQ(value_in(folder_ / "a", both + ">= 1e-12"), "0") << figure;
  }
}

TEST_F(PaidRunsInFolders, AnInterviewIsFoundOnTheLastPageVisited) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}, {"session", {{"max_pages", 2}}}, {"rounds", 1}});
  run({"--out", "a"});
  const std::string interviews =
      "FROM sayings s JOIN (SELECT agent, MAX(page) AS last FROM pages GROUP BY agent) p USING (agent) "
      "WHERE about = 'interview' AND ";
  EXPECT_EQ(value_in(folder_ / "a", "SELECT COUNT(*) " + interviews + "s.page = last"), "20");
  const std::string stayed = value_in(folder_ / "a", "SELECT agent " + interviews + "last = 2");
  EXPECT_THAT(throng({"story", "a", "--agent", stayed}).out,
              ::testing::ContainsRegex("Interview: .*\n  says"));
}

TEST_F(PaidRunsInFolders, CallsThatNeedMoreSocketsThanThereMayBeAreNotBegun) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}});
  const std::string command = "cd " + folder_.path().string() +
                              " && ulimit -n 256 && " THRONG_PROGRAM
                              " run s.json --out a --set mind.endpoints.0.max_in_flight=";
  const auto exit_code = [&](const std::string& calls) {
    return WEXITSTATUS(std::system((command + calls + " >out 2>err").c_str()));  // NOLINT: our own words
  };
  EXPECT_EQ(exit_code("2000"), 2);
  EXPECT_THAT(read_file(folder_ / "err", ErrorKind::data),
              AllOf(HasSubstr("ulimit -n"), HasSubstr("max_in_flight")));
  EXPECT_EQ(stop_mock()["requests"], 0);
}

TEST_F(PaidRunsInFolders, ACheckEstimatesBothArmsAndFindsTheFaultsOfBoth) {
  url_ = "http://127.0.0.1:1/v1";
  write_scenario({{"population", {{"agents", 20}}}});
  const auto calls = [&](const std::string& control) {
    return json_of(
               throng({"check", "s.json", "--json", "--set", "control=" + control}))["estimate"][0]["calls"]
        .get<double>();
  };
  const double alone = json_of(throng({"check", "s.json", "--json"}))["estimate"][0]["calls"].get<double>();
  EXPECT_DOUBLE_EQ(calls(R"({"max_degraded_share": 1})"), 2 * alone);
  EXPECT_DOUBLE_EQ(calls(R"({"mind": {"kind": "statistical"}})"), alone);
  const Finished unknown = throng({"check", "s.json", "--set", R"(control={"colour": "red"})"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("control: /colour: unknown key"));
}

}  // namespace
}  // namespace throng
