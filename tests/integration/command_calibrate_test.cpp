// `throng calibrate` as a user meets it.
#include <fmt/format.h>

#include "tests/integration/llm_run.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

class CommandCalibrate : public LlmRun {
 protected:
  void write_statistical(const char* name, std::uint64_t seed, const std::string& parameters) const {
    folder_.write(
        name,
        fmt::format(
            R"({{"name": "s", "seed": {}, "dataset": {{"path": "demo"}}, "population": {{"agents": 150}},
      "recommender": {{"kind": "popularity"}}, "mind": {{"kind": "statistical", "parameters": {}}}}})",
            seed, parameters));
  }

  static double gap(const Json& calibrated, const std::string& name) {
    for (const Json& gap : calibrated["simulated"].back()["gaps"]) {
      if (gap["name"] == name) return gap["gap"].get<double>();
    }
    ADD_FAILURE() << "no gap " << name;
    return 0;
  }
};

TEST_F(CommandCalibrate, AFittedMindBehavesLikeTheRunItWasFittedTo) {
  write_statistical("s.json", 4,
                    R"({"align_position": [3, 1, 0], "view_position": 3, "exit_base": [-3, -3, -3]})");
  json_of(throng({"run", "s.json", "--out", "r", "--json"}));
  const Finished table = throng({"calibrate", "r", "-o", "mind.json"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("agents fitted"), HasSubstr("align_position[1]"), HasSubstr("exit_tiring[3]"),
                    HasSubstr("views per page, JS divergence"), HasSubstr("held-out agents")));

  const Json calibrated =
      json_of(throng({"calibrate", "r", "-o", "again.json", "--held-out", "0", "--json"}));
  EXPECT_EQ(calibrated["agents"]["held_out"], 0);
  EXPECT_EQ(calibrated["parts"].size(), 5U);
  for (const Json& part : calibrated["parts"]) {
    EXPECT_GE(part["fitted"]["log_likelihood"].get<double>(),
              part["fitted"]["intercepts_only"].get<double>() - 0.5)
        << part["name"];
  }
  EXPECT_NEAR(gap(calibrated, "P_view"), 0, 0.05);
  EXPECT_NEAR(gap(calibrated, "viewed at place 1"), 0, 0.08);
  EXPECT_NEAR(gap(calibrated, "N_exit"), 0, 0.4);
  EXPECT_LT(gap(calibrated, "exit pages"), 0.03);

  // The file is what `mind.parameters` takes, and says where it comes from.
  const Json mind = Json::parse(read_file(folder_ / "again.json", ErrorKind::data));
  EXPECT_EQ(mind, calibrated["parameters"]);
  EXPECT_THAT(mind["provenance"].get<std::string>(), AllOf(HasSubstr("run s, digest "), HasSubstr("150")));
  write_statistical("fitted.json", 5, "\"again.json\"");
  json_of(throng({"run", "fitted.json", "--out", "f", "--json"}));
}

TEST_F(CommandCalibrate, ItsResultDependsOnNothingButItsSource) {
  write_statistical("s.json", 4, "{}");
  json_of(throng({"run", "s.json", "--out", "r", "--json"}));
  const Finished once = throng({"calibrate", "r", "-o", "a.json", "--json"});
  const Finished twice = throng({"calibrate", "r", "-o", "a.json", "--json"});
  EXPECT_EQ(once.exit_code, 0) << once.err;
  EXPECT_EQ(once.out, twice.out);
}

TEST_F(CommandCalibrate, FitsTheLanguageModelsOfARun) {
  serve({});
  write_scenario({{"population", {{"agents", 40}}}, {"rounds", 1}});
  run({"--out", "r"});
  const Json calibrated = json_of(throng({"calibrate", "r", "-o", "mind.json", "--held-out", "0", "--json"}));
  EXPECT_EQ(calibrated["agents"]["fitted"], 40);
  EXPECT_THAT(calibrated["parameters"]["provenance"].get<std::string>(), HasSubstr("run t, digest"));
  EXPECT_NEAR(gap(calibrated, "P_view"), 0, 0.1);
}

TEST_F(CommandCalibrate, FitsRatingsToPeople) {
  const Finished table = throng({"calibrate", "demo", "-o", "people.json"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("own_habit"), HasSubstr("conformity_weight[3]"), Not(HasSubstr("exit_base"))));
  const Json mind = Json::parse(read_file(folder_ / "people.json", ErrorKind::data));
  EXPECT_GT(mind["own_habit"].get<double>(), 0.3) << "users of the demo world have habits";
  EXPECT_THAT(mind["provenance"].get<std::string>(),
              AllOf(HasSubstr("people of demo"), HasSubstr("validation part")));
  const Json other =
      json_of(throng({"calibrate", "demo", "-o", "ials.json", "--set", "mind.taste.kind=ials", "--json"}));
  EXPECT_NE(other["parameters"]["own_affinity"], mind["own_affinity"]) << "another taste";
  json_of(throng(
      {"calibrate", "demo", "-o", "again.json", "--set", "mind.parameters=\"people.json\"", "--json"}));
  EXPECT_EQ(throng({"calibrate", "synthetic:60x80", "-o", "synthetic.json"}).exit_code, 0)
      << "no file of transcripts";
}

TEST_F(CommandCalibrate, SaysWhatIsWrongWithASource) {
  EXPECT_EQ(throng({"calibrate", "absent", "--data", "demo", "-o", "m.json"}).exit_code, 3);
  EXPECT_EQ(throng({"calibrate", "absent"}).exit_code, 2) << "where to?";
  folder_.write("t.jsonl", "");
  const Finished without = throng({"calibrate", "t.jsonl", "-o", "m.json"});
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_THAT(without.err, HasSubstr("--data"));
  const Finished empty = throng({"calibrate", "t.jsonl", "--data", "demo", "-o", "m.json"});
  EXPECT_EQ(empty.exit_code, 3);
  EXPECT_THAT(empty.err, HasSubstr("holds no agents"));
  folder_.write("t.jsonl", R"({"agent": "nobody", "pages": []})");
  const Finished stranger = throng({"calibrate", "t.jsonl", "--data", "demo", "-o", "m.json"});
  EXPECT_EQ(stranger.exit_code, 3);
  EXPECT_THAT(stranger.err, AllOf(HasSubstr("t.jsonl:1: /agent"), HasSubstr("no user nobody")));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_EQ(throng({"calibrate", "folder", "-o", "m.json"}).exit_code, 3) << "no run";
  write_statistical("s.json", 4, "{}");
  json_of(throng({"run", "s.json", "--out", "r", "--store", "summary", "--json"}));
  const Finished summary = throng({"calibrate", "r", "-o", "m.json"});
  EXPECT_EQ(summary.exit_code, 3);
  EXPECT_THAT(summary.err, HasSubstr("--store full"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m.json")) << "nothing was fitted";
}

TEST_F(CommandCalibrate, RecordedAgentsGoByPosition) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_NEEDS_REAL_TRANSCRIPTS("gpt-3.5-mf-100.jsonl");
  ASSERT_EQ(
      throng({"data", "import", "agent4rec", real_data("agent4rec-ml-1m").string(), "-o", "ml"}).exit_code,
      0);
  const Json calibrated = json_of(throng({"calibrate", real_transcripts("gpt-3.5-mf-100.jsonl").string(),
                                          "--data", "ml", "-o", "mind.json", "--plays", "0", "--json"}));
  EXPECT_EQ(calibrated["pages"], 317);
  EXPECT_EQ(calibrated["agents"]["fitted"].get<int>() + calibrated["agents"]["held_out"].get<int>(), 100);
  EXPECT_GT(calibrated["parameters"]["align_position"][0].get<double>(), 1.5)
      << "the first place is nearly always picked";
  EXPECT_GT(calibrated["parameters"]["view_position"].get<double>(), 1) << "from the top";
  for (const Json& part : calibrated["parts"]) {
    const Json& held_out = part["held_out"];
    EXPECT_GT(held_out["log_likelihood"], held_out["intercepts_only"]) << part["name"];
  }
}

}  // namespace
}  // namespace throng
