#include "scenarios/report/study_figures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "recsys/text/csv.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_report.h"
#include "scenarios/store/sql_metrics.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

/// Three replicates of two arms, "new" and the baseline "old", all of the same small run. Of both rounds recommended_gini is n / 10 in
/// replicate n of the baseline and twice that in the other arm: differences of 0.1, 0.2 and 0.3; those of viewed_gini are their
/// opposites. The agents' own metric "luck" is
/// their number, and one more in the other arm; "many" is one number.
class StudyOfThreeReplicates : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("scenario.json",
                  R"({"name": "s", "replicates": 3, "baseline": "old", "arms": {"old": {}, "new": {}}})");
    const TempFolder small;
    testing::write_small_run(small);
    std::filesystem::copy(small.path(), folder_ / "small");
    for (const char* arm : {"old", "new"}) {
      for (int replicate = 1; replicate <= 3; ++replicate) write_run(arm, replicate);
    }
  }

  void write_run(const std::string& arm, int replicate) const {
    const bool is_new = arm == "new";
    const std::filesystem::path folder = folder_ / (arm + "-" + std::to_string(replicate));
    std::filesystem::copy(folder_ / "small", folder);
    std::string sql = "BEGIN;";
    for (const int round : {1, 2}) {
      for (const auto& [metric, value] : {std::pair{"recommended_gini", 0.1 * replicate * (is_new ? 2 : 1)},
                                          {"viewed_gini", is_new ? 0.5 - 0.1 * replicate : 0.5},
                                          {"p_view", is_new ? 0.5 + 0.25 * round : 0.5}})
        sql += fmt::format("INSERT INTO round_metrics VALUES ({}, '{}', {});", round, metric, value);
    }
    SQLite::Database((folder / "run.db").string(), SQLite::OPEN_READWRITE).exec(sql + "COMMIT");
    Json summary;
    sum_up_metrics(folder / "run.db",
                   std::vector<SqlMetric>{{.name = "luck",
                                           .sql = is_new ? "SELECT agent, agent + 1 AS value FROM agents"
                                                         : "SELECT agent, agent AS value FROM agents",
                                           .title = "<b>Luck</b>",
                                           .unit = "points"},
                                          {.name = "many", .sql = "SELECT 12", .title = "many"}},
                   summary);
  }

  static const ArmDifference& find(const std::vector<ArmDifference>& differences, const std::string& figure,
                                   std::optional<std::uint16_t> round = {}) {
    return *std::ranges::find_if(differences, [&](const ArmDifference& difference) {
      return difference.figure == figure && difference.round == round;
    });
  }

  TempFolder folder_;
};

// 0.1, 0.2, 0.3: mean 0.2, standard error 0.1 / sqrt(3), t = 2 sqrt(3) with two degrees of freedom: p = 1 - t / sqrt(t^2 + 2).
// There are 9 + 6 tests over replicates: of the five headline metrics, the two own ones and two ginis, and of three figures in two
// rounds. The ginis have this p; luck and the rounds of p_view, whose differences are all the same, have none, the rest has 1.
TEST_F(StudyOfThreeReplicates, EachRoundHasADifferenceOfItsOwnAndOneCorrectionForAll) {
  const StudyFigures figures = study_figures(folder_.path());
  const double p = 1 - std::sqrt(12.0) / std::sqrt(14.0);
  for (const std::optional<std::uint16_t> round : {std::optional<std::uint16_t>(), {0}, {1}}) {
    const auto& differences = round ? figures.round_differences : figures.differences;
    const ArmDifference& gini = find(differences, "recommended_gini", round);
    EXPECT_EQ(gini.arm, "new");
    EXPECT_EQ(gini.baseline, "old");
    EXPECT_EQ(gini.over_replicates.pairs, 3U);
    EXPECT_NEAR(gini.over_replicates.mean, 0.2, 1e-12);
    EXPECT_NEAR(*gini.over_replicates.half_width, 4.302653 * 0.1 / std::sqrt(3.0), 1e-6) << "t(2)";
    EXPECT_NEAR(*gini.over_replicates.p, p, 1e-9);
    EXPECT_EQ(gini.over_agents.pairs, 0U) << "no agent has a Gini coefficient";
  }
  std::size_t tests = 0;
  for (const auto* differences : {&figures.differences, &figures.round_differences}) {
    for (const ArmDifference& difference : *differences) {
      if (!difference.over_replicates.p) continue;
      ++tests;
      EXPECT_GE(*difference.over_replicates.p, p - 1e-9) << difference.figure;
    }
  }
  EXPECT_EQ(figures.round_differences.size(), 6U);
  EXPECT_EQ(tests, figures.differences.size() + figures.round_differences.size() - 3);
  EXPECT_NEAR(*find(figures.round_differences, "recommended_gini", 1).over_replicates.p_holm,
              std::min(1.0, p * static_cast<double>(tests)), 1e-9);
}

// Nothing tells how far the next replicate would be from three that agree.
TEST_F(StudyOfThreeReplicates, WhatIsTheSameInAllReplicatesHasNeitherIntervalNorP) {
  const StudyFigures figures = study_figures(folder_.path());
  for (const ArmDifference* difference :
       {&find(figures.differences, "luck"), &find(figures.round_differences, "p_view", 1)}) {
    EXPECT_EQ(difference->over_replicates.pairs, 3U);
    EXPECT_EQ(difference->over_replicates.half_width, std::nullopt);
    EXPECT_EQ(difference->over_replicates.p_holm, std::nullopt);
  }
  EXPECT_EQ(find(figures.differences, "luck").over_agents.effect, std::nullopt);
  EXPECT_EQ(find(figures.differences, "many").over_replicates.p_holm, 1) << "no difference at all";
}

TEST_F(StudyOfThreeReplicates, TheScenariosOwnMetricsAreComparedAgentByAgent) {
  const StudyFigures figures = study_figures(folder_.path());
  EXPECT_EQ(figures.metrics.size(), 7U);
  const ArmDifference& luck = find(figures.differences, "luck");
  EXPECT_EQ(luck.over_replicates.pairs, 3U);
  EXPECT_EQ(luck.over_replicates.mean, 1);
  EXPECT_EQ(luck.over_agents.pairs, 2U);
  EXPECT_EQ(luck.over_agents.mean, 1);
  const ArmDifference& many = find(figures.differences, "many");
  EXPECT_EQ(many.over_replicates.mean, 0);
  EXPECT_EQ(many.over_agents.pairs, 0U) << "it is one number";
  EXPECT_EQ(figures.words.at("luck").label, "<b>Luck</b>");
}

TEST_F(StudyOfThreeReplicates, StandInItsTablesItsPageAndItsCsv) {
  const std::string told = study_tables(folder_.path(), study_figures(folder_.path()));
  EXPECT_THAT(told, AllOf(HasSubstr("<b>Luck</b>"), ContainsRegex("recommended_gini +new .*0.400 ± "),
                          ContainsRegex("new +P_view +\\+0.250 +\\+0.500\n"), HasSubstr("all rounds"),
                          Not(HasSubstr("viewed_gini"))));
  EXPECT_THAT(study_tables(folder_.path(), study_figures(folder_.path()), TableFormat::markdown),
              HasSubstr("viewed\\_gini"));

  const Json data = study_report_data(folder_.path(), study_figures(folder_.path()));
  const auto section = std::ranges::find_if(
      data["sections"], [](const Json& each) { return each["heading"] == "Differences round by round"; });
  ASSERT_NE(section, data["sections"].end());
  const Json& gini = (*section)["charts"][0];
  EXPECT_EQ(gini["title"], "Exposure Gini");
  EXPECT_FALSE(gini.contains("range")) << "a difference may be negative";
  EXPECT_EQ(gini["series"][0]["name"], "recommended, new");
  EXPECT_EQ(gini["series"][0]["points"][1]["x"], 2);
  EXPECT_NEAR(gini["series"][0]["points"][1]["mean"].get<double>(), 0.2, 1e-12);
  EXPECT_TRUE(gini["series"][0]["points"][1].contains("low"));

  write_csv_tables(std::vector{folder_.path().string()}, folder_ / "tables");
  const std::string differences = read_file(folder_ / "tables/differences.csv", ErrorKind::data);
  CsvReader rows(differences);
  std::vector<std::string> rounds;
  bool has_viewed_gini = false;
  while (rows.next()) {
    const auto fields = rows.fields();
    if (fields[4] == "recommended_gini") rounds.emplace_back(fields[5]);
    if (fields[4] == "viewed_gini") {
      has_viewed_gini = true;
      EXPECT_NEAR(std::stod(std::string(fields[11])), -2, 1e-9) << "a number, not a text";
    }
  }
  EXPECT_TRUE(has_viewed_gini);
  EXPECT_EQ(rounds, (std::vector<std::string>{"", "1", "2"}));
  EXPECT_THAT(
      read_file(folder_ / "tables/metrics.csv", ErrorKind::data),
      AllOf(ContainsRegex("new,1,luck,1.5,0.5,[0-9.]+,2,3"), ContainsRegex("new,1,many,12.?0?,,,2,3")));
  EXPECT_THAT(read_file(folder_ / "tables/agent_metrics.csv", ErrorKind::data), HasSubstr(",new,1,luck,1,2"));
}

// Of one round there is nothing to add to the differences of the whole run.
TEST_F(StudyOfThreeReplicates, OfOneRoundHasNoDifferencesByRound) {
  for (const char* arm : {"old", "new"}) {
    for (int replicate = 1; replicate <= 3; ++replicate) {
      SQLite::Database((folder_ / (std::string(arm) + "-" + std::to_string(replicate) + "/run.db")).string(),
                       SQLite::OPEN_READWRITE)
          .exec("DELETE FROM round_metrics WHERE round = 2");
    }
  }
  EXPECT_TRUE(study_figures(folder_.path()).round_differences.empty());
}

}  // namespace
}  // namespace throng
