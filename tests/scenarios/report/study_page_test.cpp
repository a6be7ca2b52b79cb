#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/report/page.h"
#include "scenarios/report/study_figures.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string recommender(const Json& scenario) { return scenario["recommender"]["kind"].get<std::string>(); }

TEST(StudyPage, FactsAreThoseOfAllArms) {
  const Json scenario = {{"recommender", {{"kind", "mf"}}},
                         {"arms",
                          {{"mf", Json::object()},
                           {"wide", {{"session", {{"max_pages", 9}}}}},
                           {"random", {{"recommender", {{"kind", "random"}}}}}}}};
  EXPECT_EQ(over_arms(scenario, recommender), "mf, random");
  EXPECT_EQ(over_arms({{"recommender", {{"kind", "mf"}}}}, recommender), "mf");
  const Json control = {{"recommender", {{"kind", "mf"}}},
                        {"control", {{"recommender", {{"kind", "ease"}}}}}};
  EXPECT_EQ(over_arms(control, recommender), "mf, ease");
}

TEST(StudyPage, SaysThatCurvesMoveByThemselves) {
  const Json repeats = {{"session", {{"repeat_consumption", true}}}};
  EXPECT_THAT(about_movement(Json::object()), HasSubstr("an arm that learns nothing."));
  EXPECT_EQ(about_movement(repeats), "");
  const Json study = {{"arms", {{"a", Json::object()}, {"b", repeats}, {"c", Json::object()}}}};
  EXPECT_THAT(about_movement(study),
              AllOf(HasSubstr("(in a, c)"), HasSubstr("the distance between the curves")));
}

TEST(StudyPage, DrawsDifferencesOfHeadlineMetrics) {
  StudyFigures figures{.metrics = {"p_view", "s_sat"}, .replicates = 2};
  figures.words = {{"p_view", {"P_view", "share"}}, {"s_sat", {"S_sat", ""}}};
  const PairedDifference twice{.pairs = 2, .mean = -0.25, .half_width = 0.5};
  for (const char* arm : {"mf", "pop"})
    figures.differences.push_back(
        {.arm = arm, .baseline = "random", .figure = "p_view", .over_replicates = twice});
  figures.differences.push_back(
      {.arm = "mf", .baseline = "random", .figure = "recommended_gini", .over_replicates = twice});
  const Json charts = difference_charts(figures);
  ASSERT_EQ(charts.size(), 1U) << "S_sat has no difference, and others stand in the table";
  EXPECT_EQ(charts[0]["title"], "P_view less that of random");
  EXPECT_EQ(charts[0]["labels"], Json({"mf", "pop"}));
  EXPECT_EQ(charts[0]["series"][0]["values"], Json({-0.25, -0.25}));
  EXPECT_EQ(charts[0]["series"][0]["half_widths"], Json({0.5, 0.5}));
}

TEST(StudyPage, LeadsToThePagesThatHaveBeenDrawn) {
  const TempFolder folder;
  folder.write("scenario.json", R"({"name": "s", "replicates": 2})");
  std::filesystem::create_directory(folder / "intervention-1");
  {
    RunWriter writer(folder / "intervention-1" / "run.db");
    testing::write_facts(writer);
    writer.commit();
  }
  const Json before = runs_section(folder.path());
  EXPECT_THAT(before["text"].get<std::string>(),
              HasSubstr("throng report " + folder.path().string() + " --runs"));
  EXPECT_EQ(before["tables"][0]["rows"], Json({{"intervention-1", "intervention", 1, "running"},
                                               {"intervention-2", "intervention", 2, "not begun"}}));
  write_file(folder / "intervention-1" / "report.html", "");
  EXPECT_EQ(runs_section(folder.path())["tables"][0]["rows"][0][0],
            Json({{"text", "intervention-1"}, {"href", "intervention-1/report.html"}}));
}

}  // namespace
}  // namespace throng
