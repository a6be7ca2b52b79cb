#include "agents/played/prompt_reading.h"

#include <set>
#include <string>

#include <gmock/gmock.h>

#include "engine/base/json.h"
#include "llm/mock/chat_call.h"

namespace throng::played {
namespace {

using ::testing::ElementsAre;

/// The prompt in the messages of a request.
std::optional<AgentPrompt> prompt_of(const Json& request) {
  const llm::JsonDocument document(request.dump());
  const auto call = llm::mock::read_chat_call(document.object(), "", {});
  return read_agent_prompt(std::get<llm::mock::ChatCall>(call));
}

Json request(const std::string& system, const std::string& user) {
  return {{"model", "m"},
          {"messages", {{{"role", "system"}, {"content", system}}, {{"role", "user"}, {"content", user}}}}};
}

const std::string kPersona =
    "WHO YOU ARE\nActivity: low. You seldom come.\nConformity: high. x\nDiversity: middling. y\nTaste:\n- "
    "\"Drama\"\n- "
    "\"War \\\"films\\\"\"\n";

TEST(AgentPrompt, ReadsPersonaMemoryAndPage) {
  const Json json =
      request(kPersona,
              "WHAT YOU REMEMBER\n- page 1: you picked \"Heat (1995)\" (you rated it 4 of 5, \"you felt "
              "negative\"); your satisfaction with this page: 6 of 10\n- after page 1 you "
              "concluded: satisfaction with all so far 7 of 10, \"fine\"\n- page 2: you picked "
              "nothing; you felt negative about it all; you went on\n\nPAGE 3\n"
              "1. \"Babe (1995)\" | \"Comedy, Drama\" | others rate it 3.89 of 5 | \"A pig. It "
              "\\\"herds\\\".\"\n2. \"Alien\" | others rate it 4.10 of 5\n3. \"Brazil\"\n\n"
              "FILM: <title>; ALIGN: <yes or no>; REASON: <a few words>\n");
  const std::optional<AgentPrompt> prompt = prompt_of(json);
  ASSERT_TRUE(prompt.has_value());
  EXPECT_EQ(prompt->question, Question::page);
  EXPECT_EQ(prompt->form, AnswerForm::lines);
  EXPECT_EQ(prompt->label, "FILM");
  EXPECT_EQ(prompt->page, 3);
  EXPECT_EQ(prompt->persona.activity, -1);
  EXPECT_EQ(prompt->persona.conformity, 1);
  EXPECT_THAT(prompt->persona.tastes, ElementsAre("Drama", "War \"films\""));
  ASSERT_EQ(prompt->items.size(), 3U);
  EXPECT_EQ(prompt->items[0].title, "Babe (1995)");
  EXPECT_EQ(prompt->items[0].genres, "Comedy, Drama");
  EXPECT_DOUBLE_EQ(*prompt->items[0].rated, 3.89);
  EXPECT_EQ(prompt->items[0].summary, "A pig. It \"herds\".");
  EXPECT_EQ(prompt->items[1].genres, "");
  EXPECT_FALSE(prompt->items[2].rated.has_value());
  ASSERT_EQ(prompt->memories.size(), 3U);
  EXPECT_THAT(prompt->memories[0].ratings, ElementsAre(4));
  EXPECT_EQ(prompt->memories[0].satisfaction, 6);
  EXPECT_FALSE(prompt->memories[0].positive.has_value()) << "what is quoted says nothing";
  EXPECT_EQ(prompt->memories[1].satisfaction, 7);
  EXPECT_EQ(prompt->memories[2].positive, false);
}

TEST(AgentPrompt, ReadsTitlesThatStandForATaste) {
  const auto tastes_of = [](const std::string& lines) {
    return prompt_of(request("Activity: low.\nTaste:\n" + lines, "PAGE 1\n1. \"Alien\"\n"))->persona.tastes;
  };
  EXPECT_THAT(tastes_of("- games like \"Team Fortress 2\", \"Portal, \\\"2\\\"\"\n"),
              ElementsAre("Team Fortress 2", "Portal, \"2\""));
  EXPECT_THAT(tastes_of("- \"I like \\\"x\\\"\", because: \"of y\"\n- \"War\", 1.5 times as often\n"),
              ElementsAre("I like \"x\"", "War"));
}

TEST(AgentPrompt, IsAnotherForEverythingThatIsSaidOfTheAgent) {
  const auto key_with = [](const std::string& line) {
    const Json json = request(kPersona + line, "PAGE 1\n1. \"Alien\" | rated 4.10\n");
    return prompt_of(json)->key;
  };
  std::set<std::string> keys;
  for (const char* line : {"", "About you: \"age 24\"\n", "About you: \"age 25\"\n",
                           "Rating tendency: you give 3.2 of 5\n", "Lately: \"Heat\" (4)\n"})
    keys.insert(key_with(line).hex());
  EXPECT_EQ(keys.size(), 5U);
}

TEST(AgentPrompt, TellsTheOtherQuestionsApart) {
  const auto question_of = [](const std::string& user) {
    const Json json = request(kPersona, user);
    return prompt_of(json)->question;
  };
  EXPECT_EQ(question_of("DECISION\nYou have seen page 2."), Question::decision);
  EXPECT_EQ(question_of("REFLECTION\nStep back after page 2."), Question::reflection);
  EXPECT_EQ(question_of("INTERVIEW\nYou have left after 2 pages. RATING: <1 to 10>"), Question::interview);
}

TEST(AgentPrompt, ReadsWhatAQuestionAsksFor) {
  const auto asks = [](const std::string& below) {
    return *prompt_of(
        request(kPersona, "QUESTION\nYou have left the system after 2 pages. You are asked:\n" + below));
  };
  const AgentPrompt score =
      asks("How was it?\n\nAll in all?\nIn JSON: \"score\" from 0 to 5, and \"reason\".");
  EXPECT_EQ(score.question, Question::other);
  EXPECT_EQ(score.form, AnswerForm::json);
  EXPECT_EQ(score.page, 2);
  EXPECT_EQ(score.scale->least, 0);
  EXPECT_EQ(score.scale->most, 5);
  const AgentPrompt choice =
      asks("Why?\nChoose one of:\n- tired\n- bored\nTwo lines:\nCHOICE: <one>\nREASON: <why>");
  EXPECT_EQ(choice.form, AnswerForm::lines);
  EXPECT_THAT(choice.options, ElementsAre("tired", "bored"));
  const AgentPrompt words = asks("What?\nIn this form:\nANSWER: <words>");
  EXPECT_EQ(words.form, AnswerForm::lines);
  EXPECT_FALSE(words.scale.has_value());
  EXPECT_NE(words.key, asks("What else?\nIn this form:\nANSWER: <words>").key);
}

TEST(AgentPrompt, OtherPromptsAreNone) {
  const Json json = request("You are helpful.", "What is 2 + 2?");
  EXPECT_FALSE(prompt_of(json).has_value());
}

}  // namespace
}  // namespace throng::played
