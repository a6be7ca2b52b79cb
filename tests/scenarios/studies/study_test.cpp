#include "scenarios/studies/study.h"

#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "engine/base/parallel.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/studies/study_runs.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

class Study : public ::testing::Test {
 protected:
  static Scenario scenario(const Json& changes = Json::object()) {
    Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:60x80"},
      "recommender": {"kind": "popularity"}, "rounds": 2, "retrain": {"every": "1d"},
      "replicates": 2, "control": {"recommender": {"kind": "random"}}})");
    json.merge_patch(changes);
    return parse_scenario(json, "s.json", {});
  }

  RunOptions options(ExistingFolder existing = ExistingFolder::refuse) const {
    return {.folder = folder_ / "study", .existing = existing, .progress = Progress::Output::none};
  }

  Json json_at(const std::string& name) const { return read_json(folder_ / "study" / name, ErrorKind::data); }

  TempFolder folder_;
};

TEST_F(Study, RunsEachArmAndReplicateLikeTheSameScenarioAlone) {
  run_study(scenario(), options());
  for (const auto& [arm, recommender] : {std::pair{"intervention", "popularity"}, {"control", "random"}}) {
    for (const int replicate : {1, 2}) {
      const std::string run = fmt::format("{}-{}", arm, replicate);
      const Scenario alone = scenario({{"control", nullptr},
                                       {"replicates", nullptr},
                                       {"seed", 4 + replicate},
                                       {"recommender", {{"kind", recommender}}}});
      const Json ran = run_scenario(alone, {.folder = folder_ / run, .progress = Progress::Output::none});
      EXPECT_EQ(json_at(run + "/summary.json")["digest"], ran["digest"]) << run;
    }
  }
}

TEST_F(Study, SumsUpTheReplicatesOfTheIntervention) {
  const Json summary = run_study(scenario(), options());
  const Json one = json_at("intervention-1/summary.json");
  const Json two = json_at("intervention-2/summary.json");
  for (const char* metric : {"p_view", "s_sat"}) {
    EXPECT_DOUBLE_EQ(summary["metrics"][metric].get<double>(),
                     (one["metrics"][metric].get<double>() + two["metrics"][metric].get<double>()) / 2);
    for (const char* rests_on : {"metric_agents", "metric_pages"}) {
      EXPECT_EQ(summary[rests_on][metric].get<int>(),
                one[rests_on][metric].get<int>() + two[rests_on][metric].get<int>())
          << rests_on << " " << metric;
    }
  }
  EXPECT_NE(one["metric_pages"]["p_view"], two["metric_pages"]["p_view"]) << "else the sum shows little";
}

// As it is where only some runs had impressions that a metric is about. The first run says neither which there are nor that all are.
TEST_F(Study, SumsUpMetricsThatNotEveryRunHas) {
  run_study(scenario(), options());
  const Json one = json_at("intervention-1/summary.json");
  const Json two = json_at("intervention-2/summary.json");
  const auto write_without = [&](const char* metric, Json summary, const std::string& run) {
    for (const char* of : {"metrics", "standard_errors", "half_widths_95", "metric_agents", "metric_pages"})
      ASSERT_EQ(summary[of].erase(metric), 1U) << of;
    write_file(folder_ / "study" / run / "summary.json", summary.dump());
  };
  write_without("p_like", one, "intervention-1");
  write_without("n_exit", two, "intervention-2");
  fs::remove(folder_ / "study/summary.json");
  const Json summary = run_study(scenario(), options(ExistingFolder::resume));
  for (const auto& [metric, has_it] : {std::pair{"p_like", &two}, {"n_exit", &one}}) {
    for (const char* of : {"metrics", "metric_agents", "metric_pages"})
      EXPECT_EQ(summary[of][metric], (*has_it)[of][metric]) << of << " " << metric;
    EXPECT_TRUE(summary["half_widths_95"][metric].is_null()) << "of one run: " << metric;
    EXPECT_EQ(summary["by_arm"]["intervention"]["metrics"][metric], (*has_it)["metrics"][metric]);
  }
}

TEST_F(Study, PlaysARunAnewThatHasLostItsRows) {
  const Json whole = run_study(scenario(), options());
  fs::remove(folder_ / "study/summary.json");
  fs::remove(folder_ / "study/control-1/run.db");
  EXPECT_EQ(run_study(scenario(), options(ExistingFolder::resume))["digest"], whole["digest"]);
  EXPECT_TRUE(fs::exists(folder_ / "study/control-1/run.db"));
}

TEST_F(Study, HasAnArmOfAnotherDatasetAndKnowsTheContentOfBoth) {
  const Scenario two_worlds = scenario({{"control", {{"dataset", {{"path", "synthetic:50x80"}}}}}});
  run_study(two_worlds, options());
  const Json intervention = json_at("intervention-1/scenario.json");
  const Json control = json_at("control-1/scenario.json");
  EXPECT_NE(control["dataset"]["digest"], intervention["dataset"]["digest"]);
  EXPECT_EQ(json_at("scenario.json")["control"]["dataset"]["digest"], control["dataset"]["digest"]);
  EXPECT_EQ(run_study(two_worlds, options(ExistingFolder::resume)), json_at("summary.json"));
  const Scenario again = read_scenario(folder_ / "study/scenario.json", {});
  RunOptions elsewhere = options();
  elsewhere.folder = folder_ / "again";
  EXPECT_EQ(run_study(again, elsewhere)["digest"], json_at("summary.json")["digest"]);
}

TEST_F(Study, GoesOnWhereItStoppedAndKeepsTheRunsThatHaveFinished) {
  const Json whole = run_study(scenario(), options());
  // As a kill leaves it in the third of four runs.
  fs::remove(folder_ / "study/summary.json");
  fs::remove_all(folder_ / "study/control-2");
  fs::remove(folder_ / "study/intervention-2/summary.json");
  const auto written = fs::last_write_time(folder_ / "study/control-1/run.db");
  EXPECT_EQ(run_study(scenario(), options(ExistingFolder::resume))["digest"], whole["digest"]);
  EXPECT_EQ(fs::last_write_time(folder_ / "study/control-1/run.db"), written);
}

TEST_F(Study, OverwrittenByAPlainRunLeavesNoArms) {
  run_study(scenario(), options());
  run_scenario(scenario({{"control", nullptr}, {"replicates", nullptr}}), options(ExistingFolder::overwrite));
  EXPECT_FALSE(fs::exists(folder_ / "study/intervention-1"));
  EXPECT_FALSE(fs::exists(folder_ / "study/control-2"));
  EXPECT_TRUE(fs::exists(folder_ / "study/run.db"));
}

Json without_times(Json summary) {
  for (const char* key : {"wall_seconds", "peak_rss_bytes"}) summary.erase(key);
  return summary;
}

// Two arms share their first fit, the third has one of its own; all are fitted anew in between.
TEST_F(Study, RunsBesideEachOtherGiveWhatRunsOneAfterTheOtherGive) {
  const Scenario three = scenario({{"control", nullptr},
                                   {"recommender", {{"kind", "mf"}, {"factors", 8}, {"max_epochs", 3}}},
                                   {"retrain", {{"from", "viewed"}}},
                                   {"arms",
                                    {{"mf", Json::object()},
                                     {"short", {{"session", {{"max_pages", 2}}}}},
                                     {"random", {{"recommender", {{"kind", "random"}}}}}}}});
  const Json one_by_one = without_times(run_study(three, options(), 1));
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    for (const std::size_t at_once : {0, 2, 6}) {
      const Json together = run_study(three, options(ExistingFolder::overwrite), at_once);
      EXPECT_EQ(without_times(together), one_by_one) << threads << " threads, " << at_once << " at once";
      for (const char* run : {"mf-1", "short-2", "random-2"})
        EXPECT_TRUE(fs::exists(folder_ / "study" / run / "run.log")) << run;
    }
  }
}

// The arms fail when they meet their dataset, which has no split of its own; the first of them is told of.
TEST_F(Study, TellsOfTheFirstRunThatFailsWhicheverFailsFirst) {
  const Json given{{"dataset", {{"split", {{"kind", "given"}}}}}};
  const Scenario failing = scenario(
      {{"control", nullptr}, {"arms", {{"fine", Json::object()}, {"first", given}, {"second", given}}}});
  for (const std::size_t at_once : {1, 6, 0}) {
    try {
      run_study(failing, options(ExistingFolder::overwrite), at_once);
      FAIL();
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::usage);
      EXPECT_THAT(failure.what(), ::testing::HasSubstr("first-1: this dataset came without a split"));
    }
    EXPECT_TRUE(fs::exists(folder_ / "study/fine-1/summary.json")) << "what came before is kept";
  }
}

TEST_F(Study, InterruptedItGoesOnToTheSameResult) {
  RunOptions elsewhere = options();
  elsewhere.folder = folder_ / "whole";
  const Json whole = run_study(scenario(), elsewhere);
  for (const std::size_t at_once : {1, 4}) {
    {
      const InterruptGuard guard;
      std::raise(SIGINT);
      try {
        run_study(scenario(), options(ExistingFolder::overwrite), at_once);
        FAIL();
      } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), ErrorKind::stopped);
        EXPECT_THAT(failure.what(), ::testing::HasSubstr("--resume goes on from there"));
      }
    }
    EXPECT_EQ(run_study(scenario(), options(ExistingFolder::resume), at_once)["digest"], whole["digest"]);
  }
}

TEST(RunsThatFit, LeaveRoomAndAreAtLeastOne) {
  constexpr std::size_t gib = std::size_t{1} << 30U;
  EXPECT_EQ(runs_that_fit(std::nullopt, gib), 1U) << "nobody knows";
  EXPECT_EQ(runs_that_fit(gib, 4 * gib), 1U);
  EXPECT_EQ(runs_that_fit(10 * gib, gib), 6U);
  EXPECT_GT(runs_that_fit(gib, 0), 1000U) << "nothing is left to run";
}

// A bar is a matter of the arm's worst run, and resuming does not lower it.
TEST_F(Study, MissesTheBarOfAnArm) {
  const Json summary{{"worst_degraded_share", {{"intervention", 0.1}, {"control", 0.3}}}};
  EXPECT_NO_THROW(check_study_quality(scenario(), summary));
  EXPECT_NO_THROW(check_study_quality(scenario({{"max_degraded_share", 0.3}}), summary));
  EXPECT_THROW(check_study_quality(scenario({{"max_degraded_share", 0.2}}), summary), Failure);
  EXPECT_NO_THROW(check_study_quality(
      scenario({{"max_degraded_share", 0.2}, {"control", {{"max_degraded_share", 0.3}}}}), summary));
}

// Arms that explore under a random recommender are the same in all but luck: 5 % of such studies may have a difference below 0.05.
TEST_F(Study, OfNothingFindsNothing) {
  const Json arms = Json::parse(R"({"a": {},
    "b": {"session": {"page_policies": [{"kind": "explore", "share": 0.5}]}},
    "c": {"session": {"page_policies": [{"kind": "explore", "share": 0.9}]}},
    "d": {"session": {"page_policies": [{"kind": "explore", "share": 1}]}}})");
  for (const int seed : {7, 17, 27, 37}) {
    const Scenario null = scenario({{"seed", seed},
                                    {"population", {{"agents", 30}}},
                                    {"recommender", {{"kind", "random"}}},
                                    {"retrain", {{"from", "nothing"}}},
                                    {"replicates", 3},
                                    {"control", nullptr},
                                    {"arms", arms},
                                    {"baseline", "a"}});
    RunOptions to = options();
    to.folder = folder_ / std::to_string(seed);
    run_study(null, to);
    const StudyFigures figures = study_figures(to.folder);
    std::size_t tests = 0;
    for (const auto* differences : {&figures.differences, &figures.round_differences}) {
      for (const ArmDifference& difference : *differences) {
        for (const PairedDifference* paired : {&difference.over_replicates, &difference.over_agents}) {
          if (!paired->p_holm) continue;
          ++tests;
          EXPECT_GE(*paired->p_holm, 0.05) << seed << ' ' << difference.arm << ' ' << difference.figure;
        }
      }
    }
    EXPECT_GT(tests, 50U);
  }
}

TEST_F(Study, TellsTheFaultsOfOwnMetricsInAllRuns) {
  const Json summary = run_study(
      scenario({{"metrics", {{"none", {{"sql", "SELECT 'x' FROM agents LIMIT 1"}}}}}, {"rounds", 1}}),
      options());
  EXPECT_THAT(summary["metric_faults"]["none"].get<std::string>(),
              ::testing::StartsWith("intervention-1, intervention-2, control-1, control-2: it gives "));
}

}  // namespace
}  // namespace throng
