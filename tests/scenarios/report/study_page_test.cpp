#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/report/page.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/report/study_report.h"
#include "scenarios/scenario/scenario.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

// A chart of each metric, not of each metric at each point of a sweep.
TEST(StudyPage, DrawsTheDifferencesOfASweepTogether) {
  StudyFigures figures{.baseline = "random", .metrics = {"p_view"}, .replicates = 2};
  figures.words = {{"p_view", {"P_view", "share"}}};
  for (int point = 1; point <= 40; ++point) {
    for (const char* arm : {"mf", "pop"})
      figures.differences.push_back({.arm = fmt::format("{},sample-{:02}", arm, point),
                                     .baseline = fmt::format("random,sample-{:02}", point),
                                     .figure = "p_view",
                                     .over_replicates = {.pairs = 2, .mean = 0.5, .half_width = 0.1}});
  }
  const Json charts = difference_charts(figures);
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_EQ(charts[0]["title"], "P_view less that of random");
  EXPECT_EQ(charts[0]["labels"].size(), 60U);
  EXPECT_EQ(charts[0]["groups"][0], "mf");
  EXPECT_EQ(charts[0]["groups"][1], "pop");
  EXPECT_THAT(charts[0]["note"].get<std::string>(),
              AllOf(HasSubstr("the baseline at its own point"), HasSubstr("20 more arms: differences.csv")));
}

StudyFigures of_arms(int arms, std::uint16_t rounds) {
  StudyFigures figures{.baseline = "arm-1", .replicates = 2};
  for (int n = 1; n <= arms; ++n) {
    ArmFigures& arm = figures.arms.emplace_back(ArmFigures{.arm = fmt::format("arm-{}", n), .runs = 2});
    for (std::uint16_t round = 0; round < rounds; ++round) {
      for (const char* of : {"recommended_gini", "viewed_gini"})
        arm.rounds[{of, round}] = {{1, 0.1}, {2, 0.1 * n}};
    }
  }
  return figures;
}

TEST(StudyPage, OfOneRoundDrawsAPointForEachArm) {
  const Json section = sections_along(of_arms(14, 1), Json::object())[0];
  EXPECT_EQ(section["heading"], "What was shown, viewed and liked");
  ASSERT_EQ(section["charts"].size(), 1U);
  const Json& chart = section["charts"][0];
  EXPECT_EQ(chart["shape"], "points");
  EXPECT_EQ(chart["labels"].size(), 14U);
  EXPECT_EQ(chart["series"][0]["name"], "recommended");
  EXPECT_DOUBLE_EQ(chart["series"][1]["values"][2].get<double>(), 0.2);
}

TEST(StudyPage, SaysWhichArmsAreNotDrawn) {
  const Json section = sections_along(of_arms(14, 2), Json::object())[0];
  EXPECT_EQ(section["charts"][0]["series"].size(), 12U);
  EXPECT_THAT(section["text"].get<std::string>(), HasSubstr("the first 12 of 14 arms"));
}

TEST(StudyPage, KnowsWhatItsArmsSet) {
  const Json scenario = {
      {"recommender", {{"kind", "mf"}, {"factors", 16}}},
      {"arms",
       {{"mf", Json::object()},
        {"pop,pages=3", {{"recommender", {{"kind", "popularity"}}}, {"session", {{"max_pages", 3}}}}},
        {"list", {{"mind", {{{"share", 1}}}}}}}}};
  const ArmSettings settings = arm_settings(scenario);
  EXPECT_THAT(settings.parameters, ElementsAre("recommender.kind", "session.max_pages", "mind"));
  EXPECT_THAT(settings.otherwise, ElementsAre("mf", "", ""));
  EXPECT_THAT(settings.arms[0].second, ElementsAre("", "", ""));
  EXPECT_THAT(settings.arms[1].second, ElementsAre("popularity", "3", ""));
  EXPECT_THAT(settings.arms[2].second, ElementsAre("", "", R"([{"share":1}])"));
}

// As scenario.json of a study's folder has them: an object of another kind comes with all its options. What their defaults are is not
// known of recommenders that another program brought along, nor of a mind that cannot be read (this one has nobody to ask).
TEST(StudyPage, OfAKindThatCannotBeReadNamesWhatIsNotTheSameInAllArmsOfThatKind) {
  const auto ours = [](int factors, const Json& taste) {
    return Json{{"recommender", {{"kind", "ours"}, {"factors", factors}, {"rate", 0.1}}},
                {"mind", {{"kind", "llm"}, {"repairs", 2}, {"taste", taste}}}};
  };
  const Json latent{{"kind", "latent"}};
  const Json scenario = {{"recommender", {{"kind", "random"}}},
                         {"mind", {{"kind", "statistical"}}},
                         {"arms",
                          {{"ours,factors=8", ours(8, latent)},
                           {"ours,factors=9", ours(9, latent)},
                           {"theirs", {{"recommender", {{"kind", "theirs"}, {"rate", 3}, {"l2", 500}}}}}}}};
  const ArmSettings settings = arm_settings(scenario);
  EXPECT_THAT(settings.parameters, ElementsAre("recommender.kind", "recommender.factors", "mind.kind"));
  EXPECT_THAT(settings.arms[1].second, ElementsAre("ours", "9", "llm"));
  EXPECT_THAT(settings.arms[2].second, ElementsAre("theirs", "", ""));
  Json other = scenario;
  other["arms"]["ours,factors=9"]["mind"]["taste"] = {{"kind", "ease"}, {"l2", 2}};
  EXPECT_THAT(arm_settings(other).parameters,
              ElementsAre("recommender.kind", "recommender.factors", "mind.kind", "mind.taste.kind"));
}

// What nobody stated stays out of the table, which would be as wide as all models have options.
TEST(StudyPage, OfAnotherKindNamesAnOptionThatOneArmAloneSets) {
  const auto parameters_of = [](const Json& arms) {
    const Json study = {{"name", "s"},
                        {"seed", 1},
                        {"dataset", {{"path", "demo"}}},
                        {"mind", {{"kind", "statistical"}}},
                        {"recommender", {{"kind", "random"}}},
                        {"arms", arms}};
    return arm_settings(resolved(parse_scenario(study, "s.json", {}))).parameters;
  };
  const Json arms = {{"plain", Json::object()},
                     {"pop", {{"recommender", {{"kind", "random"}, {"most_popular", 600}}}}},
                     {"mf", {{"recommender", {{"kind", "mf"}}}}},
                     {"ease", {{"recommender", {{"kind", "ease"}}}}}};
  EXPECT_THAT(parameters_of(arms), ElementsAre("recommender.most_popular", "recommender.kind"));

  Json with_options = arms;
  with_options["mf"]["recommender"]["factors"] = 128;
  with_options["mf"]["recommender"]["l2"] = 0.5;
  EXPECT_THAT(parameters_of(with_options), ElementsAre("recommender.most_popular", "recommender.kind",
                                                       "recommender.factors", "recommender.l2"));

  const Json endpoints = {{{"url", "http://localhost:1/v1"}, {"model", "m"}}};
  Json mind{{"kind", "llm"}, {"endpoints", endpoints}};
  EXPECT_THAT(parameters_of({{"plain", Json::object()}, {"llm", {{"mind", mind}}}}),
              ElementsAre("mind.kind", "mind.endpoints"));
  mind["temperature"] = 0.25;
  mind["reflection"] = {{"pages", 3}};
  EXPECT_THAT(parameters_of({{"plain", Json::object()}, {"llm", {{"mind", mind}}}}),
              ElementsAre("mind.kind", "mind.endpoints", "mind.temperature", "mind.reflection.pages"));

  const Json taste{{"kind", "ease"}, {"l2", 3}};
  EXPECT_THAT(parameters_of({{"plain", Json::object()}, {"ease", {{"mind", {{"taste", taste}}}}}}),
              ElementsAre("mind.taste.kind", "mind.taste.l2"));
}

TEST(StudyPage, HasNoChartOfWhatOnlyArmsThatAreNotDrawnHave) {
  StudyFigures figures = of_arms(14, 2);
  for (std::uint16_t round = 0; round < 2; ++round)
    figures.arms.back().rounds[{"liked_entropy", round}] = {{1, 0.1}};
  for (const Json& section : sections_along(figures, Json::object())) {
    for (const Json& chart : section["charts"]) EXPECT_FALSE(chart["series"].empty()) << chart["title"];
  }
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
