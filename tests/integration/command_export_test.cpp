// `throng export` and `throng transcripts` as a user meets them: a run that leaves the program and is read again.
#include <sstream>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

class ExportedRun : public LlmRun {
 protected:
  std::vector<Json> lines_of(const std::string& file) const {
    std::istringstream in(read_file(folder_ / file, ErrorKind::data));
    std::vector<Json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
    return lines;
  }

  /// Exports the run and expects `throng transcripts` to find in it what the run itself says.
  void expect_the_same_figures(const std::string& run, const Json& summary) {
    ASSERT_EQ(throng({"export", run, "--transcripts", "t.jsonl"}).exit_code, 0);
    const Json read = json_of(throng({"transcripts", "t.jsonl", "--data", "demo", "--json"}));
    EXPECT_EQ(read["agents"], summary["agents"]);
    EXPECT_EQ(read["pages"], summary["pages"]);
    EXPECT_EQ(read["agree"], summary["pages"]);
    EXPECT_EQ(read["interview"], summary["agents"]);
    EXPECT_EQ(read["complete_reactions"], summary["pages"]);
    for (const auto& [name, mean] : read["metrics"].items())
      EXPECT_NEAR(summary["metrics"][name].get<double>(), mean.get<double>(), 1e-12) << name;
  }
};

TEST_F(ExportedRun, IsReadAsTheRunItWasInBothProtocols) {
  serve({});
  for (const char* protocol : {"structured", "agent4rec"}) {
    write_scenario({{"rounds", 1}, {"population", {{"agents", 40}}}, {"mind", {{"protocol", protocol}}}});
    const Json summary = run({"--out", protocol});
    expect_the_same_figures(protocol, summary);
    for (const Json& line : lines_of("t.jsonl"))
      EXPECT_EQ(line.contains("told"), std::string(protocol) == "structured");
    ASSERT_EQ(throng({"export", protocol, "--jsonl", "c.jsonl"}).exit_code, 0);
    const std::vector<Json> calls = lines_of("c.jsonl");
    EXPECT_EQ(calls.size(), summary["llm"]["calls"]);
    std::int64_t tokens = 0;
    for (const Json& call : calls) {
      EXPECT_EQ(call["messages"][0]["role"], "system");
      EXPECT_FALSE(call["messages"][1]["content"].get<std::string>().empty());
      EXPECT_FALSE(call["reply"].get<std::string>().empty());
      tokens += call["completion_tokens"].get<std::int64_t>();
    }
    EXPECT_EQ(tokens, summary["llm"]["completion_tokens"]);
  }
}

TEST_F(ExportedRun, OfUnusableRepliesHasThePagesThatCount) {
  serve({"--faults", "invalid_content=0.2"});
  write_scenario({{"rounds", 1},
                  {"population", {{"agents", 40}}},
                  {"mind", {{"protocol", "agent4rec"}, {"repairs", 0}}}});
  const Json summary = run({"--out", "a"});
  ASSERT_EQ(throng({"export", "a", "--transcripts", "t.jsonl"}).exit_code, 0);
  const Json read = json_of(throng({"transcripts", "t.jsonl", "--data", "demo", "--json"}));
  EXPECT_LT(read["pages"], summary["pages"]);
  EXPECT_EQ(read["agree"], read["pages"]);
  for (const auto& [name, mean] : read["metrics"].items())
    EXPECT_NEAR(summary["metrics"][name].get<double>(), mean.get<double>(), 1e-12) << name;
}

TEST_F(ExportedRun, OfStatisticalAgentsIsToldInTheProtocolsWords) {
  const Json summary = json_of(throng({"run", "demo", "--agents", "60", "--set",
                                       "recommender={\"kind\":\"popularity\"}", "--out", "a", "--json"}));
  expect_the_same_figures("a", summary);
  const Finished no_calls = throng({"export", "a", "--jsonl", "c.jsonl"});
  EXPECT_EQ(no_calls.exit_code, 2);
  EXPECT_THAT(no_calls.err, HasSubstr("no journal.db"));
  EXPECT_EQ(throng({"export", "a"}).exit_code, 2);
  EXPECT_EQ(throng({"export", "absent", "--transcripts", "t.jsonl"}).exit_code, 3);
}

}  // namespace
}  // namespace throng
