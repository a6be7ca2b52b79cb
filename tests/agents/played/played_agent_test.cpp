#include "agents/played/played_agent.h"

#include <gmock/gmock.h>

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/agent4rec/answer_reply.h"
#include "agents/minds/structured_mind.h"

namespace throng::played {
namespace {

using llm::mock::ContentFault;

AgentPrompt prompt_of(Question question, AnswerForm form) {
  AgentPrompt prompt{.question = question, .form = form};
  for (int number = 1; number <= 4; ++number)
    prompt.items.push_back({.number = number,
                            .title = "Film " + std::string(1, static_cast<char>('A' + number)) + " (1990)",
                            .genres = "",
                            .rated = 4,
                            .summary = ""});
  prompt.memories = {{.ratings = {4}, .satisfaction = 6}};
  return prompt;
}

/// How many of 300 replies `can_be_used`.
template <class CanBeUsed>
int usable(const AgentPrompt& prompt, ContentFault fault, const CanBeUsed& can_be_used) {
  int count = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed)
    count += can_be_used(agent_content(prompt, fault, Obey::nobody, Draws(seed))) ? 1 : 0;
  return count;
}

bool can_be_read(const std::string& text, const llm::OutputSchema& schema) {
  return std::holds_alternative<llm::Output>(llm::read_output({.text = text}, schema));
}

/// What it says without a fault the minds can use, and with one they cannot.
TEST(PlayedAgent, StructuredRepliesFitUnlessSpoilt) {
  const auto page_schema = structured_page_schema(4);
  const auto page = [&](const std::string& text) { return can_be_read(text, *page_schema); };
  const AgentPrompt asks_page = prompt_of(Question::page, AnswerForm::json);
  EXPECT_EQ(usable(asks_page, ContentFault::no, page), 300);
  EXPECT_EQ(usable(asks_page, ContentFault::yes, page), 0);

  const auto interview_schema = structured_interview_schema();
  const auto interview = [&](const std::string& text) { return can_be_read(text, *interview_schema); };
  const AgentPrompt asks_interview = prompt_of(Question::interview, AnswerForm::json);
  EXPECT_EQ(usable(asks_interview, ContentFault::no, interview), 300);
  EXPECT_EQ(usable(asks_interview, ContentFault::yes, interview), 0);
}

TEST(PlayedAgent, SavesSharesAndSearchesWhereThePromptAllowsIt) {
  AgentPrompt json = prompt_of(Question::page, AnswerForm::json);
  AgentPrompt lines = prompt_of(Question::page, AnswerForm::lines);
  AgentPrompt decision = prompt_of(Question::decision, AnswerForm::lines);
  json.allowed = lines.allowed = decision.allowed = kAllActions;
  json.persona.tastes = decision.persona.tastes = {"Film noir; the older the better"};
  decision.memories[0].satisfaction = 2;
  std::vector<std::string> titles;
  for (const ListedItem& item : lines.items) titles.push_back(item.title);
  std::size_t saved = 0;
  std::size_t shared = 0;
  std::size_t searches = 0;
  const auto schema = structured_page_schema(4, Reflects::no, kAllActions);
  EXPECT_EQ(usable(json, ContentFault::no,
                   [&](const std::string& text) {
                     if (!can_be_read(text, *schema)) return false;
                     const StructuredReaction read = read_structured_reaction(Json::parse(text), 4, 1);
                     saved += count_of(read.reaction.actions, ActionKind::save);
                     shared += count_of(read.reaction.actions, ActionKind::share);
                     searches += read.reaction.decision->search == "Film noir" ? 1 : 0;
                     return true;
                   }),
            300);
  EXPECT_EQ(usable(lines, ContentFault::no,
                   [&](const std::string& text) {
                     const PageReading read = read_reaction(text, titles, kAllActions);
                     for (const ItemReading& item : read.items) {
                       saved += item.further.count(ActionKind::save);
                       shared += item.further.count(ActionKind::share);
                     }
                     return read.complete();
                   }),
            300);
  EXPECT_EQ(usable(decision, ContentFault::no,
                   [&](const std::string& text) {
                     const DecisionReading read = read_decision(text, kAllActions);
                     searches += read.search == "Film noir" ? 1 : 0;
                     return read.complete();
                   }),
            300);
  for (const std::size_t count : {saved, shared, searches}) EXPECT_GT(count, 30U);
}

TEST(PlayedAgent, LinesCanBeReadUnlessSpoilt) {
  const AgentPrompt asks_page = prompt_of(Question::page, AnswerForm::lines);
  std::vector<std::string> titles;
  for (const ListedItem& item : asks_page.items) titles.push_back(item.title);
  const auto page = [&](const std::string& text) { return read_reaction(text, titles).complete(); };
  EXPECT_EQ(usable(asks_page, ContentFault::no, page), 300);
  EXPECT_EQ(usable(asks_page, ContentFault::yes, page), 0);

  const auto decision = [](const std::string& text) { return read_decision(text).complete(); };
  const AgentPrompt asks_decision = prompt_of(Question::decision, AnswerForm::lines);
  EXPECT_EQ(usable(asks_decision, ContentFault::no, decision), 300);
  EXPECT_EQ(usable(asks_decision, ContentFault::yes, decision), 0);

  const auto interview = [](const std::string& text) { return read_interview(text).complete(); };
  for (const Question question : {Question::interview, Question::reflection}) {
    const AgentPrompt asks = prompt_of(question, AnswerForm::lines);
    EXPECT_EQ(usable(asks, ContentFault::no, interview), 300);
    EXPECT_EQ(usable(asks, ContentFault::yes, interview), 0);
  }
}

TEST(PlayedAgent, AnswersQuestionsOfAllKinds) {
  using AskedFor = InterviewQuestion::Kind;
  for (const InterviewQuestion& asked :
       {InterviewQuestion{.name = "s", .kind = AskedFor::score, .least = 0, .most = 100},
        {.name = "c", .kind = AskedFor::choice, .options = {"tired", "too few"}},
        {.name = "w", .kind = AskedFor::words}}) {
    AgentPrompt asks = prompt_of(Question::other, AnswerForm::json);
    if (asked.kind == AskedFor::score) asks.scale = Scale{.least = asked.least, .most = asked.most};
    asks.options = asked.options;
    const auto schema = structured_answer_schema(asked);
    const auto json = [&](const std::string& text) { return can_be_read(text, *schema); };
    EXPECT_EQ(usable(asks, ContentFault::no, json), 300) << asked.name;
    EXPECT_EQ(usable(asks, ContentFault::yes, json), 0) << asked.name;

    asks.form = AnswerForm::lines;
    const auto lines = [&](const std::string& text) { return read_answer(text, asked).complete(); };
    EXPECT_EQ(usable(asks, ContentFault::no, lines), 300) << asked.name;
    if (asked.kind != AskedFor::words) {  // in words a refusal is an answer
      EXPECT_EQ(usable(asks, ContentFault::yes, lines), 0) << asked.name;
    }
  }
}

}  // namespace
}  // namespace throng::played
