#include "scenarios/studies/study.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
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

// A bar is a matter of the arm's worst run, and resuming does not lower it.
TEST_F(Study, MissesTheBarOfAnArm) {
  const Json summary{{"worst_degraded_share", {{"intervention", 0.1}, {"control", 0.3}}}};
  EXPECT_NO_THROW(check_study_quality(scenario(), summary));
  EXPECT_NO_THROW(check_study_quality(scenario({{"max_degraded_share", 0.3}}), summary));
  EXPECT_THROW(check_study_quality(scenario({{"max_degraded_share", 0.2}}), summary), Failure);
  EXPECT_NO_THROW(check_study_quality(
      scenario({{"max_degraded_share", 0.2}, {"control", {{"max_degraded_share", 0.3}}}}), summary));
}

}  // namespace
}  // namespace throng
