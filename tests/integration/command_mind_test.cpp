// `throng mind show`, and a scenario's parameters from the file to the run.
#include "tests/integration/command_line.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandMind : public CommandLine {
 protected:
  void write_scenario(const char* mind) const {
    folder_.write("s.json", fmt::format(R"({{"name": "s", "seed": 3, "dataset": {{"path": "demo"}},
      "population": {{"agents": 60}}, "recommender": {{"kind": "popularity"}}, "mind": {}}})",
                                        mind));
  }
};

TEST_F(CommandMind, ShowsEveryParameterWithItsMeaning) {
  const Finished shown = throng({"mind", "show"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("exit_fatigue"), HasSubstr("6.85"), HasSubstr("-3.05, -5.25, -6"),
                               HasSubstr("provenance: chosen by hand")));
}

TEST_F(CommandMind, AFileOfParametersMakesTheRunAndIsKeptWithIt) {
  folder_.write("patient.json", R"({"exit_base": [-50, -50, -50], "provenance": "they never leave"})");
  write_scenario(R"({"kind": "statistical", "parameters": "patient.json"})");
  const Finished shown = throng({"mind", "show", "s.json"});
  EXPECT_THAT(shown.out, AllOf(ContainsRegex("exit_base +-50, -50, -50 +-3.05, -5.25, -6"),
                               HasSubstr("provenance: they never leave")));
  EXPECT_EQ(throng({"mind", "show", "patient.json"}).out, shown.out);

  const Finished run = throng({"run", "s.json", "--out", "r", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Json::parse(run.out)["metrics"]["n_exit"], 5) << "all pages there are";

  // The run stays whole without the file.
  std::filesystem::remove(folder_ / "patient.json");
  const Finished again = throng({"run", "r/scenario.json", "--out", "again", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Json::parse(again.out)["digest"], Json::parse(run.out)["digest"]);
}

TEST_F(CommandMind, ShippedParametersGoByTheirName) {
  const Finished shown = throng({"mind", "show", "gpt-3.5"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("provenance: "), HasSubstr("GPT-3.5"), HasSubstr("interview_cuts")));
  const Json parameters = json_of(throng({"mind", "show", "gpt-3.5", "--json"}));
  EXPECT_GT(parameters["align_position"][0].get<double>(), 1) << "they go by position";
  const Json people = json_of(throng({"mind", "show", "people", "--json"}));
  EXPECT_GT(people["own_habit"].get<double>(), 0.5);
  EXPECT_THAT(people["rating_noise"][2].get<double>(), ::testing::Gt(people["rating_noise"][0].get<double>()))
      << "mavericks deviate";

  write_scenario(R"({"kind": "statistical"})");
  const Finished run = throng(
      {"run", "s.json", "--set", "mind.parameters=gpt-3.5", "--out", "r", "--store", "summary", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json resolved = Json::parse(read_file(folder_ / "r/scenario.json", ErrorKind::data));
  EXPECT_EQ(resolved["mind"]["parameters"], parameters) << "the run stays whole";
}

TEST_F(CommandMind, FaultsOfAFileNameTheFile) {
  folder_.write("bad.json", R"({"exit_bas": [1, 2, 3]})");
  write_scenario(R"({"kind": "statistical", "parameters": "bad.json"})");
  const Finished checked = throng({"check", "s.json"});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_THAT(checked.err,
              AllOf(HasSubstr("/mind/parameters"), HasSubstr("bad.json"), HasSubstr("exit_base")));
  write_scenario(R"({"kind": "statistical", "parameters": "none.json"})");
  EXPECT_THAT(throng({"check", "s.json"}).err, AllOf(HasSubstr("/mind/parameters"), HasSubstr("none.json")));
  write_scenario(R"({"kind": "statistical", "parameters": {"tired_after": 0}})");
  EXPECT_THAT(throng({"check", "s.json"}).err,
              AllOf(HasSubstr("/mind/parameters/tired_after: 0"), Not(HasSubstr("terminate"))));
}

TEST_F(CommandMind, ALanguageModelHasNone) {
  write_scenario(R"({"kind": "llm", "endpoints": [{"url": "http://127.0.0.1:1", "model": "m"}]})");
  const Finished shown = throng({"mind", "show", "s.json"});
  EXPECT_EQ(shown.exit_code, 2);
  EXPECT_THAT(shown.err, HasSubstr("only the statistical mind has parameters"));
}

}  // namespace
}  // namespace throng
