#include "scenarios/transcripts/comparison.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "recsys/import/import.h"
#include "scenarios/tables/tables.h"
#include "tests/support/real_data.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Catalogue small_catalogue() {
  Catalogue catalogue;
  catalogue.items = {{.external_id = "7", .title = "Harbour, The (1988)"},
                     {.external_id = "12", .title = "Paper Moon Rising (2003)"},
                     {.external_id = "x9", .title = "Nightjar (1999)"}};
  return catalogue;
}

/// An agent that saw one page, liked one of its two items, left, and was content.
Json agent() {
  Json label{{"aligned", {7, "12"}}, {"viewed", {12}}, {"ratings", {4}}, {"decision", "exit"}};
  Json page{
      {"page", 1},
      {"reaction",
       "MOVIE: The Harbour; ALIGN: Yes; REASON: sea\nMOVIE: Paper Moon Rising; ALIGN: Yes; REASON: moon\n"
       "NUM: 1; WATCH: Paper Moon Rising; REASON: one\nMOVIE: Paper Moon Rising; RATING: 4; FEELING: fine"},
      {"decision", "POSITIVE: fine\n[EXIT]; Reason: tired"},
      {"recommended", {7, 12}},
      {"parsed", label},
      {"recorded_watched", {7}}};
  return {{"agent", 3}, {"pages", {page}}, {"interview", "RATING: 8\nREASON: good"}, {"interview_score", 8}};
}

Json agent_called(const std::string& name) {
  Json json = agent();
  json["agent"] = name;
  return json;
}

class Transcripts : public ::testing::Test {
 protected:
  TranscriptComparison compare(const std::vector<Json>& agents) {
    std::string text;
    for (const Json& json : agents) text += json.dump() + "\n";
    return compare(text);
  }

  TranscriptComparison compare(const std::string& text) {
    folder_.write("t.jsonl", text);
    TranscriptReader reader(folder_ / "t.jsonl", catalogue_);
    return compare_transcripts(reader, catalogue_);
  }

  std::string error_of(const std::string& text) {
    try {
      compare(text);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      return failure.what();
    }
    return "no error";
  }

  TempFolder folder_;
  Catalogue catalogue_ = small_catalogue();
};

TEST_F(Transcripts, ThinkingIsSetApartAsInARun) {
  Json thinking = agent();
  Json& page = thinking["pages"][0];
  page["reaction"] = "<think>\nMOVIE: The Harbour; RATING: 1; FEELING: bad\n</think>\n" +
                     page["reaction"].get<std::string>();
  page["decision"] = "<think>[NEXT]?</think>" + page["decision"].get<std::string>();
  thinking["interview"] = "<think>RATING: 2, or more?</think>RATING: 8\nREASON: good";
  const TranscriptComparison comparison = compare({thinking, agent()});
  EXPECT_EQ(comparison.all_fields.agreeing, 2U);
  for (const Agreement& field : comparison.fields) EXPECT_EQ(field.agreeing, 2U);
  EXPECT_THAT(comparison.in_question, IsEmpty());
  EXPECT_EQ(comparison.thoughts, 3U);
  EXPECT_THAT(transcripts_table(comparison), HasSubstr("replies with thinking, which was set apart"));
  EXPECT_THAT(transcripts_table(compare({agent()})), ::testing::Not(HasSubstr("thinking")));
}

TEST_F(Transcripts, CountWhereReadingAndLabelAgree) {
  const TranscriptComparison comparison = compare({agent(), agent_called("4")});
  EXPECT_EQ(comparison.agents, 2U);
  EXPECT_EQ(comparison.all_fields.agreeing, 2U);
  for (const Agreement& field : comparison.fields) EXPECT_EQ(field.agreeing, 2U);
  EXPECT_EQ(comparison.recorded.agreeing, 0U) << "7 was recorded, 12 viewed";
  EXPECT_EQ(comparison.recorded.compared, 2U);
  EXPECT_EQ(comparison.complete_reactions, 2U);
  EXPECT_THAT(comparison.in_question, IsEmpty());
  const std::vector<double> means{0.5, 1, 0.5, 1, 8};
  for (std::size_t i = 0; i < means.size(); ++i) EXPECT_DOUBLE_EQ(comparison.metrics[i].mean, means[i]);
}

// A run of several rounds exports a line for each session.
TEST_F(Transcripts, PoolTheSessionsOfAnAgent) {
  Json other = agent();
  other["agent"] = "4";
  other["interview"] = "RATING: 2\nREASON: bad";
  Json again = agent();
  again["agent"] = "3";  // the same name, in words
  again["interview"] = "RATING: 6\nREASON: so so";
  const TranscriptComparison comparison = compare({agent(), again, other});
  EXPECT_EQ(comparison.agents, 2U);
  EXPECT_EQ(comparison.sessions, 3U);
  for (const Metric& metric : comparison.metrics) EXPECT_EQ(metric.agents, 2U) << metric.name;
  EXPECT_DOUBLE_EQ(comparison.metrics[4].mean, ((8 + 6) / 2.0 + 2) / 2);
  EXPECT_EQ(comparison.positions[0].aligned.agents, 2U);
  EXPECT_EQ(comparison.positions[0].shown, 3U);
  EXPECT_THAT(transcripts_table(comparison), HasSubstr("2 agents in 3 sessions, 3 pages"));
}

TEST_F(Transcripts, TellWhatPositionDoes) {
  const TranscriptComparison comparison = compare({agent(), agent_called("4")});
  ASSERT_EQ(comparison.positions.size(), 2U);
  const PositionFigures& first = comparison.positions[0];
  const PositionFigures& second = comparison.positions[1];
  EXPECT_EQ(first.shown, 2U);
  EXPECT_EQ(first.aligned.agents, 2U);
  EXPECT_DOUBLE_EQ(first.aligned.mean, 1);
  EXPECT_DOUBLE_EQ(first.viewed.mean, 0);
  EXPECT_EQ(first.rating.agents, 0U);
  EXPECT_DOUBLE_EQ(second.viewed.mean, 1);
  EXPECT_DOUBLE_EQ(second.rating.mean, 4);
  EXPECT_DOUBLE_EQ(second.rating.standard_error, 0);
}

TEST_F(Transcripts, ShowWhereTheyDiffer) {
  Json wrong = agent();
  wrong["pages"][0]["parsed"] = {{"aligned", {7}}, {"viewed", {7}}, {"ratings", {5}}, {"decision", "next"}};
  wrong["interview_score"] = 9;
  const TranscriptComparison comparison = compare({agent(), wrong});
  EXPECT_EQ(comparison.all_fields.agreeing, 1U);
  for (const Agreement& field : comparison.fields) EXPECT_EQ(field.agreeing, 1U);
  ASSERT_EQ(comparison.in_question.size(), 5U);
  const PageInQuestion& viewed = comparison.in_question[1];
  EXPECT_EQ(viewed.line, 2U);
  EXPECT_EQ(viewed.agent, "3");
  EXPECT_EQ(viewed.page, 1);
  EXPECT_EQ(viewed.field, "viewed");
  EXPECT_EQ(viewed.parsed, "Harbour, The (1988)");
  EXPECT_EQ(viewed.read, "Paper Moon Rising (2003)");
  EXPECT_THAT(viewed.text, ElementsAre("MOVIE: Paper Moon Rising; RATING: 4; FEELING: fine"));
  EXPECT_THAT(pages_in_question_text(comparison),
              AllOf(HasSubstr("agent 3, page 1 (line 2): decision"), HasSubstr("parsed  next"),
                    HasSubstr("| [EXIT]; Reason: tired"), HasSubstr("interview")));
}

TEST_F(Transcripts, ADecisionIsComparedByItsTag) {
  Json untagged = agent();
  untagged["pages"][0]["decision"] = "I will continue browsing.";
  untagged["pages"][0]["parsed"]["decision"] = "unclear";
  const TranscriptComparison comparison = compare({untagged});
  EXPECT_EQ(comparison.all_fields.agreeing, 1U);
  EXPECT_EQ(comparison.choices_by_tag, 0U);
  EXPECT_EQ(comparison.choices_by_words, 1U);
  ASSERT_EQ(comparison.in_question.size(), 1U);
  EXPECT_EQ(comparison.in_question[0].field, "decision by words");
  EXPECT_EQ(comparison.in_question[0].read, "next");
  EXPECT_THAT(comparison.in_question[0].text, ElementsAre("I will continue browsing."));
}

TEST_F(Transcripts, WithoutLabelsThereIsNothingToCompareButMuchToRead) {
  Json plain = agent();
  for (const char* key : {"parsed", "recorded_watched"}) plain["pages"][0].erase(key);
  plain.erase("interview_score");
  plain["pages"][0]["reaction"] = "MOVIE: Alien; ALIGN: yes; REASON: a";
  const TranscriptComparison comparison = compare({plain, {{"agent", "b"}, {"pages", Json::array()}}});
  EXPECT_EQ(comparison.agents, 2U);
  EXPECT_EQ(comparison.pages, 1U);
  EXPECT_EQ(comparison.all_fields.compared, 0U);
  EXPECT_EQ(comparison.complete_reactions, 0U);
  EXPECT_EQ(comparison.interviews, 1U);
  EXPECT_EQ(comparison.in_question.front().field, "problem");
  EXPECT_EQ(comparison.in_question.front().read, "\"Alien\" is not on the page");
  EXPECT_EQ(comparison.metrics[4].agents, 1U) << "one agent has a score";
  EXPECT_THAT(transcripts_table(comparison), HasSubstr("-"));
  EXPECT_NO_THROW(transcripts_json(comparison).dump());
}

TEST_F(Transcripts, AMalformedLineIsNamed) {
  const std::string good = agent().dump() + "\n";
  const auto changed = [&](const auto& change) {
    Json json = agent();
    change(json);
    return error_of(good + "\n" + json.dump());
  };
  EXPECT_THAT(error_of(good + "{\"agent\": 1,"), HasSubstr("t.jsonl:2:"));
  EXPECT_THAT(error_of(""), HasSubstr("no transcript"));
  EXPECT_THAT(changed([](Json& json) { json["pages"][0]["reaction"] = 5; }),
              AllOf(HasSubstr("t.jsonl:3: /pages/0/reaction: 5"), HasSubstr("of type string")));
  EXPECT_THAT(changed([](Json& json) { json["pages"][0].erase("decision"); }),
              HasSubstr("/pages/0/decision: missing"));
  EXPECT_THAT(changed([](Json& json) { json["pages"][0]["recommended"][1] = 99; }),
              AllOf(HasSubstr("/pages/0/recommended/1"), HasSubstr("no item \"99\"")));
  EXPECT_THAT(changed([](Json& json) {
                json["pages"][0]["parsed"]["ratings"] = {4, 5};
              }),
              HasSubstr("/pages/0/parsed/ratings: expected one for each of the 1"));
  EXPECT_THAT(changed([](Json& json) { json["pages"][0]["parsed"]["decision"] = "stay"; }),
              HasSubstr("\"unclear\""));
  EXPECT_THAT(changed([](Json& json) { json["pages"][0]["parsed"]["aligned"] = {1.5}; }),
              HasSubstr("/pages/0/parsed/aligned/0"));
  EXPECT_THAT(changed([](Json& json) { json = Json::array(); }), HasSubstr("t.jsonl:3"));
}

/// Figures known from elsewhere: all labels, and the paper's metrics of these 100 agents.
TEST_F(Transcripts, OfRealAgentsAreReadAsTheyAre) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_NEEDS_REAL_TRANSCRIPTS("gpt-3.5-mf-100.jsonl");
  const Catalogue catalogue = import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset.catalogue;
  TranscriptReader reader(real_transcripts("gpt-3.5-mf-100.jsonl"), catalogue);
  const TranscriptComparison comparison = compare_transcripts(reader, catalogue);
  EXPECT_EQ(comparison.pages, 317U);
  EXPECT_EQ(comparison.all_fields.agreeing, 317U) << pages_in_question_text(comparison);
  EXPECT_EQ(comparison.fields[static_cast<std::size_t>(LabelField::interview)].agreeing, 100U);
  EXPECT_EQ(comparison.recorded.agreeing, 317U - 106U);
  EXPECT_EQ(comparison.choices_by_tag, 313U);
  EXPECT_EQ(comparison.choices_by_words, 4U);
  EXPECT_EQ(std::ranges::count(comparison.in_question, "decision by words", &PageInQuestion::field), 4);
  const std::vector<double> published{0.4885, 6.07, 0.4623, 3.17, 3.80};
  for (std::size_t i = 0; i < published.size(); ++i) {
    EXPECT_NEAR(comparison.metrics[i].mean, published[i], 0.00005) << comparison.metrics[i].name;
  }
  // Of all items, counted by hand: aligned 95, 56, 53, 54 %, viewed 93, 55, 36, 16 % at the four places. These are means over agents.
  const std::vector<std::pair<double, double>> counted{
      {0.95, 0.93}, {0.56, 0.55}, {0.53, 0.36}, {0.54, 0.16}};
  ASSERT_EQ(comparison.positions.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(comparison.positions[i].aligned.mean, counted[i].first, 0.025) << i;
    EXPECT_NEAR(comparison.positions[i].viewed.mean, counted[i].second, 0.025) << i;
  }
}

}  // namespace
}  // namespace throng
