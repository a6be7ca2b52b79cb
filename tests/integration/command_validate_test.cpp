// `throng validate` as a user meets it.
#include <gmock/gmock.h>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

using ::testing::StartsWith;

class CommandValidate : public LlmRun {
 protected:
  Finished validate(std::vector<std::string> more) {
    std::vector<std::string> arguments{"validate", "s.json", "--tasks",     "taste",
                                       "--ratios", "1",      "--baselines", "itemknn"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return throng(arguments);
  }
  std::string file(const std::string& name) const { return read_file(folder_ / name, ErrorKind::data); }
};

TEST_F(CommandValidate, PrintsATableAndWritesFiles) {
  write_scenario({{"mind", {{"kind", "statistical"}, {"endpoints", nullptr}}}});
  const Finished table = validate({"--out", "v"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("1:1 uniform"), HasSubstr("1:1 popular"), HasSubstr("always no")));
  const Json json = Json::parse(file("v/validation.json"));
  EXPECT_EQ(json["agents"], 200);
  EXPECT_EQ(json["notes"], Json::array());
  EXPECT_EQ(json["figures"].size(), 2U * 4 * 5) << "settings, who, metrics";
  EXPECT_THAT(
      file("v/validation.csv"),
      StartsWith("task,setting,metric,who,value,low,high,agents\ntaste,1:1 uniform,accuracy,agents,0."));
  EXPECT_THAT(file("v/report.html"),
              AllOf(HasSubstr("Validation of t"), HasSubstr("1:1 uniform"), HasSubstr("always no")));
  EXPECT_EQ(json_of(validate({"--out", "w", "--json"})), json) << "the same scenario, the same figures";
  EXPECT_EQ(validate({"--out", "v"}).exit_code, 2) << "the folder is taken";
}

TEST_F(CommandValidate, NamesTheTasksThereAre) {
  write_scenario({{"mind", {{"kind", "statistical"}, {"endpoints", nullptr}}}});
  const Finished unknown = throng({"validate", "s.json", "--tasks", "taste,smell"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("there is no task \"smell\""),
                                 HasSubstr("there are: taste, ratings, transcripts, traits, recommenders")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
  const Finished nothing = throng({"validate", "s.json", "--tasks", "transcripts"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--transcripts must name"));
  const Finished sampled = validate({"--set", "population.source=sampled"});
  EXPECT_EQ(sampled.exit_code, 2);
  EXPECT_THAT(sampled.err, HasSubstr("/population/source"));
}

TEST_F(CommandValidate, LeavesARunAlone) {
  write_scenario({{"mind", {{"kind", "statistical"}, {"endpoints", nullptr}}}});
  EXPECT_EQ(throng({"run", "s.json", "--out", "r"}).exit_code, 0);
  const Finished refused = validate({"--out", "r", "--resume"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("holds a run"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "r/run.db"));
}

TEST_F(CommandValidate, AsksLanguageModelsThroughTheJournal) {
  serve({"--seed", "5"});
  write_scenario({{"population", {{"agents", 30}}}});
  const Json first = json_of(validate({"--out", "v", "--json", "--negatives", "uniform"}));
  EXPECT_GT(first["llm"]["calls"], 20);
  EXPECT_EQ(first["llm"]["calls"], first["figures"][0]["agents"]) << "one call a page, no interviews";
  // What is there already is not paid for again, and a replay asks nobody.
  const Json resumed = json_of(validate({"--out", "v", "--json", "--negatives", "uniform", "--resume"}));
  EXPECT_EQ(resumed["llm"]["live"], 0);
  EXPECT_EQ(resumed["figures"], first["figures"]);
  stop_mock();
  const Json replayed =
      json_of(validate({"--out", "w", "--json", "--negatives", "uniform", "--replay", "v"}));
  EXPECT_EQ(replayed["figures"], first["figures"]);
  const Finished missing = validate({"--out", "x", "--replay", "v"});
  EXPECT_EQ(missing.exit_code, 4) << "the popular negatives have not been asked about: " << missing.err;
}

}  // namespace
}  // namespace throng
