// A scenario's own metrics in the folder of its run.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/studies/study.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

class OwnMetricsOfARun : public ::testing::Test {
 protected:
  static Scenario scenario(const Json& metrics, const Json& changes = Json::object()) {
    Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:60x80"},
                                "recommender": {"kind": "popularity"}})");
    json["metrics"] = metrics;
    json.merge_patch(changes);
    return parse_scenario(json, "s.json", {});
  }

  RunOptions options(ExistingFolder existing = ExistingFolder::refuse) const {
    return {.folder = folder_ / "run", .existing = existing, .progress = Progress::Output::none};
  }

  Json json_at(const std::string& name) const { return read_json(folder_ / "run" / name, ErrorKind::data); }

  TempFolder folder_;
};

/// What P_view is, as the rows have it.
const Json kViews{{"views",
                   {{"sql", "SELECT agent, AVG(viewed) AS value FROM ranked_impressions GROUP BY agent"},
                    {"title", "<i>Views</i>"},
                    {"unit", "share of items"}}}};

TEST_F(OwnMetricsOfARun, StandBesideTheOthersAndChangeNoResult) {
  const Json summary = run_scenario(scenario(kViews), options());
  EXPECT_NEAR(summary["metrics"]["views"].get<double>(), summary["metrics"]["p_view"].get<double>(), 1e-12);
  EXPECT_NEAR(summary["half_widths_95"]["views"].get<double>(),
              summary["half_widths_95"]["p_view"].get<double>(), 1e-12);
  for (const char* rests_on : {"metric_agents", "metric_pages"})
    EXPECT_EQ(summary[rests_on]["views"], summary[rests_on]["p_view"]);
  EXPECT_NO_THROW(check_metrics(summary));
  const Json without = run_scenario(scenario(Json::object()),
                                    {.folder = folder_ / "without", .progress = Progress::Output::none});
  EXPECT_EQ(summary["digest"], without["digest"]);

  const RunReader run(folder_ / "run");
  EXPECT_EQ(run.meta("status"), "finished");
  EXPECT_THAT(run_tables(run), AllOf(HasSubstr("<i>Views</i>"), HasSubstr("share of items")));
  EXPECT_THAT(html_report(report_data(run, folder_ / "run")),
              AllOf(HasSubstr("&lt;i&gt;Views&lt;/i&gt;"), Not(HasSubstr("<i>Views"))));
}

TEST_F(OwnMetricsOfARun, AFaultOfOneLosesNothingAndIsSaid) {
  const Json summary = run_scenario(scenario({{"wrong", {{"sql", "SELECT page FROM pages"}}}}), options());
  EXPECT_EQ(RunReader(folder_ / "run").meta("status"), "finished");
  EXPECT_GT(summary["metrics"]["p_view"], 0);
  EXPECT_EQ(json_at("summary.json")["metric_faults"], summary["metric_faults"]);
  try {
    check_metrics(summary);
    FAIL() << "nobody hears of it";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::quality);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("the metric wrong has no value: it gives more than one row"),
                                      HasSubstr("--resume")));
  }
  EXPECT_THAT(run_tables(RunReader(folder_ / "run")), HasSubstr("The metric wrong has no value"));
}

// The rows are there: nothing is run again, and whoever paid for them does not pay twice.
TEST_F(OwnMetricsOfARun, AFinishedRunThatIsResumedWithOthersTakesThemFromItsRows) {
  const Json before = run_scenario(scenario({{"wrong", {{"sql", "SELECT page FROM pages"}}}}), options());
  const auto windows = [&] { return RunReader(folder_ / "run").round_metrics().size(); };
  const std::size_t rows = windows();
  const Json after = run_scenario(scenario(kViews), options(ExistingFolder::resume));
  EXPECT_EQ(after["wall_seconds"], before["wall_seconds"]) << "it was not run again";
  EXPECT_EQ(windows(), rows);
  EXPECT_NEAR(after["metrics"]["views"].get<double>(), after["metrics"]["p_view"].get<double>(), 1e-12);
  EXPECT_FALSE(after["metrics"].contains("wrong"));
  EXPECT_FALSE(after.contains("metric_faults"));
  EXPECT_EQ(json_at("summary.json"), after);
  EXPECT_EQ(json_at("scenario.json")["metrics"], resolved(scenario(kViews))["metrics"]);
  EXPECT_EQ(run_scenario(scenario(kViews), options(ExistingFolder::resume)), after);
  EXPECT_FALSE(
      run_scenario(scenario(Json::object()), options(ExistingFolder::resume))["metrics"].contains("views"));
}

TEST_F(OwnMetricsOfARun, AReportThatShowsOthersIsRemoved) {
  run_scenario(scenario(Json::object()), options());
  const std::filesystem::path page = folder_ / "run" / "report.html";
  write_file(page, "of none");
  run_scenario(scenario(Json::object()), options(ExistingFolder::resume));
  EXPECT_TRUE(std::filesystem::exists(page));
  run_scenario(scenario(kViews), options(ExistingFolder::resume));
  EXPECT_FALSE(std::filesystem::exists(page));
}

// Not that nothing has been run yet.
TEST_F(OwnMetricsOfARun, AFinishedRunThatCannotBeWrittenIsSaidToBeWhole) {
  run_scenario(scenario(Json::object()), options());
  const std::string run_db = (folder_ / "run" / "run.db").string();
  SQLite::Database(run_db, SQLite::OPEN_READWRITE)
      .exec("CREATE TRIGGER refuses BEFORE INSERT ON metrics BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
  try {
    run_scenario(scenario(kViews), options(ExistingFolder::resume));
    FAIL() << "it was written";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::stopped);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("disk is full"), HasSubstr("the run is whole"),
                                      Not(HasSubstr("nothing has been run"))));
  }
  SQLite::Database(run_db, SQLite::OPEN_READWRITE).exec("DROP TRIGGER refuses");
  const Json after = run_scenario(scenario(kViews), options(ExistingFolder::resume));
  EXPECT_NEAR(after["metrics"]["views"].get<double>(), after["metrics"]["p_view"].get<double>(), 1e-12);
}

TEST_F(OwnMetricsOfARun, AStudyTakesThemFromTheRowsOfItsRuns) {
  const Json study{{"replicates", 2}, {"control", {{"recommender", {{"kind", "random"}}}}}};
  const Json before = run_study(scenario(Json::object(), study), options());
  const Json after = run_study(scenario(kViews, study), options(ExistingFolder::resume));
  EXPECT_EQ(after["digest"], before["digest"]);
  for (const char* arm : {"intervention", "control"}) {
    const Json& metrics = after["by_arm"][arm]["metrics"];
    EXPECT_NEAR(metrics["views"].get<double>(), metrics["p_view"].get<double>(), 1e-12) << arm;
  }
  const Json wrong = run_study(scenario({{"wrong", {{"sql", "SELECT page FROM pages"}}}}, study),
                               options(ExistingFolder::resume));
  EXPECT_THAT([&] { check_metrics(wrong); },
              ThrowsMessage<Failure>(HasSubstr("control-1, control-2: it gives more than one row")));
}

TEST_F(OwnMetricsOfARun, NeedRows) {
  RunOptions summary = options();
  summary.store = Store::summary;
  const auto says = ThrowsMessage<Failure>(HasSubstr("/metrics: they are taken from a run's rows"));
  EXPECT_THAT([&] { run_scenario(scenario(kViews), summary); }, says);
  EXPECT_THAT([&] { run_study(scenario(kViews, {{"replicates", 2}}), summary); }, says);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run")) << "found before anything begins";
  run_scenario(scenario(Json::object()), summary);
  EXPECT_THAT([&] { run_scenario(scenario(kViews), options(ExistingFolder::resume)); }, says);
}

TEST_F(OwnMetricsOfARun, AStudyWithoutRowsKeepsItsResultsWhenItIsResumedWithOthers) {
  const Json study{{"replicates", 2}};
  RunOptions summary = options();
  summary.store = Store::summary;
  const Json before = run_study(scenario(Json::object(), study), summary);
  write_file(folder_ / "run/report.html", "a report");
  try {
    run_study(scenario(kViews, study), options(ExistingFolder::resume));
    FAIL() << "there are no rows to take it from";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    EXPECT_THAT(failure.what(), HasSubstr("intervention-1: /metrics: they are taken from a run's rows"));
  }
  EXPECT_EQ(json_at("summary.json"), before);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run/report.html"));
  EXPECT_EQ(run_study(scenario(Json::object(), study), options(ExistingFolder::resume)), before);
}

}  // namespace
}  // namespace throng
