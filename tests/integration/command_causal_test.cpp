// `throng causal` as a user meets it: of a run, and of what a run's agents said.
#include <gmock/gmock.h>

#include "tests/integration/command_line.h"

namespace throng {
namespace {

class CommandCausal : public CommandLine {
 protected:
  void SetUp() override {
    ASSERT_EQ(throng({"run", "demo", "--agents", "300", "--set", "recommender={\"kind\":\"popularity\"}",
                      "--out", "a"})
                  .exit_code,
              0);
  }

  Json causal(std::vector<std::string> more) {
    std::vector<std::string> arguments{"causal", "--bootstrap", "20", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json_of(throng(arguments));
  }
};

TEST_F(CommandCausal, TellsOfARun) {
  const Finished text = throng({"causal", "a", "--bootstrap", "20"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("probability"), HasSubstr("order  "), HasSubstr("of 20 resamples")));
  const Json json = causal({"a"});
  EXPECT_EQ(json["edges"].size(), 20U);
  EXPECT_GT(json["items"], 20);
  EXPECT_EQ(causal({"a"}), json);
}

TEST_F(CommandCausal, TellsTheSameOfTheRunsTranscripts) {
  ASSERT_EQ(throng({"export", "a", "--transcripts", "t.jsonl"}).exit_code, 0);
  for (const char* assignment : {"stated", "by-place"}) {
    Json of_run = causal({"a", "--assignment", assignment});
    Json of_transcripts = causal({"t.jsonl", "--data", "demo", "--assignment", assignment});
    of_run.erase("source");
    of_transcripts.erase("source");
    EXPECT_EQ(of_run, of_transcripts);
  }
  EXPECT_NE(causal({"a"})["edges"], causal({"a", "--assignment", "by-place"})["edges"]);
}

TEST_F(CommandCausal, KeepsToAnOrderAndWritesFiles) {
  const Json json =
      causal({"a", "--order", "quality/popularity/exposure/views/rating", "--csv", "c", "--html", "g.html"});
  EXPECT_EQ(json["order"], Json({"quality", "popularity", "exposure", "views", "rating"}));
  EXPECT_EQ(json["known_order"].size(), 5U);
  EXPECT_EQ(causal({"a", "--order", "none"})["known_order"], Json::array());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "c/causal_items.csv"));
  EXPECT_THAT(read_file(folder_ / "g.html", ErrorKind::data),
              AllOf(HasSubstr("<svg"), HasSubstr("--order quality/popularity/exposure/views/rating")));
}

TEST_F(CommandCausal, StandsInARunsReport) {
  ASSERT_EQ(throng({"report", "a"}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "a/report.html", ErrorKind::data), Not(HasSubstr("Causal graph")));
  const Finished report = throng({"report", "a", "--causal"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, HasSubstr("total effect"));
  EXPECT_THAT(read_file(folder_ / "a/report.html", ErrorKind::data), HasSubstr("Causal graph"));
}

TEST_F(CommandCausal, StandsInAStudysReportForEachArm) {
  folder_.write(
      "s.json",
      R"({"name": "s", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 300}, "replicates": 2,
    "recommender": {"kind": "popularity"}, "arms": {"pop": {}, "luck": {"recommender": {"kind": "random"}}}})");
  ASSERT_EQ(throng({"run", "s.json", "--out", "s"}).exit_code, 0);
  const Finished report = throng({"report", "s", "--causal"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, AllOf(HasSubstr("causal graph of pop, replicate 1\n"),
                                HasSubstr("causal graph of luck, replicate 1\n")));
  EXPECT_THAT(
      read_file(folder_ / "s/report.html", ErrorKind::data),
      AllOf(HasSubstr("Causal graph of pop, replicate 1"), HasSubstr("Causal graph of luck, replicate 1")));
  // The graph is that of the run.
  const std::string alone = throng({"causal", "s/luck-1"}).out;
  const auto edges = alone.find("  edge ");
  EXPECT_THAT(report.out, HasSubstr(alone.substr(edges, alone.find("weight, total effect") - edges)));
}

TEST_F(CommandCausal, SaysWhatIsWrong) {
  const auto error = [&](std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.begin(), "causal");
    const Finished failed = throng(arguments);
    EXPECT_EQ(failed.exit_code, exit_code);
    return failed.err;
  };
  EXPECT_THAT(error({"absent"}, 3), HasSubstr("absent"));
  EXPECT_THAT(error({"a/run.db"}, 2), HasSubstr("--data DIR is needed"));
  EXPECT_THAT(error({"a", "--data", "demo"}, 2), HasSubstr("--data is for transcripts"));
  EXPECT_THAT(error({"a", "--variables", "quality,luck"}, 2), HasSubstr("no variable \"luck\""));
  EXPECT_THAT(error({"a", "--order", "quality/luck"}, 2), HasSubstr("no variable \"luck\""));
  EXPECT_THAT(error({"a", "--min-exposures", "100000"}, 3),
              HasSubstr("0 items were shown at least 100000 times"));
}

}  // namespace
}  // namespace throng
