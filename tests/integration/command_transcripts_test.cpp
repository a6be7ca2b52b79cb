// `throng transcripts` as a user meets it.
#include <gmock/gmock.h>

#include "tests/integration/command_line.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

constexpr const char* kPage =
    R"({"page": 1, "recommended": ["a", "b"], "reaction": "MOVIE: The Harbour; ALIGN: Yes; REASON: sea\nMOVIE: Nightjar; ALIGN: no; )"
    R"(REASON: dull\nWATCH: Harbour, The\nMOVIE: Harbour; RATING: 5; FEELING: calm", "decision": "Next; Reason: more", "parsed": )"
    R"({"aligned": ["a"], "viewed": ["a"], "ratings": [5], "decision": ")";

class CommandTranscripts : public CommandLine {
 protected:
  void SetUp() override {
    folder_.write("world/dataset.json", R"({"name": "tiny", "format": 1, "genres": [], "provenance": {},
      "counts": {"users": 1, "items": 2, "interactions": 1}})");
    folder_.write("world/items.csv", "item_id,title\na,\"Harbour, The (1988)\"\nb,Nightjar (1999)\n");
    folder_.write("world/users.csv", "user_id\n1\n");
    folder_.write("world/interactions.csv", "user_id,item_id,rating\n1,a,5\n");
    const auto line = [](const std::string& agent, const std::string& decision) {
      return R"({"agent": )" + agent + R"(, "pages": [)" + (kPage + decision) +
             R"("}}], "interview": "RATING: 6; REASON: ok", "interview_score": 6})";
    };
    folder_.write("t.jsonl", line("1", "unclear") + "\n" + line("2", "exit") + "\n");
  }
};

TEST_F(CommandTranscripts, PrintATableAndJson) {
  const Finished table = throng({"transcripts", "t.jsonl", "--data", "world"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("2 agents, 2 pages"), HasSubstr("50.00 %"), HasSubstr("P_view")));
  const Json json = json_of(throng({"transcripts", "t.jsonl", "--data", "world", "--json"}));
  EXPECT_EQ(json["pages"], 2);
  EXPECT_EQ(json["agree"], 1);
  EXPECT_EQ(json["aligned"], 2);
  EXPECT_EQ(json["viewed"], 2);
  EXPECT_EQ(json["ratings"], 2);
  EXPECT_EQ(json["decision"], 1);
  EXPECT_EQ(json["interview"], 2);
  EXPECT_EQ(json["metrics"]["n_like"], 1.0);
  EXPECT_FALSE(json.contains("disagreements"));
}

TEST_F(CommandTranscripts, ShowThePagesInQuestion) {
  const std::vector<std::string> arguments{"transcripts", "t.jsonl", "--data", "world", "--disagreements"};
  EXPECT_THAT(throng(arguments).out,
              AllOf(HasSubstr("agent 2, page 1 (line 2): decision"), HasSubstr("parsed  exit"),
                    HasSubstr("its words: next"), HasSubstr("| Next; Reason: more")));
  std::vector<std::string> as_json = arguments;
  as_json.emplace_back("--json");
  const Json pages = json_of(throng(as_json))["disagreements"];
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0]["line"], 1) << "read as it is labelled, but from words alone";
  EXPECT_EQ(pages[0]["field"], "decision by words");
  EXPECT_EQ(pages[0]["read"], "next");
  EXPECT_EQ(pages[0]["text"], Json({"Next; Reason: more"}));
  EXPECT_EQ(pages[1]["line"], 2);
  EXPECT_EQ(pages[1]["field"], "decision");
}

TEST_F(CommandTranscripts, SayWhatIsWrong) {
  folder_.write("bad.jsonl",
                R"({"agent": 1, "pages": [{"reaction": "a", "decision": "b", "recommended": ["zz"]}]})");
  const Finished unknown = throng({"transcripts", "bad.jsonl", "--data", "world"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("bad.jsonl:1: /pages/0/recommended/0"), HasSubstr("\"zz\"")));
  EXPECT_EQ(throng({"transcripts", "absent.jsonl", "--data", "world"}).exit_code, 3);
  EXPECT_EQ(throng({"transcripts", "t.jsonl"}).exit_code, 2);
  EXPECT_EQ(throng({"transcripts", "t.jsonl", "--data", "absent"}).exit_code, 3);
  folder_.write("bundle/movie_detail.csv", "");
  const Finished bundle = throng({"transcripts", "t.jsonl", "--data", "bundle"});
  EXPECT_EQ(bundle.exit_code, 3);
  EXPECT_THAT(bundle.err, HasSubstr("throng data import agent4rec bundle -o DIR"));
}

TEST_F(CommandTranscripts, OfRealAgentsAgreeOnEveryPage) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_NEEDS_REAL_TRANSCRIPTS("gpt-3.5-mf-100.jsonl");
  throng({"data", "import", "agent4rec", real_data("agent4rec-ml-1m").string(), "-o", "ml"});
  const Json json = json_of(
      throng({"transcripts", real_transcripts("gpt-3.5-mf-100.jsonl").string(), "--data", "ml", "--json"}));
  EXPECT_EQ(json["pages"], 317);
  EXPECT_EQ(json["agree"], 317);
  EXPECT_EQ(json["interview"], 100);
}

}  // namespace
}  // namespace throng
