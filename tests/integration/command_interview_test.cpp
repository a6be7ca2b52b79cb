// Questions of a scenario, and `throng interview`, with agents that the mock server plays.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

const Json kQuestions = {
    {{"name", "trust"}, {"text", "How far do you trust it?"}, {"kind", "score"}, {"least", 0}, {"most", 5}},
    {{"name", "why"},
     {"text", "Why did you leave?"},
     {"kind", "choice"},
     {"options", {"tired", "too much of the same", "nothing for me"}}},
    {{"name", "miss"}, {"text", "What did you miss?"}, {"kind", "words"}, {"share", 0.5}, {"when", "end"}}};

class CommandInterview : public LlmRun {
 protected:
  void write_small(const Json& changes = Json::object()) {
    Json all = {{"population", {{"agents", 12}}}, {"session", {{"max_pages", 2}}}};
    all.merge_patch(changes);
    write_scenario(all);
  }
  void write_asking(const Json& changes = Json::object()) {
    Json all = {{"interview", {{"questions", kQuestions}}}};
    all.merge_patch(changes);
    write_small(all);
  }

  Finished interview(std::vector<std::string> more) {
    std::vector<std::string> arguments{"interview", "a", "--agent", "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return throng(arguments);
  }

  std::int64_t count(const std::string& run, const std::string& where) const {
    SQLite::Database database((folder_ / run / "run.db").string());
    return database.execAndGet("SELECT COUNT(*) FROM answers WHERE " + where).getInt64();
  }
};

// Who packs a run must not make us write elsewhere.
TEST_F(CommandInterview, FollowsNoLinkOutOfTheRun) {
  serve({});
  write_small();
  run({"--out", "a"});
  folder_.write("precious.db", "precious");
  std::filesystem::create_directories(folder_ / "a/interviews");
  std::filesystem::create_symlink(folder_ / "precious.db", folder_ / "a/interviews/journal.db");
  const Finished asked = interview({"Why did you leave?"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_THAT(asked.err, HasSubstr("symbolic link"));
  EXPECT_EQ(read_file(folder_ / "precious.db", ErrorKind::data), "precious");
}

TEST_F(CommandInterview, QuestionsOfAScenarioAreAnsweredReportedAndReplayed) {
  serve({});
  write_small();
  const Json without = run({"--out", "without"});
  write_asking();
  const Json asked = run({"--out", "a"});
  EXPECT_EQ(count("a", "question = 'trust' AND score BETWEEN 0 AND 5 AND words <> ''"), 24) << "two rounds";
  EXPECT_EQ(count("a", "question = 'why' AND choice IS NOT NULL AND score IS NULL"), 24);
  const std::int64_t missed = count("a", "question = 'miss' AND choice IS NULL AND words <> ''");
  EXPECT_EQ(count("a", "question = 'miss' AND round = 2"), missed) << "only at the end";
  EXPECT_GT(missed, 1);
  EXPECT_LT(missed, 11);
  EXPECT_EQ(asked["llm"]["calls"], without["llm"]["calls"].get<std::int64_t>() + 48 + missed)
      << "each is one call";
  EXPECT_EQ(asked["metrics"], without["metrics"]) << "no question changes what agents do";
  EXPECT_NE(asked["digest"], without["digest"]);

  EXPECT_EQ(run({"--out", "b", "--threads", "1"})["digest"], asked["digest"]);
  stop_mock();
  EXPECT_EQ(run({"--out", "c", "--replay", "a"})["digest"], asked["digest"]);
  EXPECT_EQ(throng({"compare", "a", "c"}).exit_code, 0);

  EXPECT_THAT(throng({"story", "a", "--agent", "3"}).out,
              AllOf(HasSubstr("answers trust: "), HasSubstr("answers why: ")));
  const Finished report = throng({"report", "a", "--csv", "tables"});
  EXPECT_THAT(report.out, AllOf(HasSubstr("trust: mean "), HasSubstr(" on 0 to 5"), HasSubstr("why: tired "),
                                HasSubstr("miss: in words")));
  EXPECT_THAT(read_file(folder_ / "a/report.html", ErrorKind::data),
              AllOf(HasSubstr("How far do you trust it?"), HasSubstr("miss: What did you miss?")));
  EXPECT_THAT(read_file(folder_ / "tables/answers.csv", ErrorKind::data),
              AllOf(HasSubstr("agent,round,question,score,choice,words"), HasSubstr(",trust,"),
                    HasSubstr(",too much of the same,")));
}

TEST_F(CommandInterview, ABudgetStopsBetweenQuestionsAndALargerOneGoesOn) {
  serve({});
  write_asking({{"mind", {{"protocol", "agent4rec"}}}});
  const Json whole = run({"--out", "a"});
  EXPECT_EQ(count("a", "question = 'why' AND choice IS NOT NULL"), 24);
  const std::int64_t tokens = whole["llm"]["prompt_tokens"].get<std::int64_t>() +
                              whole["llm"]["completion_tokens"].get<std::int64_t>();
  const Finished stopped =
      throng({"run", "s.json", "--out", "b", "--set", fmt::format("budget.tokens={}", tokens / 2)});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  const Json resumed = run({"--out", "b", "--resume", "--set", "budget.tokens=100000000"});
  EXPECT_EQ(resumed["digest"], whole["digest"]);
  EXPECT_GT(resumed["llm"]["from_journal"], 0);
}

TEST_F(CommandInterview, CheckEstimatesTheQuestionsOfEveryRoundAndOfTheEnd) {
  serve({});
  write_asking();
  const Json plan = json_of(throng({"check", "s.json", "--json"}));
  const Json real = run({"--out", "a"});
  EXPECT_NEAR(plan["estimate"][0]["calls"].get<double>(), real["llm"]["calls"].get<double>(),
              real["llm"]["calls"].get<double>() * 0.2);
}

TEST_F(CommandInterview, AsksAnAgentOfAFinishedRunWithItsMemoryAndPaysOnce) {
  serve({});
  write_small();
  const Json before = run({"--out", "a"});
  const std::string database = read_file(folder_ / "a/run.db", ErrorKind::data);
  const std::string journal = read_file(folder_ / "a/journal.db", ErrorKind::data);
  const Finished first = interview({"why did you leave?", "--prompt"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("WHO YOU ARE"), HasSubstr("WHAT YOU REMEMBER"),
                               HasSubstr("visit 1, page 1: you picked"),
                               HasSubstr("An interviewer asks you:\nwhy did you leave?\n"),
                               HasSubstr("1 made now, 0 from the journal")));
  const Json again = json_of(interview({"why did you leave?", "--json"}));
  EXPECT_EQ(again["llm"]["live"], 0);
  EXPECT_EQ(again["llm"]["from_journal"], 1);
  EXPECT_EQ(again["session"], 2);
  EXPECT_THAT(first.out, HasSubstr(again["words"].get<std::string>()));
  const Json score =
      json_of(interview({"how was it?", "--kind", "score", "--least", "1", "--most", "3", "--json"}));
  EXPECT_GE(score["score"], 1);
  EXPECT_LE(score["score"], 3);
  const Json choice =
      json_of(interview({"and?", "--kind", "choice", "--option", "good", "--option", "bad", "--json"}));
  EXPECT_THAT(choice["choice"].get<std::string>(), ::testing::AnyOf("good", "bad"));

  EXPECT_EQ(read_file(folder_ / "a/run.db", ErrorKind::data), database) << "the run is as it was";
  EXPECT_EQ(read_file(folder_ / "a/journal.db", ErrorKind::data), journal);
  EXPECT_EQ(run({"--out", "a", "--resume"})["digest"], before["digest"]);
  stop_mock();
  EXPECT_EQ(json_of(interview({"why did you leave?", "--json", "--replay", "a"}))["words"], again["words"]);
  EXPECT_EQ(json_of(interview({"why did you leave?", "--json"}))["words"], again["words"])
      << "of the journal, though nobody serves any more";
  const Finished missing = interview({"what else?", "--replay", "a"});
  EXPECT_EQ(missing.exit_code, 4) << missing.err;
  EXPECT_THAT(missing.err, AllOf(HasSubstr("in no journal"), HasSubstr("the same without --replay"),
                                 ::testing::Not(HasSubstr("--reuse"))));
}

// The last prompt of the run and the first of the interview tell of the same memory.
TEST_F(CommandInterview, TheMemoryIsThatOfTheRunsOwnInterview) {
  serve({});
  for (const char* protocol : {"structured", "agent4rec"}) {
    write_small(
        {{"mind", {{"protocol", protocol}, {"memory_tokens", 100000}}},
         {"session", {{"max_pages", 4}, {"memory_bytes", 2000}, {"actions", {"save", "share", "search"}}}}});
    run({"--out", "a", "--overwrite"});
    const Finished story = throng({"story", "a", "--agent", "3", "--prompts"});
    const std::size_t last = story.out.rfind("WHAT YOU REMEMBER");
    const std::string remembered = story.out.substr(last, story.out.find("\nINTERVIEW", last) - last);
    const Finished asked = interview({"well?", "--prompt"});
    ASSERT_EQ(asked.exit_code, 0) << asked.err;
    EXPECT_THAT(asked.out, HasSubstr(remembered)) << protocol;
  }
}

TEST_F(CommandInterview, IsStoppedByTheBudgetAndGoesOnElsewhere) {
  serve({});
  write_small({{"budget", {{"usd", 100}}}});
  run({"--out", "a"});
  const Finished stopped = interview({"why?", "--set", "budget.usd=0.00001"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("budget"));
  EXPECT_EQ(interview({"why?"}).exit_code, 0);
  const Finished result_key = interview({"why?", "--set", "seed=4"});
  EXPECT_EQ(result_key.exit_code, 2);
  EXPECT_THAT(result_key.err, HasSubstr("--set: /seed was 3, now it is 4"));
  run({"--out", "a", "--overwrite"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/interviews")) << "it was of another run";
}

TEST_F(CommandInterview, OnlyAgentsWithWordsOfRunsThatHaveFinishedCanBeAsked) {
  ASSERT_EQ(throng({"run", "demo", "--agents", "5", "--out", "a"}).exit_code, 0);
  const Finished statistical = interview({"why?"});
  EXPECT_EQ(statistical.exit_code, 2);
  EXPECT_THAT(statistical.err, HasSubstr("agent 3 is played by the statistical mind, which has no words"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/interviews"));
  const Finished nobody = throng({"interview", "a", "--agent", "5", "why?"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("the run has no agent 5"));
  EXPECT_EQ(throng({"interview", "none", "--agent", "0", "why?"}).exit_code, 3);
  const Finished options = interview({"why?", "--kind", "choice", "--option", "one"});
  EXPECT_EQ(options.exit_code, 2);
  EXPECT_THAT(options.err, HasSubstr("--option"));
  for (const auto& [wrong, what] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--kind", "choice", "--option", "a", "--option", "a"}, "\"a\" stands in the list already"},
           {{"--kind", "choice", "--option", "a", "--option", ""}, "/options/1"},
           {{"--kind", "words", "--option", "a", "--option", "b"}, "/options: only a question of the kind"},
           {{"--kind", "words", "--least", "3"}, "/least: only a question of the kind"},
           {{"--kind", "score", "--least", "5", "--most", "5"}, "/most: 5: expected more"},
           {{"--kind", "score", "--most", "1001"}, "/most"}}) {
    std::vector<std::string> arguments{"why?"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const Finished refused = interview(arguments);
    EXPECT_EQ(refused.exit_code, 2) << what;
    EXPECT_THAT(refused.err, HasSubstr(what));
  }

  ASSERT_EQ(
      throng({"run", "demo", "--agents", "5", "--out", "a", "--store", "summary", "--overwrite"}).exit_code,
      0);
  EXPECT_THAT(interview({"why?"}).err, HasSubstr("--store summary"));
  serve({"--rpm", "1", "--limit-headers", "none"});
  write_small({{"patience", 1}});
  ASSERT_EQ(throng({"run", "s.json", "--out", "b"}).exit_code, 4);
  const Finished stopped = throng({"interview", "b", "--agent", "0", "why?"});
  EXPECT_EQ(stopped.exit_code, 2);
  EXPECT_THAT(stopped.err, HasSubstr("b has not finished (stopped)"));
}

TEST_F(CommandInterview, StatisticalAgentsAnswerScoresByTheirSatisfaction) {
  write_asking();
  Json scenario = Json::parse(read_file(folder_ / "s.json", ErrorKind::data));
  scenario["mind"] = {{"kind", "statistical"}};
  folder_.write("s.json", scenario.dump());
  const Finished ran = throng({"run", "s.json", "--out", "a"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("do not answer the others (why, miss)"));
  EXPECT_EQ(count("a", "score BETWEEN 0 AND 5 AND words IS NULL"), 24);
  EXPECT_EQ(count("a", "question <> 'trust'"), 0);
  EXPECT_THAT(throng({"check", "s.json"}).out, HasSubstr("do not answer the others (why, miss)"));
}

}  // namespace
}  // namespace throng
