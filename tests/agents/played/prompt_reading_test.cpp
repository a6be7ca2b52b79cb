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
  const Json json = request(kPersona,
                            "WHAT YOU REMEMBER\n- page 1: you picked \"Heat (1995)\" (rated 4, "
                            "pleased); satisfaction 6 of 10\n\nPAGE 2\n"
                            "1. \"Babe (1995)\" | \"Comedy, Drama\" | rated 3.89 | \"A pig. It "
                            "\\\"herds\\\".\"\n2. \"Alien\" | rated 4.10\n\n"
                            "FILM: <title>; ALIGN: <yes or no>; REASON: <a few words>\n");
  const std::optional<AgentPrompt> prompt = prompt_of(json);
  ASSERT_TRUE(prompt.has_value());
  EXPECT_EQ(prompt->question, Question::page);
  EXPECT_EQ(prompt->form, AnswerForm::lines);
  EXPECT_EQ(prompt->label, "FILM");
  EXPECT_EQ(prompt->page, 2);
  EXPECT_EQ(prompt->persona.activity, -1);
  EXPECT_EQ(prompt->persona.conformity, 1);
  EXPECT_THAT(prompt->persona.tastes, ElementsAre("Drama", "War \"films\""));
  ASSERT_EQ(prompt->items.size(), 2U);
  EXPECT_EQ(prompt->items[0].title, "Babe (1995)");
  EXPECT_EQ(prompt->items[0].genres, "Comedy, Drama");
  EXPECT_DOUBLE_EQ(prompt->items[0].rated, 3.89);
  EXPECT_EQ(prompt->items[0].summary, "A pig. It \"herds\".");
  EXPECT_EQ(prompt->items[1].genres, "");
  ASSERT_EQ(prompt->memories.size(), 1U);
  EXPECT_THAT(prompt->memories[0].ratings, ElementsAre(4));
  EXPECT_EQ(prompt->memories[0].satisfaction, 6);
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

TEST(AgentPrompt, OtherPromptsAreNone) {
  const Json json = request("You are helpful.", "What is 2 + 2?");
  EXPECT_FALSE(prompt_of(json).has_value());
}

}  // namespace
}  // namespace throng::played
