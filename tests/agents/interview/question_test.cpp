#include "agents/interview/question.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agents/memory/retrieval.h"
#include "agents/session.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using When = InterviewQuestion::When;

std::vector<std::string> names(const std::vector<const InterviewQuestion*>& asked) {
  std::vector<std::string> names;
  for (const InterviewQuestion* const question : asked) names.push_back(question->name);
  return names;
}

TEST(InterviewQuestion, WhatWaitsForTheEndIsAskedWhenNobodyComesBack) {
  const std::vector<InterviewQuestion> all{{.name = "why"}, {.name = "last", .when = When::end}};
  EXPECT_THAT(names(questions_for(all, ActorId(1), false, Draws(1))), ElementsAre("why"));
  EXPECT_THAT(names(questions_for(all, ActorId(1), true, Draws(1))), ElementsAre("why", "last"));
}

TEST(InterviewQuestion, AShareOfTheAgentsIsAskedWhateverElseIs) {
  const std::vector<InterviewQuestion> one{{.name = "half", .share = 0.5}};
  const std::vector<InterviewQuestion> two{{.name = "other", .share = 0.5}, one[0]};
  int asked = 0;
  int both = 0;
  for (unsigned agent = 0; agent < 1000; ++agent) {
    const std::vector<std::string> alone = names(questions_for(one, ActorId(agent), false, Draws(7)));
    const std::vector<std::string> beside = names(questions_for(two, ActorId(agent), true, Draws(7)));
    EXPECT_EQ(!alone.empty(), std::ranges::find(beside, "half") != beside.end());
    asked += static_cast<int>(alone.size());
    both += beside.size() == 2 ? 1 : 0;
  }
  EXPECT_NEAR(asked, 500, 60);
  EXPECT_NEAR(both, 250, 60) << "each question has luck of its own";
  const std::vector<InterviewQuestion> nobody{{.name = "half", .share = 0}};
  EXPECT_THAT(questions_for(nobody, ActorId(1), true, Draws(1)), IsEmpty());
}

TEST(InterviewQuestion, IsWrittenAsItIsRead) {
  const Json score = {{"name", "n"}, {"text", "t"},  {"kind", "score"}, {"least", 0},
                      {"most", 5},   {"share", 0.5}, {"when", "end"}};
  EXPECT_EQ(to_json(question_from(score)), score);
  const Json choice = {{"name", "n"}, {"text", "t"}, {"kind", "choice"}, {"options", {"a", "b"}}};
  EXPECT_EQ(to_json(question_from(choice)), choice);
  EXPECT_EQ(to_json(question_from({{"name", "n"}, {"text", "t"}, {"kind", "score"}}))["most"], 10);
}

/// Rates what it views by its place, says something of everything, reflects after every second page, and makes nothing of
/// `unseen`, of `undecided` only its decision.
class TalkativeMind : public Mind {
 public:
  Task<std::optional<Reaction>> react(Actor& /*self*/, const Situation& situation,
                                      std::span<const ShownItem> page) override {
    if (situation.page == unseen) co_return std::nullopt;
    Reaction reaction;
    reaction.aligned.resize(page.size(), situation.page % 2 == 0);
    if (situation.page % 2 == 0) {
      add_view(reaction.actions, 1, static_cast<std::uint8_t>(1 + situation.page % 5), Feeling::pleased);
      reaction.satisfaction = 0.1 * situation.page;
    }
    reaction.prompt_order = {2, 1};
    say(situation, Saying::About::alignment, std::string(300, 'a'), 1);
    say(situation, Saying::About::alignment, std::string(300, 'b'), 2);
    co_return reaction;
  }
  Task<std::optional<Decision>> decide(Actor& /*self*/, const Situation& situation) override {
    if (situation.page == undecided) co_return std::nullopt;
    say(situation, Saying::About::decision, "because");
    co_return Decision{.satisfaction = 0.7, .exits = situation.page == 7};
  }
  Task<std::optional<Reflection>> reflect(Actor& /*self*/, const Situation& situation) override {
    if (situation.page % 2 != 0) co_return std::nullopt;
    say(situation, Saying::About::taste, "I seem to like");
    co_return Reflection{.satisfaction = 0.3};
  }
  Task<std::optional<Interview>> interview(Actor& /*self*/, const Situation& situation) override {
    say(situation, Saying::About::interview, "fine");
    co_return Interview{.score = 5};
  }
  Task<std::optional<Answer>> answer(Actor& /*self*/, const Situation& situation,
                                     const InterviewQuestion& question) override {
    asked_at = situation.page;
    if (question.name == "unclear") co_return std::nullopt;
    co_return Answer{.question = question.name, .words = answers};
  }

  int unseen = 0;
  int undecided = 0;
  std::string answers = "so it was";
  int asked_at = 0;

 private:
  static void say(const Situation& situation, Saying::About about, std::string text,
                  std::uint16_t position = 0) {
    situation.notes.sayings.push_back(
        {.page = situation.page, .position = position, .about = about, .text = std::move(text)});
  }
};

constexpr SessionOptions kOptions{.items_per_page = 2, .max_pages = 9, .memory_bytes = 2500};

SessionRecord play(TalkativeMind& mind, std::uint16_t round, Memory& memory,
                   std::span<const InterviewQuestion* const> questions = {}) {
  const Profile profile;
  std::vector<ShownItem> items;
  for (std::uint32_t i = 0; i < 30; ++i) items.push_back({.item = ItemId(i), .mean_rating = 3});
  SessionRecord record{.agent = AgentId(1), .round = round};
  const VirtualTime begin{std::chrono::days(round)};
  Scheduler scheduler(Window{.round = round, .begin = begin, .end = begin + std::chrono::days(1)});
  const SessionContext context{
      .options = kOptions, .profile = profile, .items = items, .mind = mind, .questions = questions};
  scheduler.spawn(AgentId(1), begin, [&](Actor& self) { return run_session(self, context, memory, record); });
  scheduler.run();
  return record;
}

/// Everything that a memory holds.
std::string told(const Memory& memory) {
  std::string text;
  for (std::size_t i = 0; i < memory.pages().size(); ++i) {
    const RememberedPage& page = memory.pages()[i];
    text +=
        fmt::format("page {} {} {} {} {} {} {}:", page.round, page.page, page.when.time_since_epoch().count(),
                    page.satisfaction, page.so_far, page.fatigue, static_cast<int>(page.then));
    for (const RememberedItem& item : memory.items_of(i))
      text += fmt::format(" {} {} {}", index(item.item), item.aligned, item.value(ActionKind::rate));
    text += "\n";
  }
  for (const RememberedReflection& reflection : memory.reflections())
    text += fmt::format("reflection {} {} {} {}\n", reflection.round, reflection.page,
                        reflection.satisfaction, reflection.importance);
  for (const RememberedWords& words : memory.words())
    text += fmt::format("words {} {} {} {} {}\n", words.round, words.page, words.place,
                        static_cast<int>(words.about), words.text);
  return text;
}

// What `throng interview` rests on.
TEST(RememberSession, LeavesTheMemoryThatTheAgentHad) {
  TalkativeMind mind;
  Memory memory;
  Memory again;
  for (std::uint16_t round = 0; round < 3; ++round) {
    mind.unseen = round == 1 ? 3 : 0;
    mind.undecided = round == 2 ? 5 : 0;
    const SessionRecord record = play(mind, round, memory);
    EXPECT_EQ(record.pages.size(), 7U);
    memory.compact();
    remember_session(record, kOptions, again);
    EXPECT_EQ(told(again), told(memory)) << "after round " << round;
  }
  EXPECT_LT(memory.pages().size(), 20U) << "some are forgotten";
}

TEST(RunSession, AsksItsQuestionsAfterTheInterviewAndDigestsTheAnswers) {
  const InterviewQuestion why{.name = "why", .text = "Why?"};
  const InterviewQuestion unclear{.name = "unclear", .text = "What?"};
  const std::vector<const InterviewQuestion*> questions{&unclear, &why};
  TalkativeMind mind;
  Memory memory;
  const SessionRecord without = play(mind, 0, memory);
  memory = {};
  const SessionRecord with = play(mind, 0, memory, questions);
  EXPECT_EQ(mind.asked_at, 7) << "like the interview";
  EXPECT_THAT(with.answers, ElementsAre(Answer{.question = "why", .words = "so it was"}));
  EXPECT_NE(with.digest, without.digest);
  mind.answers = "otherwise";
  memory = {};
  EXPECT_NE(play(mind, 0, memory, questions).digest, with.digest);
  const std::string before = told(memory);
  EXPECT_EQ(before.find("otherwise"), std::string::npos) << "an answer is no memory";
}

}  // namespace
}  // namespace throng
