// `throng check`: what a run would stumble over, and what it will take.
#include <cstdlib>

#include <fmt/format.h>

#include "tests/integration/command_line.h"

namespace throng {
namespace {

class CommandCheck : public CommandLine {
 protected:
  void SetUp() override {
    folder_.write("s.json",
                  R"({"name": "small", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 300},
      "recommender": {"kind": "popularity"}, "rounds": 2})");
  }

  Finished check(std::vector<std::string> more) const {
    more.insert(more.begin(), {"check", "s.json"});
    return throng(more);
  }
  Finished check_with(const std::string& override_text) const { return check({"--set", override_text}); }
};

TEST_F(CommandCheck, SaysWhatTheRunIsOfAndWhatItWillTake) {
  const Finished told = check({});
  ASSERT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, AllOf(HasSubstr("dataset  demo"), HasSubstr("digest"),
                              HasSubstr("folder   runs/small"), HasSubstr("it will take about"),
                              HasSubstr("of disk"), HasSubstr("first 300 of the 1000 users")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs")) << "nothing is run";

  const Json checked = json_of(check({"--json"}));
  const Json run = json_of(throng({"run", "s.json", "--json"}));
  const auto estimated = checked["run"]["bytes"].get<double>();
  const auto real = static_cast<double>(std::filesystem::file_size(folder_ / "runs/small/run.db"));
  EXPECT_GT(estimated, 0.7 * real);
  EXPECT_LT(estimated, 1.5 * real);
  EXPECT_GT(checked["run"]["seconds"].get<double>(), 0);
  EXPECT_EQ(checked["dataset"]["digest"],
            read_json(folder_ / "runs/small/scenario.json", ErrorKind::data)["dataset"]["digest"]);
  EXPECT_THAT(check({}).out, HasSubstr("runs/small exists already: --resume"));
}

TEST_F(CommandCheck, AMetricWithWrongSqlIsNamedByItsPath) {
  const Finished checked = check_with("metrics.late.sql=SELECT vewed FROM impressions");
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_THAT(checked.err, HasSubstr("/metrics/late/sql: no such column: vewed"));
  EXPECT_EQ(throng({"run", "s.json", "--set", "metrics.late.sql=SELECT vewed FROM impressions"}).exit_code,
            2);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
}

TEST_F(CommandCheck, AMetricThatOnlyRowsShowToBeWrongIsMendedWithoutAnotherRun) {
  const Finished run = throng({"run", "s.json", "--set", "metrics.shown.sql=SELECT page FROM pages"});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_THAT(run.err, HasSubstr("the metric shown has no value: it gives more than one row"));
  const Finished again =
      throng({"run", "s.json", "--resume", "--set", "metrics.shown.sql=SELECT COUNT(*) FROM pages"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, AllOf(HasSubstr("shown"), HasSubstr("one number of the whole run")));
}

TEST_F(CommandCheck, AFitThatTakesLongIsBrokenOffAndBounded) {
  const Json checked =
      json_of(check({"--json", "--set", "dataset.path=synthetic:3000x3000", "--set",
                     R"(recommender={"kind":"mf","factors":256,"max_epochs":60000,"patience":60000})"}));
  EXPECT_TRUE(checked["run"]["is_upper_bound"].get<bool>());
  EXPECT_GT(checked["run"]["seconds"].get<double>(), 60);
}

TEST_F(CommandCheck, APromptTemplateThatWouldTellNothingIsNamedByFileLineAndPlaceholder) {
  folder_.write("mine/structured/interview.mustache", "How\nwas {{{pgae}}}?");
  const Finished checked = check_with(
      R"(mind={"kind":"llm","prompts":"mine","endpoints":[{"url":"http://127.0.0.1:1/v1","model":"m"}]})");
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_THAT(checked.err,
              HasSubstr("mine/structured/interview.mustache:2: \"{{{pgae}}}\" is no placeholder"));
}

TEST_F(CommandCheck, AnAttributeThatNeitherDatasetNorPopulationHasIsNamed) {
  folder_.write("mine/persona.mustache", "You feel\n{{{about_mood}}}.");
  folder_.write("people.csv", "user,mood\n1,tired\n");
  const std::string mind =
      R"(mind={"kind":"llm","prompts":"mine","endpoints":[{"url":"http://127.0.0.1:1/v1","model":"m"}]})";
  const Finished checked = check_with(mind);
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_THAT(checked.err, HasSubstr("mine/persona.mustache:2: \"{{{about_mood}}}\""));
  const Finished known = check({"--set", mind, "--set", R"(population={"file":"people.csv"})"});
  EXPECT_EQ(known.exit_code, 0) << known.err;
}

TEST_F(CommandCheck, FindsADatasetThatIsNotThereOrAnother) {
  const Finished absent = check_with("dataset.path=/no/such");
  EXPECT_EQ(absent.exit_code, 3);
  EXPECT_THAT(absent.err, HasSubstr("/no/such: there is no such dataset folder"));
  const Finished other = check_with("dataset.digest=00000000000000000000000000000000");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("/dataset/digest"));
}

TEST_F(CommandCheck, FindsAKeyThatIsNotSet) {
  const std::string llm =
      R"(mind={"kind":"llm","endpoints":[{"url":"http://127.0.0.1:9/v1","model":"m","api_key_env":"THRONG_NO_KEY"}]})";
  unsetenv("THRONG_NO_KEY");
  const Finished unset = check_with(llm);
  EXPECT_EQ(unset.exit_code, 2);
  EXPECT_THAT(unset.err, HasSubstr("the environment variable THRONG_NO_KEY is not set"));
  setenv("THRONG_NO_KEY", "secret-key", 1);
  const Finished set = check_with(llm);
  EXPECT_EQ(set.exit_code, 0) << set.err;
  EXPECT_THAT(set.out + set.err, Not(HasSubstr("secret-key")));
  unsetenv("THRONG_NO_KEY");
  const Finished remote = check_with(
      R"(recommender={"kind":"remote","url":"http://127.0.0.1:9","model":"m","api_key_env":"THRONG_NO_KEY"})");
  EXPECT_EQ(remote.exit_code, 2);
  EXPECT_THAT(remote.err, HasSubstr("THRONG_NO_KEY"));
}

TEST_F(CommandCheck, FindsAFolderThatCannotBeWritten) {
  for (const char* place : {"/proc/runs/small", "s.json/below"}) {
    const Finished finished = check({"--out", place});
    EXPECT_EQ(finished.exit_code, 2) << place;
    EXPECT_THAT(finished.err, HasSubstr(place));
  }
}

}  // namespace
}  // namespace throng
