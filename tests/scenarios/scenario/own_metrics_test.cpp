#include "scenarios/scenario/own_metrics.h"

#include <gmock/gmock.h>

#include "tests/scenarios/scenario/scenario_support.h"

namespace throng {
namespace {

using ::testing::AllOf;
using testing::fault_of;
using ::testing::HasSubstr;
using testing::valid;

Json with_metrics(const Json& metrics) {
  Json json = valid();
  json["metrics"] = metrics;
  return json;
}

Json one(const std::string& name, const Json& sql = "SELECT 1") {
  return with_metrics({{name, {{"sql", sql}}}});
}

TEST(OwnMetrics, AreReadInTheirOrderAndCalledByTheirNamesWithoutATitle) {
  const Scenario scenario = parse_scenario(
      with_metrics(
          {{"late_views",
            {{"sql", "SELECT agent, AVG(viewed) AS value FROM impressions WHERE page > 2 GROUP BY agent"},
             {"title", "Late views"},
             {"unit", "share of items"}}},
           {"all", {{"sql", "SELECT COUNT(*) FROM impressions"}}}}),
      "s.json", {});
  ASSERT_EQ(scenario.metrics.size(), 2U);
  EXPECT_EQ(scenario.metrics[0].title, "Late views");
  EXPECT_EQ(scenario.metrics[0].unit, "share of items");
  EXPECT_EQ(scenario.metrics[1].title, "all");
  EXPECT_EQ(resolved(scenario)["metrics"]["all"],
            Json({{"sql", "SELECT COUNT(*) FROM impressions"}, {"title", "all"}, {"unit", ""}}));
  const Scenario again = parse_scenario(resolved(scenario), "scenario.json", {});
  EXPECT_EQ(again.metrics, scenario.metrics);
  EXPECT_EQ(resolved(again), resolved(scenario));
  EXPECT_FALSE(resolved(parse_scenario(valid(), "s.json", {})).contains("metrics")) << "nobody asked for one";
}

TEST(OwnMetrics, WrongSqlIsAFaultWithItsPathAndSqlitesWords) {
  EXPECT_EQ(fault_of(one("late", "SELECT vewed FROM impressions")),
            "s.json: /metrics/late/sql: no such column: vewed");
  EXPECT_THAT(fault_of(one("late", "DROP TABLE pages")), HasSubstr("/metrics/late/sql: not authorized"));
  EXPECT_THAT(fault_of(valid(), {"metrics.late.sql=SELECT 1, 2, 3"}),
              HasSubstr("/metrics/late/sql: its columns are"));
}

TEST(OwnMetrics, NamesOfThrongsOwnAndOddOnesAreRefused) {
  for (const char* taken : {"p_view", "n_like", "s_sat", "p_found", "recommended_gini", "viewed_novelty",
                            "position_1_viewed", "page_1_rating", "align_recall", "offline_recall"}) {
    EXPECT_THAT(fault_of(one(taken)),
                AllOf(HasSubstr(std::string("/metrics/") + taken + ": "), HasSubstr("Throng's own metrics")));
  }
  for (const char* odd : {"", "Late", "9lives", "late views", "late,views", "<b>", "=1+1"})
    EXPECT_THAT(fault_of(one(odd)), HasSubstr("expected a name of up to 40 small letters")) << odd;
  EXPECT_THAT(fault_of(one(std::string(41, 'a'))), HasSubstr("expected a name"));
  EXPECT_EQ(fault_of(one(std::string(40, 'a'))), "");
}

TEST(OwnMetrics, KeysAreCheckedByTheSchema) {
  EXPECT_THAT(fault_of(with_metrics({{"late", Json::object()}})), HasSubstr("/metrics/late/sql: missing"));
  EXPECT_THAT(fault_of(with_metrics({{"late", {{"sql", "SELECT 1"}, {"titel", "x"}}}})),
              AllOf(HasSubstr("/metrics/late/titel: unknown key"), HasSubstr("did you mean \"title\"?")));
  EXPECT_THAT(fault_of(one("late", 7)), HasSubstr("/metrics/late/sql: 7: expected"));
  EXPECT_THAT(fault_of(with_metrics({{"late", "SELECT 1"}})), HasSubstr("/metrics/late: "));
}

TEST(OwnMetrics, DecideNoResultAndAreComparedApart) {
  const auto full = [](const Json& json) { return resolved(parse_scenario(json, "s.json", {})); };
  const Json none = full(valid());
  const Json some = full(one("late"));
  const Json other = full(one("late", "SELECT 2"));
  EXPECT_EQ(result_difference(none, some), "");
  EXPECT_EQ(result_identity(none), result_identity(other));
  EXPECT_TRUE(have_same_metrics(some, full(one("late"))));
  EXPECT_FALSE(have_same_metrics(none, some));
  EXPECT_FALSE(have_same_metrics(some, other));
}

TEST(OwnMetrics, AnArmMayHaveOthers) {
  Json json = one("late");
  json["arms"] = {{"same", Json::object()},
                  {"none", {{"metrics", nullptr}}},
                  {"more", {{"metrics", {{"later", {{"sql", "SELECT 2"}}}}}}}};
  const Scenario study = parse_scenario(json, "s.json", {});
  EXPECT_EQ(study.arms[0].scenario->metrics.size(), 1U);
  EXPECT_EQ(study.arms[1].scenario->metrics.size(), 0U);
  EXPECT_EQ(study.arms[2].scenario->metrics.size(), 2U);
  EXPECT_EQ(resolved(parse_scenario(resolved(study), "scenario.json", {})), resolved(study));
  Json changed = json;
  changed["arms"]["more"]["metrics"]["later"]["sql"] = "SELECT 3";
  const Json now = resolved(parse_scenario(changed, "s.json", {}));
  EXPECT_FALSE(have_same_metrics(resolved(study), now));
  EXPECT_EQ(result_difference(resolved(study), now), "");
  json["arms"]["more"]["metrics"]["later"]["sql"] = "SELECT";
  EXPECT_THAT(fault_of(json), HasSubstr("s.json, more: /metrics/later/sql: "));
}

}  // namespace
}  // namespace throng
