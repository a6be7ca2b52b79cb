#include <algorithm>
#include <cmath>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/statistics.h"
#include "scenarios/report/comparison_report.h"
#include "scenarios/report/study_report.h"
#include "scenarios/studies/study.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CompareStudies : public ::testing::Test {
 protected:
  void run(const std::string& name, const Json& changes = Json::object()) const {
    Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:60x80"},
      "recommender": {"kind": "popularity"}, "replicates": 3,
      "arms": {"plain": {}, "short": {"session": {"max_pages": 2}}}})");
    json.merge_patch(changes);
    const Scenario scenario = parse_scenario(json, "s.json", {});
    const RunOptions options{.folder = folder_ / name, .progress = Progress::Output::none};
    scenario.is_study() ? run_study(scenario, options) : run_scenario(scenario, options);
  }

  StudyComparison compare(const std::string& a, const std::string& b) const {
    return compare_studies(folder_ / a, folder_ / b);
  }

  double p_view(const std::string& run) const {
    const RunReader reader(folder_ / run);
    return reader.metrics().front().mean;
  }

  TempFolder folder_;
};

const Json kRandom{{"recommender", {{"kind", "random"}}}};

TEST_F(CompareStudies, PairsRunsOfTheSameSeedArmByArm) {
  run("a");
  run("b", kRandom);
  const StudyComparison comparison = compare("a", "b");
  ASSERT_EQ(comparison.arms.size(), 2U);
  EXPECT_THAT(comparison.notes, ::testing::IsEmpty());
  for (const ArmComparison& arm : comparison.arms) {
    EXPECT_EQ(arm.pairs, 3U);
    EXPECT_EQ(arm.same, 0U);
    const FigureComparison& figure = arm.figures.front();
    EXPECT_EQ(figure.metric, "p_view");
    std::vector<double> differences;
    for (int replicate = 1; replicate <= 3; ++replicate) {
      const std::string place = fmt::format("{}-{}", arm.arm, replicate);
      differences.push_back(p_view("b/" + place) - p_view("a/" + place));
    }
    EXPECT_DOUBLE_EQ(figure.over_replicates.mean, mean_of(differences));
    // 97.5 % of Student's t with two degrees of freedom.
    EXPECT_NEAR(figure.over_replicates.half_width.value(), 4.302653 * standard_error_of(differences), 1e-6);
    EXPECT_TRUE(figure.over_replicates.p_holm.has_value());
    EXPECT_EQ(figure.over_agents.pairs, 60U);
    EXPECT_DOUBLE_EQ(figure.a.mean + figure.over_replicates.mean, figure.b.mean);
  }
}

// As of adverts that nobody was shown in some runs.
TEST_F(CompareStudies, HasTheFiguresThatTheFirstRunHasNot) {
  run("a");
  run("b", kRandom);
  for (const char* lacks_it : {"a/plain-1", "a/short-1", "a/short-2", "a/short-3"}) {
    SQLite::Database(folder_ / lacks_it / "run.db", SQLite::OPEN_READWRITE)
        .exec("DELETE FROM metrics WHERE metric = 'n_exit'");
  }
  for (const ArmComparison& arm : compare("a", "b").arms) {
    const auto figure = std::ranges::find(arm.figures, "n_exit", &FigureComparison::metric);
    ASSERT_NE(figure, arm.figures.end()) << arm.arm;
    EXPECT_EQ(figure->a.replicates, arm.arm == "plain" ? 2U : 0U);
    EXPECT_EQ(figure->b.replicates, 3U);
  }
}

TEST_F(CompareStudies, TheSameStudyDiffersInNothing) {
  run("a");
  const StudyComparison comparison = compare("a", "a");
  ASSERT_FALSE(comparison.arms.empty());
  for (const ArmComparison& arm : comparison.arms) {
    EXPECT_EQ(arm.same, 3U);
    EXPECT_FALSE(arm.figures.empty());
    for (const FigureComparison& figure : arm.figures) EXPECT_EQ(figure.over_replicates.mean, 0);
  }
}

TEST_F(CompareStudies, OfOtherSeedsTheMeansAreCompared) {
  run("a");
  run("b", {{"seed", 50}, {"replicates", 2}});
  const ArmComparison arm = compare("a", "b").arms.front();
  EXPECT_EQ(arm.pairs, 0U);
  const FigureComparison& figure = arm.figures.front();
  const std::vector<double> a{p_view("a/plain-1"), p_view("a/plain-2"), p_view("a/plain-3")};
  const std::vector<double> b{p_view("b/plain-1"), p_view("b/plain-2")};
  EXPECT_DOUBLE_EQ(figure.over_replicates.mean, mean_of(b) - mean_of(a));
  // One degree of freedom: that of the two runs.
  EXPECT_NEAR(figure.over_replicates.half_width.value(),
              12.706205 * std::hypot(standard_error_of(a), standard_error_of(b)), 1e-6);
  EXPECT_EQ(figure.over_replicates.p, std::nullopt);
  EXPECT_EQ(figure.over_agents.pairs, 0U);
  EXPECT_THAT(study_comparison_text(compare("a", "b")), HasSubstr("none of the same seed: not paired"));
}

TEST_F(CompareStudies, ARunStandsAgainstEveryArm) {
  run("a");
  run("r", {{"arms", nullptr}, {"replicates", nullptr}});
  const StudyComparison comparison = compare("r", "a");
  ASSERT_EQ(comparison.arms.size(), 2U);
  EXPECT_EQ(comparison.arms[0].arm, "plain");
  EXPECT_EQ(comparison.arms[0].same, 1U) << "it is that run";
  EXPECT_EQ(comparison.arms[1].same, 0U);
  const FigureComparison& figure = comparison.arms[1].figures.front();
  EXPECT_DOUBLE_EQ(figure.over_replicates.mean, p_view("a/short-1") - p_view("r"));
  EXPECT_EQ(figure.over_replicates.half_width, std::nullopt) << "one pair";
  EXPECT_TRUE(figure.over_agents.half_width.has_value());
}

TEST_F(CompareStudies, NamesTheArmsThatOnlyOneHas) {
  run("a");
  run("b", {{"arms", {{"short", nullptr}, {"long", {{"session", {{"max_pages", 8}}}}}}}});
  const StudyComparison comparison = compare("a", "b");
  ASSERT_EQ(comparison.arms.size(), 1U);
  EXPECT_THAT(study_comparison_text(comparison),
              AllOf(HasSubstr("Only A has the arm short."), HasSubstr("Only B has the arm long.")));
  run("c", {{"arms", {{"plain", nullptr}, {"short", nullptr}, {"other", Json::object()}}}});
  try {
    compare("a", "c");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("a has plain, short"), HasSubstr("c has other")));
  }
}

TEST_F(CompareStudies, AStudyThatHasNotFinishedIsComparedAsFarAsItGot) {
  run("a");
  std::filesystem::remove_all(folder_ / "a/short-3");
  run("b", kRandom);
  const StudyComparison comparison = compare("a", "b");
  EXPECT_EQ(comparison.arms[1].pairs, 2U);
  EXPECT_THAT(comparison.notes, ::testing::Contains(HasSubstr("A has not finished")));
  for (const char* run : {"plain-1", "plain-2", "plain-3", "short-1", "short-2"})
    std::filesystem::remove_all(folder_ / "a" / run);
  EXPECT_THROW(compare("a", "b"), Failure);
}

// Under one name they would be compared without a word.
TEST_F(CompareStudies, OwnMetricsThatAreOtherSqlHaveNoDifference) {
  const auto counts = [](const char* what) {
    return Json{{"metrics",
                 {{"many", {{"sql", std::string("SELECT COUNT(*) FROM ") + what}}},
                  {"same", {{"sql", "SELECT COUNT(*) FROM sessions"}}}}}};
  };
  run("a", counts("sessions"));
  run("b", counts("pages"));
  const StudyComparison comparison = compare("a", "b");
  EXPECT_THAT(comparison.notes, ::testing::Contains(HasSubstr("many is other SQL in A than in B")));
  for (const FigureComparison& figure : comparison.arms.front().figures) {
    EXPECT_EQ(figure.over_replicates.pairs, figure.metric == "many" ? 0U : 3U) << figure.metric;
    EXPECT_EQ(figure.a.replicates, 3U) << figure.metric;
  }

  const ComparedRun a(folder_ / "a/plain-1");
  const ComparedRun b(folder_ / "b/plain-1");
  const Comparison runs = compare_runs(a, b);
  EXPECT_THAT(runs.notes, ::testing::Contains(HasSubstr("many is other SQL")));
  EXPECT_EQ(std::ranges::count(runs.metrics, "many", &MetricDifference::metric), 0);

  Json arms{{"arms", {{"plain", counts("pages")}}}};
  arms["arms"]["short"]["metrics"] = Json{{"many", {{"sql", "SELECT 3"}}}};
  run("arms", arms);
  const StudyFigures figures = study_figures(folder_ / "arms");
  EXPECT_EQ(std::ranges::count(figures.differences, "many", &ArmDifference::figure), 0);
  EXPECT_THAT(figures.caveats,
              ::testing::Contains(HasSubstr("many is other SQL in the arm short than in plain")));
}

// The folder's scenario.json has every option of a recommender of another kind.
TEST_F(CompareStudies, ArmsOfOtherKindsSetWhatTheyDifferIn) {
  Json changes{{"replicates", 1}, {"arms", {{"ease", {{"recommender", {{"kind", "ease"}}}}}}}};
  for (const int factors : {4, 8}) {
    changes["arms"][fmt::format("mf{}", factors)] = {
        {"recommender", {{"kind", "mf"}, {"factors", factors}, {"max_epochs", 1}}}};
  }
  run("a", changes);
  const ArmSettings settings = arm_settings(read_json(folder_ / "a/scenario.json", ErrorKind::data));
  EXPECT_THAT(settings.parameters,
              ::testing::UnorderedElementsAre("session.max_pages", "recommender.kind", "recommender.factors",
                                              "recommender.max_epochs"));
  const std::string tables = study_tables(folder_ / "a", study_figures(folder_ / "a"));
  EXPECT_THAT(tables, AllOf(HasSubstr("recommender.kind"), HasSubstr("  factors  max_epochs\n"),
                            HasSubstr("What the arms set, and what it is otherwise (at length")));
}

TEST_F(CompareStudies, OnATerminalWhatArmsSetIsAFewColumns) {
  run("a", {{"replicates", 1},
            {"arms",
             {{"other",
               {{"mind",
                 {{"kind", "statistical"},
                  {"parameters",
                   {{"align_base", 0.1},
                    {"align_affinity", 0.1},
                    {"align_quality", 0.1},
                    {"align_popularity", 0.1},
                    {"satisfaction_views", 0.1},
                    {"exit_satisfaction", 0.1}}}}},
                {"session", {{"max_pages", 3}, {"items_per_page", 3}}}}}}}});
  const StudyFigures figures = study_figures(folder_ / "a");
  EXPECT_THAT(study_tables(folder_ / "a", figures),
              HasSubstr("7 of 9 parameters; arms.csv (--csv) has all."));
  EXPECT_THAT(study_tables(folder_ / "a", figures, TableFormat::latex), HasSubstr("(at length: arms.csv"));
}

TEST_F(CompareStudies, OfManyArmsOneOfEachSizeIsNamed) {
  Json arms;
  for (int n = 1; n <= 8; ++n) arms[fmt::format("arm{}", n)] = Json{{"session", {{"max_pages", 2}}}};
  arms["few"] = {{"population", {{"agents", 20}}}};
  run("a", {{"replicates", 1}, {"arms", arms}});
  EXPECT_THAT(
      study_figures(folder_ / "a").caveats,
      ::testing::Contains(HasSubstr("(plain 60, few 20, short 60, arm1 60, arm2 60, arm3 60, arm4 60, "
                                    "arm5 60, ...)")));
}

TEST_F(CompareStudies, ArmsOfUnequalSizeAreNamed) {
  run("a", {{"replicates", 2},
            {"arms", {{"few", {{"population", {{"agents", 20}}}}}, {"long", {{"rounds", 2}}}}}});
  EXPECT_THAT(
      study_figures(folder_ / "a").caveats,
      AllOf(::testing::Contains(HasSubstr("unequal numbers of agents (plain 60, short 60, few 20, long 60)")),
            ::testing::Contains(HasSubstr("unequal numbers of rounds (plain 1, short 1, few 1, long 2)"))));
}

}  // namespace
}  // namespace throng
