// The program as a user meets it: arguments in, exit code, stdout and stderr out.
#include "tests/integration/command_line.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/support/real_data.h"

namespace throng {
namespace {

constexpr const char* kDemo = THRONG_SOURCE_DIR "/scenarios/demo.json";

/// A run of the demo that takes no time to fit; `more` arguments follow.
std::vector<std::string> quick_run(std::vector<std::string> more) {
  std::vector<std::string> arguments{"run", kDemo, "--set", "recommender={\"kind\":\"popularity\"}",
                                     "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(CommandLine, RunPrintsTheContractAsOneJsonObjectAndNothingElse) {
  const Finished finished = throng(quick_run({"--agents", "50"}));
  const Json summary = json_of(finished);
  EXPECT_THAT(finished.err, HasSubstr("agents 50/50"));
  EXPECT_EQ(summary["agents"], 50);
  EXPECT_EQ(summary["windows"], 1);
  EXPECT_EQ(summary["digest"].get<std::string>().size(), 32U);
  EXPECT_GT(summary["pages"].get<int>(), 50);
  EXPECT_GT(summary["wall_seconds"].get<double>(), 0);
  EXPECT_GT(summary["peak_rss_bytes"].get<double>(), 1e6);
  for (const char* metric : {"p_view", "n_like", "p_like", "n_exit", "s_sat"}) {
    EXPECT_TRUE(summary["metrics"][metric].is_number()) << metric;
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "runs/demo/run.db"));
  EXPECT_EQ(read_json(folder_ / "runs/demo/scenario.json", ErrorKind::data)["population"]["agents"], 50);
  EXPECT_EQ(read_json(folder_ / "runs/demo/summary.json", ErrorKind::data), summary);
}

TEST_F(CommandLine, AnExistingFolderIsNeverOverwrittenUnasked) {
  const Json first = json_of(throng(quick_run({"--agents", "50"})));
  const Finished refused = throng(quick_run({"--agents", "50"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("runs/demo"), HasSubstr("--resume"), HasSubstr("--overwrite")));
  EXPECT_EQ(json_of(throng(quick_run({"--agents", "50", "--overwrite"})))["digest"], first["digest"]);

  folder_.write("precious/thesis.txt", "years of work");
  const Finished alone = throng(quick_run({"--out", "precious", "--overwrite"}));
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "precious/thesis.txt"));
}

TEST_F(CommandLine, APersonsScenarioIsNotTakenForARunFolder) {
  std::filesystem::create_directory(folder_ / "mine");
  std::filesystem::copy_file(kDemo, folder_ / "mine/scenario.json");
  const Finished refused = throng({"run", "mine/scenario.json", "--out", "mine", "--overwrite"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(read_file(folder_ / "mine/scenario.json", ErrorKind::data), read_file(kDemo, ErrorKind::data));
}

TEST_F(CommandLine, TwoProcessesCannotWriteOneFolder) {
  const pid_t first = start(quick_run({"--agents", "40000", "--out", "shared"}));
  while (!std::filesystem::exists(folder_ / "shared/scenario.json")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const Finished second = throng(quick_run({"--agents", "50", "--out", "shared", "--overwrite"}));
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_THAT(second.err, HasSubstr("another process"));
  kill(first, SIGINT);
  wait_for(first);
}

TEST_F(CommandLine, AFinishedRunIsOneFileThatCanBeReadWithoutWriteAccess) {
  throng(quick_run({"--agents", "50"}));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "runs/demo/run.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs/demo/run.db-wal"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs/demo/run.db-shm"));
}

TEST_F(CommandLine, HostileTextReachesTheTerminalAsText) {
  const Finished check = throng({"check", kDemo, "--set", "\033[31mx=1"});
  EXPECT_EQ(check.exit_code, 2);
  EXPECT_THAT(check.err, Not(HasSubstr("\033")));
}

TEST_F(CommandLine, NumbersOutOfRangeAreUsageErrors) {
  EXPECT_EQ(throng(quick_run({"--threads", "-1"})).exit_code, 2);
  EXPECT_EQ(throng(quick_run({"--threads", "100000"})).exit_code, 2);
  EXPECT_EQ(throng(quick_run({"--seed", "-1"})).exit_code, 2);
  EXPECT_EQ(throng({"rec", "evaluate", "--data", "demo", "--models", "random", "--k", "0"}).exit_code, 2);
  EXPECT_EQ(throng({"data", "import", "movielens", ".", "-o", "x", "--max-bad", "-1"}).exit_code, 2);
}

TEST_F(CommandLine, AnAgentWithNothingLeftToSeeIsStillCounted) {
  // Both users have met both items, and validation holds none: nothing is left to recommend.
  folder_.write("world/dataset.json", R"({"name": "tiny", "format": 1, "genres": [], "provenance": {},
      "counts": {"users": 2, "items": 2, "interactions": 4}})");
  folder_.write("world/items.csv", "item_id,title\na,A\nb,B\n");
  folder_.write("world/users.csv", "user_id\n1\n2\n");
  folder_.write("world/interactions.csv", "user_id,item_id,rating\n1,a,5\n1,b,4\n2,a,3\n2,b,4\n");
  const Json summary =
      json_of(throng({"run", kDemo, "--json", "--set", R"(dataset={"path": "world"})", "--set",
                      R"(dataset.split={"kind": "ratio", "train": 0.5, "validation": 0, "test": 0.5})",
                      "--set", "population={}", "--set", R"(recommender={"kind": "random"})"}));
  EXPECT_EQ(summary["agents"], 2);
  EXPECT_EQ(summary["pages"], 0);
  EXPECT_THAT(throng({"report", "runs/demo"}).out, ::testing::ContainsRegex("S_sat .* 2 "));
}

TEST_F(CommandLine, ResumeOfAnAbsentOrFinishedFolderIsFine) {
  const Json started = json_of(throng(quick_run({"--agents", "50", "--resume"})));
  EXPECT_EQ(json_of(throng(quick_run({"--agents", "50", "--resume"}))), started);
}

TEST_F(CommandLine, ResumeWithAnotherScenarioNamesTheKey) {
  throng(quick_run({"--agents", "50"}));
  const Finished refused = throng(quick_run({"--agents", "60", "--resume"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("/population/agents"), HasSubstr("50"), HasSubstr("60")));
}

TEST_F(CommandLine, AScenarioCanPinTheContentOfItsDataset) {
  const Json first = json_of(throng(quick_run({"--agents", "50"})));
  const Finished again = throng({"run", "runs/demo/scenario.json", "--json", "--out", "again"});
  EXPECT_EQ(json_of(again)["digest"], first["digest"]);
  const Finished other = throng({"run", "runs/demo/scenario.json", "--out", "other", "--set",
                                 "dataset.digest=" + std::string(32, '0')});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("/dataset/digest"));
}

class Interrupted : public CommandLine, public ::testing::WithParamInterface<int> {
 protected:
  /// False if that does not come within a minute.
  bool rows_are_written() const {
    const auto wal = folder_ / "runs/demo/run.db-wal";
    for (int wait = 0; wait < 60'000; ++wait) {
      std::error_code absent;
      const auto size = std::filesystem::file_size(wal, absent);
      if (!absent && size >= 2'000'000) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
};

TEST_P(Interrupted, ARunCanBeResumedAndEndsAsIfNothingHadHappened) {
  const std::vector<std::string> many{"--agents", "40000"};
  const pid_t child = start(quick_run(many));
  ASSERT_TRUE(rows_are_written());
  kill(child, GetParam());
  const Finished stopped = wait_for(child);
  if (GetParam() == SIGKILL) {
    EXPECT_EQ(stopped.exit_code, -SIGKILL);
  } else {
    EXPECT_EQ(stopped.exit_code, 4);
    EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs/demo/summary.json"));
  EXPECT_EQ(throng({"report", "runs/demo"}).exit_code, 0) << "the folder of an interrupted run can be read";

  const Json resumed = json_of(throng(quick_run({"--agents", "40000", "--resume", "--threads", "1"})));
  const Json reference = json_of(throng(quick_run({"--agents", "40000", "--out", "reference"})));
  EXPECT_EQ(resumed["digest"], reference["digest"]);
  EXPECT_EQ(resumed["metrics"], reference["metrics"]);
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupted, ::testing::Values(SIGINT, SIGTERM, SIGHUP, SIGKILL),
                         [](const auto& signal) { return std::string(strsignal(signal.param)); });

TEST_F(CommandLine, AStoreThatCannotBeWrittenStopsTheRunResumably) {
  // A file-size limit stands in for a full disk.
  const Finished full = wait_for(start(quick_run({"--agents", "20000"}), 1'000'000));
  EXPECT_EQ(full.exit_code, 4);
  EXPECT_THAT(full.err, AllOf(HasSubstr("run.db"), HasSubstr("--resume")));
  const Json resumed = json_of(throng(quick_run({"--agents", "20000", "--resume"})));
  const Json reference = json_of(throng(quick_run({"--agents", "20000", "--out", "reference"})));
  EXPECT_EQ(resumed["digest"], reference["digest"]);
}

TEST_F(CommandLine, ReportAndStoryTellOfARun) {
  throng(quick_run({"--agents", "50"}));
  const Finished report = throng({"report", "runs/demo"});
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.out, AllOf(HasSubstr("P_view"), HasSubstr("S_sat"), HasSubstr("rating"),
                                HasSubstr("exit on"), HasSubstr("conformity 3"), HasSubstr("digest")));
  EXPECT_THAT(report.out, HasSubstr("runs/demo/report.html"));
  EXPECT_THAT(read_file(folder_ / "runs/demo/report.html", ErrorKind::data),
              AllOf(HasSubstr("throng run runs/demo/scenario.json"), HasSubstr("P_view")));
  EXPECT_EQ(throng({"report", "runs/demo/", "--csv", "new/tables"}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "new/tables/outcomes.csv", ErrorKind::data),
              HasSubstr("runs/demo/,,,49,1,"));
  const Finished story = throng({"story", "runs/demo", "--agent", "7"});
  EXPECT_EQ(story.exit_code, 0);
  EXPECT_THAT(story.out, AllOf(HasSubstr("Agent 7"), HasSubstr("traits"), HasSubstr("Page 1"),
                               HasSubstr("decides"), HasSubstr("remembers"), HasSubstr("Interview")));
  const Finished nobody = throng({"story", "runs/demo", "--agent", "50"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("no agent 50"));
}

TEST_F(CommandLine, CompareSetsRunsSideBySideAndFindsWhereTheyPart) {
  throng(quick_run({"--agents", "50", "--out", "popular"}));
  throng(quick_run({"--agents", "50", "--out", "random", "--set", "recommender={\"kind\": \"random\"}"}));
  const Finished text = throng({"compare", "popular", "random"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("P_view"), HasSubstr("S_sat"), HasSubstr("Paired by agent: 50 agents"),
                    HasSubstr("2000 resamples"), HasSubstr("part in round 1, at 50 agents: 0, 1, 2, 3, 4"),
                    HasSubstr("Agent 0 in round 1"), HasSubstr("page 1, item 1")));
  EXPECT_EQ(throng({"compare", "popular", "random"}).out, text.out) << "the same every time";

  const Json json = json_of(throng({"compare", "popular", "random", "--json"}));
  const Json popular = read_json(folder_ / "popular/summary.json", ErrorKind::data);
  ASSERT_EQ(json["metrics"].size(), 8U) << "those of alignment are not known of all agents";
  for (std::size_t headline = 0; headline < 5; ++headline) {
    const Json& metric = json["metrics"][headline];
    EXPECT_NEAR(metric["a"].get<double>(),
                popular["metrics"][metric["metric"].get<std::string>()].get<double>(), 1e-12);
    EXPECT_NEAR(metric["difference"].get<double>(), metric["b"].get<double>() - metric["a"].get<double>(),
                1e-12);
    EXPECT_LT(metric["low"], metric["difference"]);
    EXPECT_GT(metric["high"], metric["difference"]);
    EXPECT_EQ(metric["agents"], 50);
    EXPECT_EQ(metric["paired"], true);
  }
  EXPECT_EQ(json["parts"]["round"], 1);
  EXPECT_EQ(json["parts"]["agents"], 50);
  EXPECT_EQ(json["parts"]["first"], Json({0, 1, 2, 3, 4}));

  const Finished same = throng({"compare", "popular", "popular"});
  EXPECT_THAT(same.out, HasSubstr("No difference: same digest " + popular["digest"].get<std::string>()));
  const Json three = json_of(throng({"compare", "popular", "popular", "random", "--json"}));
  EXPECT_TRUE(three["comparisons"][0]["parts"].is_null());
  EXPECT_EQ(three["comparisons"][1], json);
}

TEST_F(CommandLine, CompareSaysWhatItCannotCompare) {
  throng(quick_run({"--agents", "50", "--out", "run"}));
  throng(quick_run({"--agents", "30", "--out", "fewer", "--set", "rounds=2"}));
  const Finished fewer = throng({"compare", "run", "fewer"});
  EXPECT_EQ(fewer.exit_code, 0) << fewer.err;
  EXPECT_THAT(fewer.out, AllOf(HasSubstr("20 only in A"), HasSubstr("A has 1 round, B has 2 rounds")));
  EXPECT_EQ(throng({"compare", "run", "absent"}).exit_code, 3);
  EXPECT_EQ(throng({"compare", "run"}).exit_code, 2);
}

TEST_F(CommandLine, CompareTakesStudiesAndRunsAlike) {
  throng(quick_run({"--agents", "30", "--out", "run", "--seed", "3"}));
  throng(quick_run({"--agents", "30", "--out", "study", "--seed", "3", "--set", "replicates=2"}));
  const Finished text = throng({"compare", "study", "run"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("1 pair of the same seed, 1 of them with the same digest"),
                              HasSubstr("B - A over replicates"), HasSubstr("P_view")));
  const Json json = json_of(throng({"compare", "run", "study", "--json"}));
  EXPECT_EQ(json["arms"][0]["arm"], "intervention");
  EXPECT_EQ(json["arms"][0]["runs_b"], 2);
  EXPECT_EQ(json["arms"][0]["figures"][0]["over_replicates"]["difference"], 0.0);
  EXPECT_EQ(throng({"compare", "study/intervention-1", "study/intervention-2"}).exit_code, 0);
  EXPECT_EQ(throng({"compare", "study", "absent"}).exit_code, 3);
}

TEST_F(CommandLine, AStoreOfOnlyTheSummaryHasTheSameResultsAndSaysSo) {
  const Json full = json_of(throng(quick_run({"--agents", "50", "--out", "full"})));
  const Json summary =
      json_of(throng(quick_run({"--agents", "50", "--out", "summary", "--store", "summary"})));
  EXPECT_EQ(summary["digest"], full["digest"]);
  EXPECT_EQ(summary["metrics"], full["metrics"]);
  const Finished report = throng({"report", "summary"});
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.out,
              AllOf(HasSubstr("P_view"), HasSubstr("--store summary"), Not(HasSubstr("exit on"))));
}

TEST_F(CommandLine, ErrorsHaveTheirExitCodesAndSayWhatIsWrong) {
  EXPECT_EQ(throng({}).exit_code, 2);
  EXPECT_EQ(throng({"dance"}).exit_code, 2);
  EXPECT_EQ(throng({"run", "absent.json"}).exit_code, 2);
  const Finished misspelled = throng({"run", kDemo, "--set", "recomender.factors=3"});
  EXPECT_EQ(misspelled.exit_code, 2);
  EXPECT_THAT(misspelled.err, AllOf(HasSubstr("/recomender"), HasSubstr("\"recommender\"")));
  const Finished no_data = throng({"run", kDemo, "--set", "dataset.path=absent"});
  EXPECT_EQ(no_data.exit_code, 3);
  EXPECT_THAT(no_data.err, HasSubstr("absent"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
  EXPECT_EQ(throng({"report", "absent"}).exit_code, 3);
  EXPECT_EQ(throng({"data", "import", "vinyl", ".", "-o", "x"}).exit_code, 2);
  EXPECT_EQ(throng({"rec", "evaluate", "--data", "demo", "--models", "crystal-ball"}).exit_code, 2);
}

TEST_F(CommandLine, CheckFindsFaultsWithoutRunning) {
  const Finished invalid = throng({"check", kDemo, "--set", "session.max_pages=0"});
  EXPECT_EQ(invalid.exit_code, 2);
  EXPECT_THAT(invalid.err, AllOf(HasSubstr("/session/max_pages: 0"), HasSubstr("at least 1")));
}

TEST_F(CommandLine, RecEvaluatePrintsATableAndJson) {
  const Finished table = throng({"rec", "evaluate", "--data", "demo", "--models", "random,popularity"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.out, AllOf(HasSubstr("Recall@20"), HasSubstr("popularity")));
  const Json rows =
      json_of(throng({"rec", "evaluate", "--data", "demo", "--models", "random,popularity", "--json"}));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[3]["model"], "popularity");
  EXPECT_EQ(rows[3]["split"], "test");
  EXPECT_GT(rows[3]["ndcg_at_20"], rows[1]["ndcg_at_20"]);
  EXPECT_LT(rows[3]["ndcg_at_20_interval"][0], rows[3]["ndcg_at_20"]);
  EXPECT_GT(rows[3]["ndcg_at_20_interval"][1], rows[3]["ndcg_at_20"]);
  EXPECT_LT(rows[3]["coverage_at_20"], rows[1]["coverage_at_20"]);
  EXPECT_GT(rows[3]["mean_popularity_at_20"], rows[1]["mean_popularity_at_20"]);
}

TEST_F(CommandLine, RecEvaluateTakesOptionsOfModels) {
  const auto evaluate = [&](const std::string& setting) {
    return throng(
        {"rec", "evaluate", "--data", "demo", "--models", "popularity,ease", "--json", "--set", setting});
  };
  EXPECT_NE(json_of(evaluate("ease.l2=1"))[3]["ndcg_at_20"],
            json_of(evaluate("ease.l2=1000"))[3]["ndcg_at_20"]);
  EXPECT_THAT(evaluate("ease.l3=1").err, HasSubstr("did you mean \"l2\"?"));
  EXPECT_THAT(evaluate("eas.l2=1").err, HasSubstr("--set eas.l2=1"));
  EXPECT_EQ(evaluate("l2=1").exit_code, 2);
}

TEST_F(CommandLine, RecBenchMeasuresEveryCombination) {
  const std::vector<std::string> bench{"rec",     "bench", "--data",    "demo", "--models",  "popularity",
                                       "--batch", "1,20",  "--callers", "2",    "--seconds", "0.05"};
  const Finished table = throng(bench);
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.out, AllOf(HasSubstr("rankings/s"), HasSubstr("p99 ms")));
  std::vector<std::string> as_json = bench;
  as_json.emplace_back("--json");
  const Json rows = json_of(throng(as_json));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1]["batch"], 20);
  EXPECT_EQ(rows[1]["rankings"].get<int>() % 20, 0);
  EXPECT_GT(rows[1]["rankings_per_second"], 0);
}

TEST_F(CommandLine, RecEvaluateSplitsAsItIsTold) {
  const auto evaluate = [&](std::vector<std::string> options) {
    options.insert(options.begin(),
                   {"rec", "evaluate", "--data", "demo", "--models", "popularity", "--json"});
    return throng(options);
  };
  const Json last_out = json_of(evaluate({"--split", "leave_last_out"}));
  EXPECT_EQ(last_out[1]["recall_at_20"], last_out[1]["hit_rate_at_20"])
      << "one item is held out of each user";
  const Finished shares = evaluate({"--train", "0.8"});
  EXPECT_EQ(shares.exit_code, 2);
  EXPECT_THAT(shares.err, HasSubstr("sum to 1"));
}

TEST_F(CommandLine, MovieLensImportsWithItsKnownCountsAndRunsWithAllItsUsers) {
  THRONG_NEEDS_REAL_DATA("movielens-100k");
  const Finished imported =
      throng({"data", "import", "movielens", real_data("movielens-100k").string(), "-o", "ml"});
  EXPECT_THAT(imported.out, HasSubstr("943 users, 1682 movies, 100000 interactions"));
  const Finished described = throng({"data", "describe", "ml"});
  EXPECT_THAT(described.out, AllOf(HasSubstr("6.3047 %"), HasSubstr("34174"), HasSubstr("Star Wars (1977)")));
  const Json summary = json_of(
      throng({"run", kDemo, "--set", "dataset.path=ml", "--set", "population={}", "--json", "--out", "run"}));
  EXPECT_EQ(summary["agents"], 943);
}

TEST_F(CommandLine, AFolderThatAProcessLeftAtOnceIsInNobodysWay) {
  std::filesystem::create_directory(folder_ / "left");
  folder_.write("left/lock", "");
  folder_.write("left/scenario.json.partial", "{");
  folder_.write("s.json",
                R"({"name": "t", "seed": 1, "dataset": {"path": "demo"}, "population": {"agents": 3},
    "recommender": {"kind": "popularity"}})");
  EXPECT_EQ(throng({"run", "s.json", "--out", "left"}).exit_code, 0);
}

}  // namespace
}  // namespace throng
