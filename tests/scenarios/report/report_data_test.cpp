#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/report/page.h"
#include "scenarios/store/journal.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

class ReportData : public ::testing::Test {
 protected:
  Json data() const { return report_data(RunReader(folder_.path()), folder_.path()); }

  /// The chart of that title.
  static Json chart(const Json& data, const std::string& title) {
    for (const Json& section : data["sections"]) {
      for (const Json& chart : section["charts"]) {
        if (chart["title"] == title) return chart;
      }
    }
    ADD_FAILURE() << "no chart " << title;
    return {};
  }
  static Json values(const Json& chart) { return chart["series"][0]["values"]; }

  TempFolder folder_;
};

TEST_F(ReportData, SaysWhatRanAndHowToRunItAgain) {
  testing::write_small_run(folder_);
  const Json report = data();
  EXPECT_EQ(report["title"], "small");
  EXPECT_EQ(report["subtitle"], "two agents");
  EXPECT_EQ(report["digest"], "abc");
  EXPECT_EQ(report["version"], "1.2.3");
  EXPECT_EQ(report["scenario"]["recommender"]["kind"], "mf");
  const std::string folder = folder_.path().string();
  EXPECT_EQ(report["command"], "throng run " + folder + "/scenario.json --out " + folder + "-again");
  EXPECT_EQ(report["facts"][0], Json({{"name", "dataset"}, {"value", "small world"}}));
  EXPECT_FALSE(report.contains("notice"));
}

TEST_F(ReportData, TheHeadSaysWhoPlaysAndWhoRecommends) {
  testing::write_small_run(folder_);
  folder_.write("scenario.json", R"({"name": "small", "rounds": 2, "recommender": {"kind": "mf"}, "mind": [
    {"kind": "llm", "endpoints": [{"model": "m"}, {"model": "m"}, {"model": "n"}]}, {"kind": "statistical"}]})");
  EXPECT_EQ(data()["facts"], Json({{{"name", "dataset"}, {"value", "small world"}},
                                   {{"name", "recommender"}, {"value", "mf"}},
                                   {{"name", "mind"}, {"value", "llm: m, n; statistical"}},
                                   {{"name", "rounds"}, {"value", "2"}},
                                   {{"name", "seed"}, {"value", "7"}}}));
}

TEST_F(ReportData, TheCommandIsSafeToPasteIntoAShell) {
  testing::write_small_run(folder_);
  const RunReader run(folder_.path());
  EXPECT_EQ(report_data(run, folder_.path().string() + "/")["command"], data()["command"]);
  std::filesystem::create_directory(folder_ / "it's $(odd)");
  for (const char* file : {"scenario.json", "run.db"})
    std::filesystem::copy(folder_ / file, folder_ / "it's $(odd)");
  const std::string quoted = "'" + folder_.path().string() + "/it'\\''s $(odd)";
  EXPECT_EQ(report_data(run, folder_ / "it's $(odd)")["command"],
            "throng run " + quoted + "/scenario.json' --out " + quoted + "-again'");
}

TEST_F(ReportData, HeadlineMetricsCarryTheirErrorsAndWhatTheyRestOn) {
  testing::write_small_run(folder_);
  const Json metrics = data()["metrics"];
  ASSERT_EQ(metrics.size(), 5U);
  EXPECT_EQ(metrics[0]["label"], "P_view");
  EXPECT_DOUBLE_EQ(metrics[0]["mean"].get<double>(), 0.25);  // 2 of 4 and 0 of 2
  EXPECT_NEAR(metrics[0]["half_width"].get<double>(), 12.7062 * 0.25, 1e-4)
      << "Student's t, one degree of freedom";
  EXPECT_EQ(metrics[0]["basis"], "2 agents, 3 pages");
}

TEST_F(ReportData, DistributionsAndPages) {
  testing::write_small_run(folder_);
  const Json report = data();
  EXPECT_EQ(values(chart(report, "Ratings given")), Json({0.0, 0.0, 0.0, 50.0, 50.0}));
  EXPECT_EQ(chart(report, "Ratings given")["table"]["rows"][4], Json({"5", 1, 50.0}));
  EXPECT_EQ(values(chart(report, "Page of the exit")), Json({50.0, 50.0}));
  EXPECT_EQ(values(chart(report, "Sessions that reached the page")), Json({100.0, 50.0}));
  const Json views = chart(report, "Views per page")["series"][0];
  EXPECT_EQ(views["values"], Json({0.5, 1.0}));  // page 1: 1 and 0 views
  EXPECT_NEAR(views["half_widths"][0].get<double>(), 12.7062 * 0.5, 1e-4);
  EXPECT_EQ(views["half_widths"][1], nullptr) << "one session has no interval";
}

TEST_F(ReportData, TraitGroupsLeaveEmptyGroupsBlank) {
  testing::write_small_run(folder_);
  const Json scores = chart(data(), "S_sat: interview score, 1 to 10");
  EXPECT_EQ(scores["labels"], Json({"occasional", "regular", "devoted", "follower", "balanced", "maverick",
                                    "selective", "open", "explorer"}));
  EXPECT_EQ(scores["groups"][2], "activity");
  EXPECT_EQ(values(scores), Json({8.0, nullptr, 2.0, nullptr, 5.0, nullptr, nullptr, 5.0, nullptr}));
  EXPECT_EQ(values(chart(data(), "Agents in the group")), Json({1, 0, 1, 0, 2, 0, 0, 2, 0}));
}

TEST_F(ReportData, ItemsAreRankedAndSetAgainstTheirPopularity) {
  testing::write_small_run(folder_);
  const Json report = data();
  const Json shown = chart(report, "Most shown");
  EXPECT_EQ(shown["labels"], Json({"item 1", "item 0", "item 2"}));
  EXPECT_EQ(values(shown), Json({3, 2, 1}));
  EXPECT_EQ(shown["table"]["rows"][2], Json({"item 2", "genre 0, genre 1", 1, 1, 1, 0}));
  EXPECT_EQ(chart(report, "Most liked")["labels"], Json({"item 0", "item 2"}))
      << "ties by id; no item without likes";

  const Json scatter = chart(report, "Popularity against exposure");
  EXPECT_EQ(scatter["points"], Json({{{"x", 2}, {"y", 2}, {"name", "item 0"}},
                                     {{"x", 1}, {"y", 3}, {"name", "item 1"}},
                                     {{"x", 0}, {"y", 1}, {"name", "item 2"}}}));
  // 6 impressions, 3 interactions.
  EXPECT_NEAR(scatter["reference"]["points"].back()["y"].get<double>(), 4, 1e-9);
}

TEST_F(ReportData, ALargeCatalogueIsThinnedOutForTheScatterPlot) {
  Dataset dataset = testing::dataset_of(2, 1, std::vector<std::vector<unsigned>>(5000, {0}), {{0, 4999, 4}});
  testing::write_small_run(folder_, dataset);
  const Json scatter = chart(data(), "Popularity against exposure");
  EXPECT_EQ(scatter["points"].size(), 2000U);
  EXPECT_EQ(scatter["points"][0]["name"], "item 4999") << "the most popular one stays";
  EXPECT_EQ(scatter["note"], "2,000 of 5,000 items, evenly spaced by popularity.");
}

TEST_F(ReportData, RoundsBecomeCurvesOnceThereAreTwo) {
  testing::write_small_run(folder_);
  testing::write_round_metric(folder_, 1, "recommended_gini", 0.5);
  testing::write_round_metric(folder_, 1, "viewed_gini", 0.6);
  EXPECT_TRUE(round_charts(RunReader(folder_.path()).round_metrics()).empty());
  testing::write_round_metric(folder_, 2, "recommended_gini", 0.7);
  testing::write_round_metric(folder_, 2, "recommended_top_genre_share", 0.3);
  testing::write_round_metric(folder_, 2, "surprise", 0.1);

  const Json charts = round_charts(RunReader(folder_.path()).round_metrics());
  ASSERT_EQ(charts.size(), 3U);
  EXPECT_EQ(charts[0]["title"], "Share of the top genre");
  EXPECT_EQ(charts[2]["title"], "surprise") << "a metric this page has no words for";
  EXPECT_EQ(
      charts[1]["series"],
      Json({{{"name", "recommended"}, {"points", {{{"x", 1}, {"mean", 0.5}}, {{"x", 2}, {"mean", 0.7}}}}},
            {{"name", "viewed"}, {"points", Json::array({{{"x", 1}, {"mean", 0.6}}})}}}));
  EXPECT_EQ(data()["sections"][0]["heading"], "Round by round");
}

TEST_F(ReportData, OfflineAndHeadlineFiguresOfRoundsHaveTheirWords) {
  testing::write_small_run(folder_);
  for (const int round : {1, 2}) {
    for (const char* figure : {"offline_ndcg", "offline_recall", "p_view"})
      testing::write_round_metric(folder_, round, figure, 0.25);
  }
  const Json charts = round_charts(RunReader(folder_.path()).round_metrics());
  ASSERT_EQ(charts.size(), 3U);
  EXPECT_EQ(charts[0]["title"], "NDCG offline");
  EXPECT_EQ(charts[0]["unit"], "NDCG@20");
  EXPECT_EQ(charts[1]["title"], "Recall offline");
  EXPECT_EQ(charts[2]["title"], "P_view");
}

TEST_F(ReportData, PositionsShareAChartAFigure) {
  testing::write_small_run(folder_);
  for (const int round : {1, 2}) {
    testing::write_round_metric(folder_, round, "position_1_viewed", 0.5);
    testing::write_round_metric(folder_, round, "position_2_viewed", 0.25);
  }
  const Json charts = round_charts(RunReader(folder_.path()).round_metrics());
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_EQ(charts[0]["title"], "viewed by position");
  ASSERT_EQ(charts[0]["series"].size(), 2U);
  EXPECT_EQ(charts[0]["series"][1]["name"], "2");
}

// Agent 0 viewed both items that stood first on its pages, agent 1 not its one.
TEST_F(ReportData, ThePageShowsWhatPositionDoes) {
  testing::write_small_run(folder_);
  const Json report = data();
  const auto section = std::ranges::find_if(
      report["sections"], [](const Json& s) { return s["heading"] == "Position on the page"; });
  ASSERT_NE(section, report["sections"].end());
  const Json& viewed = (*section)["charts"][0]["series"][1];
  EXPECT_EQ(viewed["name"], "viewed");
  EXPECT_EQ(viewed["values"], Json({50.0, 0.0}));
  EXPECT_NEAR(viewed["half_widths"][0].get<double>(), 635.3, 0.1);
}

TEST_F(ReportData, AnUnfinishedRunSaysSoAndShowsWhatThereIs) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer, "small world", "stopped");
    writer.commit();
  }
  const Json report = data();
  EXPECT_EQ(report["title"], "small world");
  EXPECT_TRUE(report.contains("notice"));
  EXPECT_TRUE(report["sections"].empty());
  EXPECT_FALSE(report.contains("metrics"));
  EXPECT_FALSE(report.contains("command")) << "there is no scenario to run";
}

TEST_F(ReportData, AStoppedRunSaysWhyWhatWasSpentAndHowToGoOn) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer, "small world", "stopped");
    writer.write_meta("stopped_by", "the endpoint is down");
    writer.commit();
    Journal journal(folder_ / "journal.db", Journal::Mode::survives_kill);
    journal.add({.actor = ActorId(0)}, {.parts = {"what is asked"}},
                {.reply = "{}",
                 .endpoint = "e",
                 .model = "m",
                 .prompt_tokens = 1200,
                 .completion_tokens = 30,
                 .usd = 0.25});
    journal.commit();
  }
  folder_.write("budget.log",
                "throng-budget 2\nprocess\nreserve 1 1300 400000000000\nsettle 1 1230 250000000000\n"
                "reserve 2 100 50000000000\n");
  folder_.write("scenario.json", R"({"name": "small", "budget": {"usd": 0.5}})");
  const Json report = data();
  const auto notice = report["notice"].get<std::string>();
  EXPECT_THAT(notice, ::testing::HasSubstr("has not finished: the endpoint is down"));
  EXPECT_THAT(notice,
              ::testing::HasSubstr("1 completed calls: 1,200 prompt and 30 completion tokens, 0.2500 USD"));
  EXPECT_THAT(notice, ::testing::HasSubstr("0.3000 of 0.5 USD"));
  EXPECT_THAT(notice, ::testing::HasSubstr("--set budget.usd=MORE"));
  const std::string folder = folder_.path().string();
  EXPECT_EQ(report["command"], "throng run " + folder + "/scenario.json --out " + folder + " --resume");
  EXPECT_FALSE(report.contains("metrics")) << "no agent has come";
}

TEST_F(ReportData, ARunWhoseProcessIsGoneIsToldFromOneThatGoesOn) {
  {
    RunWriter writer(folder_ / "run.db");
    testing::write_facts(writer);
    writer.commit();
  }
  EXPECT_THAT(data()["notice"].get<std::string>(), ::testing::HasSubstr("killed"));
  const FolderLock lock(folder_.path());
  EXPECT_THAT(data()["notice"].get<std::string>(), ::testing::HasSubstr("being run at this moment"));
}

TEST_F(ReportData, WhatAJournalKnowsIsReplayedAndNotPaidAgain) {
  testing::write_small_run(folder_);
  { Journal journal(folder_ / "journal.db", Journal::Mode::survives_kill); }
  const std::string folder = folder_.path().string();
  EXPECT_EQ(data()["command"],
            "throng run " + folder + "/scenario.json --out " + folder + "-again --replay " + folder);
}

TEST(ChartsInOrder, RecommendedComesBeforeViewedAndLikedFigureByFigure) {
  std::map<std::string, Json> charts;
  for (const char* name : {"liked_distinct_genres", "p_view", "recommended_distinct_genres",
                           "viewed_top_genre_share", "liked_top_genre_share", "recommended_top_genre_share"})
    charts[name] = name;
  EXPECT_EQ(charts_in_order(std::move(charts)),
            Json({"recommended_top_genre_share", "viewed_top_genre_share", "liked_top_genre_share",
                  "recommended_distinct_genres", "liked_distinct_genres", "p_view"}));
}

}  // namespace
}  // namespace throng
