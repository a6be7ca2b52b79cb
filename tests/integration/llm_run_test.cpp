// Agents played by a language model, as a person meets them: `throng run` against `throng llm mock`.
#include "tests/integration/llm_run.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

namespace throng {
namespace {

TEST_F(LlmRun, IsReportedResumedAndReplayedWithoutTheServer) {
  serve({});
  write_scenario();
  const Json first = run({"--out", "a"});
  EXPECT_EQ(first["agents"], 200);
  const std::int64_t calls = first["llm"]["calls"].get<std::int64_t>();
  EXPECT_GE(calls, 800);
  EXPECT_EQ(first["llm"]["live"], calls);
  EXPECT_GT(first["llm"]["usd"], 0);
  EXPECT_EQ(run({"--out", "b", "--threads", "1"})["digest"], first["digest"]);
  const Json stats = stop_mock();
  EXPECT_EQ(stats["completed"], 2 * calls);
  EXPECT_EQ(stats["prompt_tokens"], 2 * first["llm"]["prompt_tokens"].get<std::int64_t>());
  EXPECT_EQ(stats["completion_tokens"], 2 * first["llm"]["completion_tokens"].get<std::int64_t>());

  const Json replayed = run({"--out", "c", "--replay", "a"});
  EXPECT_EQ(replayed["digest"], first["digest"]);
  EXPECT_EQ(replayed["llm"]["replayed"], calls);
  EXPECT_EQ(replayed["llm"]["live"], 0);
  EXPECT_EQ(throng({"compare", "a", "c"}).exit_code, 0);
}

// With all that agents may do besides, in both protocols.
TEST_F(LlmRun, SavesSharesAndSearchesAreResumedReplayedAndTold) {
  serve({"--faults", "malformed=0.1"});
  for (const std::string protocol : {"structured", "agent4rec"}) {
    write_scenario({{"mind", {{"protocol", protocol}}},
                    {"population", {{"agents", 100}}},
                    {"session", {{"max_pages", 4}, {"actions", {"save", "share", "search"}}}}});
    const std::string a = "a-" + protocol;
    const std::string b = "b-" + protocol;
    const Json whole = run({"--out", a});
    for (const char* metric : {"n_save", "n_share", "n_search", "p_found"})
      EXPECT_GT(whole["metrics"][metric], 0) << metric;
    EXPECT_EQ(run({"--out", "c-" + protocol, "--threads", "1"})["digest"], whole["digest"]);
    EXPECT_EQ(throng({"run", "s.json", "--out", b, "--set", "budget.tokens=200000"}).exit_code, 4);
    const Json resumed = run({"--out", b, "--resume", "--set", "budget.tokens=100000000"});
    EXPECT_EQ(resumed["digest"], whole["digest"]);
    EXPECT_EQ(run({"--out", "d-" + protocol, "--replay", a})["llm"]["live"], 0);
    std::string stories;
    for (int agent = 0; agent < 20; ++agent)
      stories += throng({"story", a, "--agent", std::to_string(agent), "--prompts"}).out;
    EXPECT_THAT(stories, AllOf(HasSubstr("decides: searches for "), HasSubstr("results of the search for "),
                               HasSubstr("saved for later"), HasSubstr("says (film 1, share): ")));
    EXPECT_THAT(throng({"report", a}).out, AllOf(HasSubstr("N_search"), HasSubstr("searched for")));
    ASSERT_EQ(throng({"export", a, "--transcripts", "t.jsonl"}).exit_code, 0);
    const Json read = Json::parse(throng({"transcripts", "t.jsonl", "--data", "demo", "--json"}).out);
    EXPECT_EQ(read["agree"], read["compared"]["agree"]) << "a search is a way to go on";
  }
}

TEST_F(LlmRun, TellsHowFarItsTiersAreApart) {
  serve({});
  write_scenario();
  Json scenario = Json::parse(read_file(folder_ / "s.json", ErrorKind::data));
  scenario["mind"]["share"] = 20;
  scenario["mind"] = {scenario["mind"], {{"kind", "statistical"}, {"share", 80}, {"fitted_to", "llm"}}};
  folder_.write("s.json", scenario.dump());
  const Finished run = throng({"run", "s.json", "--out", "a"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const std::string& out : {run.out, throng({"report", "a"}).out})
    EXPECT_THAT(
        out, AllOf(HasSubstr("from round 2 on; fitted to"), HasSubstr("fitted agents"), HasSubstr("P_view")));
}

TEST_F(LlmRun, ABudgetStopsTheRunAndALargerOneCompletesIt) {
  serve({});
  write_scenario();
  const Json reference = run({"--out", "a"});
  const Finished stopped = throng({"run", "s.json", "--out", "b", "--set", "budget.tokens=200000"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("--set budget.tokens=400000"), HasSubstr("--resume")));
  const Json resumed = run({"--out", "b", "--resume", "--set", "budget.tokens=100000000"});
  EXPECT_EQ(resumed["digest"], reference["digest"]);
  EXPECT_GT(resumed["llm"]["from_journal"], 0);
  EXPECT_EQ(resumed["llm"]["calls"], reference["llm"]["calls"]);
}

TEST_F(LlmRun, AServerThatAnswersOnlyNonsenseIsNamedAndTheRunStopsAndGoesOn) {
  serve({"--faults", "malformed=1"});
  write_scenario({{"patience", 1}, {"population", {{"agents", 20}}}});
  const Finished stopped = throng({"run", "s.json", "--out", "b"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  const std::string origin = url_.substr(0, url_.rfind("/v1"));
  EXPECT_THAT(stopped.err, HasSubstr(origin + ": no usable reply for"));
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  serve_anew({});
  write_scenario({{"population", {{"agents", 20}}}});
  EXPECT_EQ(run({"--out", "b", "--resume"})["agents"], 20);
}

TEST_F(LlmRun, AServerThatWantsToBeLeftAloneForLongStopsTheRun) {
  serve({"--rpm", "1", "--limit-headers", "none"});  // which would keep the second call waiting here
  write_scenario({{"patience", 1}});
  const Finished stopped = throng({"run", "s.json", "--out", "b"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("asks to be left alone for"));
  EXPECT_THAT(stopped.err, HasSubstr("and the patience is 1 s"));
}

TEST_F(LlmRun, ADeletedBudgetLogGivesNoMoneyBack) {
  serve({});
  write_scenario({{"budget", {{"usd", 0.2}}}});
  EXPECT_EQ(throng({"run", "s.json", "--out", "a"}).exit_code, 4);
  for (int time = 0; time < 2; ++time) {
    std::filesystem::remove(folder_ / "a/budget.log");
    const Finished again = throng({"run", "s.json", "--out", "a", "--resume"});
    EXPECT_EQ(again.exit_code, 4) << again.err;
    EXPECT_THAT(again.err, HasSubstr("budget.log did not know of"));
  }
  const Json stats = stop_mock();
  const double billed =
      1e-6 * (stats["prompt_tokens"].get<double>() + 2 * stats["completion_tokens"].get<double>());
  EXPECT_LE(billed, 0.2);
  EXPECT_GT(billed, 0.1);
}

TEST_F(LlmRun, TheJournalOfAnotherRunIsNotThisRuns) {
  serve({});
  write_scenario({{"population", {{"agents", 20}}}});
  run({"--out", "a"});
  EXPECT_EQ(throng({"run", "s.json", "--out", "b", "--seed", "4", "--set", "budget.tokens=10000"}).exit_code,
            4);
  std::filesystem::copy_file(folder_ / "a/journal.db", folder_ / "b/journal.db",
                             std::filesystem::copy_options::overwrite_existing);
  const Finished refused = throng({"run", "s.json", "--out", "b", "--seed", "4", "--resume"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("b/journal.db"), HasSubstr("t, seed 3"), HasSubstr("t, seed 4")));
}

TEST_F(LlmRun, ABudgetInMoneyWithoutAPriceIsRefusedButOfAServerOfThisMachine) {
  serve({});
  write_scenario({{"budget", {{"usd", 1}}}});
  const std::vector<std::string> unpriced{"s.json", "--set", "mind.endpoints.0.price={}"};
  for (const char* command : {"check", "run"}) {
    std::vector<std::string> arguments{command};
    arguments.insert(arguments.end(), unpriced.begin(), unpriced.end());
    const Finished free = throng(arguments);
    EXPECT_EQ(free.exit_code, 0) << free.err;
    EXPECT_THAT(free.out + free.err,
                AllOf(HasSubstr("counts as free"), HasSubstr("does not limit its calls")));
    arguments.insert(arguments.end(), {"--set", "mind.endpoints.0.url=http://models.invalid:1"});
    const Finished refused = throng(arguments);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("/budget/usd"), HasSubstr("price")));
  }
}

// A file-size limit stands in for a full disk.
TEST_F(LlmRun, AFullDiskUnderTheJournalStopsTheRunAndWithRoomItGoesOn) {
  serve({});
  write_scenario();
  const Json reference = run({"--out", "a"});
  const auto whole = std::filesystem::file_size(folder_ / "a/journal.db");
  const Finished stopped = wait_for(start({"run", "s.json", "--out", "b"}, whole / 2));
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("journal.db"));
  const Json resumed = run({"--out", "b", "--resume"});
  EXPECT_EQ(resumed["digest"], reference["digest"]);
  EXPECT_GT(resumed["llm"]["from_journal"], 50);
}

// The same under the budget's log, which is made the largest file.
TEST_F(LlmRun, AFullDiskUnderTheBudgetStopsTheRunAndWithRoomItGoesOn) {
  serve({});
  write_scenario({{"budget", {{"usd", 100}}}});
  const Json reference = run({"--out", "a"});
  EXPECT_EQ(throng({"run", "s.json", "--out", "b", "--set", "budget.usd=0.1"}).exit_code, 4);
  std::string log = read_file(folder_ / "b/budget.log", ErrorKind::data);
  while (log.size() < 8'000'000) log += "process\n";
  folder_.write("b/budget.log", log);
  const Finished stopped = wait_for(start({"run", "s.json", "--out", "b", "--resume"}, log.size() + 10'000));
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("budget.log"));
  const Json resumed = run({"--out", "b", "--resume"});
  EXPECT_EQ(resumed["digest"], reference["digest"]);
}

// The five agents asked beforehand tell what the run will take, and are not paid for again.
TEST_F(LlmRun, ThePilotEstimatesTheRunAndIsPartOfIt) {
  serve({});
  write_scenario({{"rounds", 1}});
  const Json check = json_of(throng({"check", "s.json", "--pilot", "5", "--out", "a", "--json"}));
  const Json estimate = check["estimate"][0];
  const Json ran = run({"--out", "a", "--resume"});
  const auto close = [&](const char* what) {
    return ::testing::DoubleNear(ran["llm"][what].get<double>(), 0.25 * ran["llm"][what].get<double>());
  };
  EXPECT_THAT(estimate["calls"].get<double>(), close("calls"));
  EXPECT_THAT(estimate["prompt_tokens"].get<double>(), close("prompt_tokens"));
  EXPECT_THAT(estimate["completion_tokens"].get<double>(), close("completion_tokens"));
  EXPECT_THAT(estimate["usd"].get<double>(), close("usd"));
  EXPECT_GE(ran["llm"]["from_journal"], 5 * 2);
  EXPECT_EQ(stop_mock()["completed"], ran["llm"]["calls"]);
}

TEST_F(LlmRun, AnEndpointWithoutQuotaStopsTheRunAndAnotherOneCompletesIt) {
  serve({"--quota-after", "300"});
  write_scenario({{"population", {{"agents", 100}}}});
  const Finished stopped = throng({"run", "s.json", "--out", "a"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  serve_anew({});
  const Json resumed = run({"--out", "a", "--resume", "--set", "mind.endpoints.0.url=" + url_});
  EXPECT_GE(resumed["llm"]["from_journal"], 300);
  const Finished other_model =
      throng({"run", "s.json", "--out", "a", "--resume", "--set", "mind.endpoints.0.model=x"});
  EXPECT_EQ(other_model.exit_code, 2);
  EXPECT_THAT(other_model.err, HasSubstr("/mind/models"));
}

// Each run is killed with SIGKILL at random moments and resumed, with another number of threads, until it is through.
TEST_F(LlmRun, KilledAtAnyMomentItGoesOnWhereItWas) {
  serve({"--latency-ms", "3"});
  write_scenario();
  const Json reference = run({"--out", "reference"});
  std::mt19937 random(11);  // NOLINT: reproducible as far as killing processes can be
  int kills = 0;
  std::int64_t paid = reference["llm"]["calls"].get<std::int64_t>();
  std::int64_t lost = 0;
  for (int run_number = 0; kills < 50; ++run_number) {
    const std::string folder = "killed" + std::to_string(run_number);
    for (int tries = 0; tries < 5 && kills < 50; ++tries, ++kills) {
      const std::string threads = std::to_string(1 + random() % 3);
      const pid_t child = start({"run", "s.json", "--out", folder, "--resume", "--threads", threads});
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
      kill(child, SIGKILL);
      wait_for(child);
    }
    const Json resumed = run({"--out", folder, "--resume"});
    ASSERT_EQ(resumed["digest"], reference["digest"]) << folder;
    ASSERT_EQ(resumed["llm"]["calls"], reference["llm"]["calls"]);
    paid += reference["llm"]["calls"].get<std::int64_t>();
    lost += std::int64_t{32} * 5;  // at most what was in flight at each kill
  }
  const auto completed = stop_mock()["completed"].get<std::int64_t>();
  EXPECT_GE(completed, paid);
  EXPECT_LE(completed, paid + lost);
}

TEST_F(LlmRun, FaultsDelayAndNeverDegrade) {
  serve({"--faults", "429=0.05,500=0.05,reset=0.05,truncated=0.03,malformed=0.02"});
  write_scenario({{"population", {{"agents", 60}}}});
  const Json with_faults = run({"--out", "a"});
  EXPECT_GT(with_faults["llm"]["retries"], 0);
  EXPECT_EQ(with_faults["llm"]["degraded_pages"], 0);
  serve_anew({});
  write_scenario({{"population", {{"agents", 60}}}});
  EXPECT_EQ(run({"--out", "b"})["digest"], with_faults["digest"]);
}

TEST_F(LlmRun, UnusableRepliesDegradePagesAndMayFailTheQualityBar) {
  serve({"--faults", "invalid_content=0.7"});
  write_scenario({{"population", {{"agents", 60}}}, {"max_degraded_share", 0.05}});
  const Finished finished = throng({"run", "s.json", "--json", "--out", "a"});
  EXPECT_EQ(finished.exit_code, 5) << finished.err;
  const Json summary = Json::parse(finished.out);
  EXPECT_GT(summary["llm"]["degraded_share"], 0.05);
  EXPECT_GT(summary["llm"]["repairs"], 0);
  EXPECT_GT(summary["llm"]["abandoned_agents"], 0);
  EXPECT_LT(summary["metric_agents"]["p_view"], 60);
}

TEST_F(LlmRun, WrappedRepliesAreUsedAndCounted) {
  serve({"--dialect", "together"});
  write_scenario({{"population", {{"agents", 20}}}});
  const Json summary = run({"--out", "a"});
  EXPECT_EQ(summary["llm"]["degraded_pages"], 0);
  EXPECT_EQ(summary["llm"]["repairs"], 0);
  EXPECT_EQ(summary["llm"]["unwrapped_replies"]["code fence"], summary["llm"]["calls"]);
  EXPECT_THAT(throng({"report", "a"}).out, HasSubstr("had to be unwrapped: code fence"));
}

TEST_F(LlmRun, ARefusedPromptDegradesItsPageAndTheRunGoesOn) {
  serve({"--dialect", "deepseek", "--refused-prompts", "0.3"});
  write_scenario({{"population", {{"agents", 40}}}, {"rounds", 1}});
  const Finished finished = throng({"run", "s.json", "--json", "--out", "a"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const Json llm = Json::parse(finished.out)["llm"];
  EXPECT_GT(llm["unusable_replies"]["react"], 0);
  EXPECT_LT(llm["degraded_share"], 0.2);
}

TEST_F(LlmRun, NothingButUnusableRepliesStopsTheRunAtOnce) {
  serve({"--faults", "invalid_content=1"});
  write_scenario({{"population", {{"agents", 100}}}, {"rounds", 1}});
  const Finished stopped = throng({"run", "s.json", "--out", "a"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err,
              AllOf(HasSubstr("none of its first 20 replies could be used"), HasSubstr("--resume")));
  EXPECT_LT(stop_mock()["completed"], 150);
  url_.clear();
  std::filesystem::remove(folder_ / "mock-out");
  serve({"--faults", "invalid_content=1"});
  write_scenario({{"population", {{"agents", 2}}}, {"rounds", 1}});
  const Finished empty = throng({"run", "s.json", "--out", "b"});
  EXPECT_EQ(empty.exit_code, 4) << empty.err;
  EXPECT_THAT(empty.err, HasSubstr("not one of the 4 pages could be made out"));
  EXPECT_EQ(throng({"run", "s.json", "--out", "c", "--set", "max_degraded_share=1"}).exit_code, 0);
}

TEST_F(LlmRun, ADatasetWithoutTitlesIsRefused) {
  url_ = "http://127.0.0.1:1/v1";
  folder_.write("train.txt", "0 0 1 2\n1 1 2 3\n");
  folder_.write("test.txt", "0 3\n1 0\n");
  EXPECT_EQ(throng({"data", "import", "lightgcn", ".", "-o", "untitled"}).exit_code, 0);
  write_scenario({{"dataset", {{"path", "untitled"}}}});
  const Finished refused = throng({"run", "s.json", "--out", "a", "--agents", "2"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("titles"));
}

}  // namespace
}  // namespace throng
