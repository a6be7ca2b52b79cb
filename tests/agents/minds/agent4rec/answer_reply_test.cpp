#include "agents/minds/agent4rec/answer_reply.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Answered = InterviewQuestion::Kind;

const InterviewQuestion kScore{.name = "trust", .kind = Answered::score, .least = 0, .most = 5};
const InterviewQuestion kChoice{.name = "why",
                                .kind = Answered::choice,
                                .options = {"too similar", "Too few", "tired", "not too similar", "C++"}};
const InterviewQuestion kWords{.name = "miss", .kind = Answered::words};

std::string problem_of(const AnswerReading& reading) {
  return reading.problems.empty() ? "" : reading.problems.front();
}

TEST(ReadAnswer, AScoreStandsOnItsScale) {
  for (const char* reply :
       {"RATING: 4\nREASON: it knows me", "**Rating:** 4/5\n**Reason:** it knows me",
        "I would rate it 4 out of 5.", "Score: 4\nReason: it knows me", "RATING - 4\nREASON - it knows me"}) {
    const AnswerReading reading = read_answer(reply, kScore);
    EXPECT_EQ(reading.answer.score, 4) << reply;
    EXPECT_EQ(reading.answer.question, "trust");
  }
  EXPECT_EQ(read_answer("RATING: 0\nREASON: no", kScore).answer.score, 0);
  EXPECT_EQ(read_answer("RATING: 4\nREASON: it knows me", kScore).answer.words, "it knows me");
  EXPECT_THAT(problem_of(read_answer("RATING: 7\nREASON: it knows me", kScore)),
              HasSubstr("not a whole number from 0 to 5"));
  EXPECT_THAT(problem_of(read_answer("RATING: 8/10\nREASON: x", kScore)), HasSubstr("from 0 to 5"));
  EXPECT_THAT(problem_of(read_answer("No idea.", kScore)), HasSubstr("no RATING"));
  const InterviewQuestion percent{.name = "p", .kind = Answered::score, .least = 0, .most = 100};
  EXPECT_EQ(read_answer("RATING: 85/100\nREASON: x", percent).answer.score, 85);
  EXPECT_EQ(read_answer("RATING: 85\nREASON: x", percent).answer.score, 85);
}

TEST(ReadAnswer, AChoiceIsOneOfTheOptionsWhateverItsDress) {
  const auto choice_of = [](const char* reply) { return read_answer(reply, kChoice).answer.choice; };
  EXPECT_EQ(choice_of("CHOICE: too similar\nREASON: all dramas"), "too similar");
  EXPECT_EQ(choice_of("**Choice:** \"Too few.\"\nReason: that's all?"), "Too few");
  EXPECT_EQ(choice_of("- Choice: TIRED"), "tired");
  EXPECT_EQ(choice_of("Answer: not too similar"), "not too similar") << "the longer one";
  EXPECT_EQ(choice_of("CHOICE: I was tired, that is why\nREASON: so"), "tired");
  EXPECT_EQ(choice_of("CHOICE:\ntoo few"), "Too few");
  EXPECT_EQ(choice_of("tired"), "tired");
  EXPECT_EQ(choice_of("I left because I was tired."), "tired");
  EXPECT_EQ(choice_of("CHOICE: C++\nREASON: x"), "C++") << "which has no words";
  EXPECT_EQ(read_answer("CHOICE: tired\nREASON: it was\nlate", kChoice).answer.words, "it was\nlate");
}

TEST(ReadAnswer, OptionsThatDifferInSignsAloneAreToldApartOrAskedAgain) {
  const InterviewQuestion signs{.name = "s", .kind = Answered::choice, .options = {"C", "C++", "C#"}};
  EXPECT_EQ(read_answer("CHOICE: C++\nREASON: x", signs).answer.choice, "C++");
  EXPECT_EQ(read_answer("CHOICE: C\nREASON: x", signs).answer.choice, "C");
  EXPECT_THAT(problem_of(read_answer("CHOICE: c\nREASON: x", signs)), HasSubstr("is not exactly one of"));
}

TEST(ReadAnswer, WhatIsNoneOrSeveralOfTheOptionsIsAProblem) {
  EXPECT_THAT(problem_of(read_answer("CHOICE: tired and too few\nREASON: x", kChoice)),
              HasSubstr("CHOICE \"tired and too few\" is not exactly one of: too similar; Too few; tired"));
  EXPECT_THAT(problem_of(read_answer("CHOICE: bored\nREASON: tired", kChoice)), HasSubstr("\"bored\""));
  EXPECT_THAT(problem_of(read_answer("", kChoice)), HasSubstr("no CHOICE"));
}

TEST(ReadAnswer, WordsAreWhatIsSaid) {
  EXPECT_EQ(read_answer("ANSWER: More comedies,\nand older ones.", kWords).answer.words,
            "More comedies,\nand older ones.");
  EXPECT_EQ(read_answer("More comedies: always.", kWords).answer.words, "More comedies: always.");
  EXPECT_THAT(read_answer("ANSWER:  \n", kWords).problems, ElementsAre("there is no ANSWER"));
  EXPECT_THAT(read_answer("\xff\xfe ok", kWords).problems, IsEmpty());
}

}  // namespace
}  // namespace throng
