// run.log, and the logs of `throng llm mock` and `throng llm bench`.
#include <chrono>
#include <filesystem>
#include <regex>
#include <thread>

#include "tests/integration/command_line.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

class RunLogged : public CommandLine {
 protected:
  void TearDown() override { stop_mock(); }

  std::string serve(std::vector<std::string> more) {
    stop_mock();
    fs::remove(folder_ / "mock-out");
    std::vector<std::string> arguments{"llm", "mock", "--json", "--log", "mock.log", "--log-level", "debug"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    mock_ = start(arguments, RLIM_INFINITY, "mock-");
    std::string out;
    for (int tries = 0; tries < 1000 && !out.ends_with('\n'); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (fs::exists(folder_ / "mock-out")) out = read_file(folder_ / "mock-out", ErrorKind::data);
    }
    return Json::parse(out)["url"].get<std::string>();
  }

  void stop_mock() {
    if (mock_ == 0) return;
    kill(mock_, SIGTERM);
    waitpid(std::exchange(mock_, 0), nullptr, 0);
  }

  void write_scenario(const std::string& url) const {
    Json json{{"name", "t"},
              {"seed", 3},
              {"dataset", {{"path", "demo"}}},
              {"population", {{"agents", 40}}},
              {"session", {{"max_pages", 2}}},
              {"recommender", {{"kind", "popularity"}}}};
    if (url.empty()) {
      json["rounds"] = 2;
      json["retrain"] = {{"every", "7d"}};
    } else {
      json["mind"] = {{"kind", "llm"}, {"endpoints", {{{"url", url}, {"model", "mock"}}}}};
    }
    folder_.write("s.json", json.dump());
  }

  /// Interrupts the run once its log tells of `what`.
  void run_until(const std::string& what, const std::vector<std::string>& arguments) const {
    const pid_t running = start(arguments);
    for (int tries = 0; tries < 6000; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (fs::exists(folder_ / "a/run.log") && log_of("a/run.log").find(what) != std::string::npos) break;
    }
    kill(running, SIGINT);
    EXPECT_EQ(wait_for(running).exit_code, 4);
    EXPECT_THAT(log_of("a/run.log"), HasSubstr(what));
  }

  std::string log_of(const std::string& file) const { return read_file(folder_ / file, ErrorKind::data); }

  pid_t mock_ = 0;
};

TEST_F(RunLogged, RoundsFitsAndTheEnd) {
  write_scenario("");
  ASSERT_EQ(throng({"run", "s.json", "--out", "a", "--json"}).exit_code, 0);
  const std::string log = log_of("a/run.log");
  EXPECT_THAT(
      log, AllOf(HasSubstr("run       begins  scenario=t"), HasSubstr("round     is over  round=1 agents=40"),
                 HasSubstr("fit       fitted anew  round=2"), HasSubstr("round     is over  round=2"),
                 HasSubstr("closed_in="), HasSubstr("run       has finished  digest=")));
  const std::regex line(
      "20[0-9-]{8}T[0-9:.]{12}Z (debug  |info   |warning|error  ) [a-z]+ +[^=]+(  [a-z_]+=.*)?");
  std::istringstream lines(log);
  for (std::string each; std::getline(lines, each);) EXPECT_TRUE(std::regex_match(each, line)) << each;

  // The log is no part of the result, and --log-level off means none.
  const Json quiet = json_of(throng({"run", "s.json", "--out", "b", "--json", "--log-level", "off"}));
  EXPECT_FALSE(fs::exists(folder_ / "b/run.log"));
  EXPECT_THAT(log, HasSubstr("digest=" + quiet["digest"].get<std::string>()));
  EXPECT_EQ(throng({"run", "s.json", "--out", "c", "--log-level", "loud"}).exit_code, 2);
}

TEST_F(RunLogged, WhatEndpointsTaughtAndWhereCallsFailed) {
  write_scenario(serve({"--no", "seed", "--faults", "503=0.1,reset=0.05"}));
  ASSERT_EQ(throng({"run", "s.json", "--out", "a", "--json", "--log-level", "debug"}).exit_code, 0);
  EXPECT_THAT(log_of("a/run.log"),
              AllOf(HasSubstr("endpoint  in use  endpoint=http://127.0.0.1:"), HasSubstr("endpoint  learned"),
                    HasSubstr("no seed"), HasSubstr("call      attempt failed, goes again"),
                    HasSubstr("as=\"http 503\""), HasSubstr("as=reset")));
  stop_mock();
  EXPECT_THAT(log_of("mock.log"),
              AllOf(HasSubstr("mock      listening  url=http://127.0.0.1:"), HasSubstr("status=503"),
                    HasSubstr("fault=reset"), HasSubstr("mock      ended")));
}

TEST_F(RunLogged, LimitsAndBreakersAsTheyChange) {
  write_scenario(serve({"--rpm", "30"}));
  run_until("requests limited otherwise", {"run", "s.json", "--out", "a"});
  EXPECT_THAT(log_of("a/run.log"),
              AllOf(HasSubstr("per_minute=30 was=0"), HasSubstr("error   run       has stopped  why=")));
  write_scenario(serve({"--faults", "500=1"}));
  run_until("breaker open: no calls go", {"run", "s.json", "--out", "a", "--resume"});
  EXPECT_THAT(log_of("a/run.log"), AllOf(HasSubstr("per_minute=30 was=0"),  // it was appended to
                                         HasSubstr("begins or goes on"), HasSubstr("why=\"http 500")));
}

/// 600 a minute kept as ten a second: larger bursts are refused.
TEST_F(RunLogged, BurstsThatAServerTakesAndWhatIsBooked) {
  write_scenario(serve({"--rpm", "600", "--limit-kind", "bucket"}));
  run_until("info    endpoint  bursts limited otherwise",
            {"run", "s.json", "--out", "a", "--log-level", "debug"});
  EXPECT_THAT(log_of("a/run.log"), AllOf(HasSubstr("info    endpoint  bursts limited otherwise"),
                                         HasSubstr("of=requests allowance_of="),
                                         HasSubstr("debug   budget    booked as counted  attempt=")));
}

/// It says that everything remains, and refuses what comes.
TEST_F(RunLogged, HeadersThatProveWrong) {
  write_scenario(serve({"--rpm", "60", "--limit-headers", "full"}));
  run_until("info    endpoint  its headers were wrong about when a limit is free again",
            {"run", "s.json", "--out", "a"});
  EXPECT_THAT(log_of("a/run.log"), HasSubstr("of=requests why=\"http 429: Rate limit reached"));
}

TEST_F(RunLogged, WhyARunStopped) {
  write_scenario(serve({"--quota-after", "20"}));
  EXPECT_EQ(throng({"run", "s.json", "--out", "a"}).exit_code, 4);
  const std::string log = log_of("a/run.log");
  const std::regex unsent("calls ended unsent");  // not a line for each of the forty
  EXPECT_LE(std::distance(std::sregex_iterator(log.begin(), log.end(), unsent), std::sregex_iterator()), 10);
  EXPECT_THAT(log, AllOf(HasSubstr("warning endpoint  not used any more"),
                         HasSubstr("warning call      calls ended unsent  model=mock calls="),
                         HasSubstr("error   run       has stopped  why=")));
}

// A file-size limit stands in for a full disk: below what the log has already, and above all that the run writes otherwise.
TEST_F(RunLogged, AFullDiskUnderTheLogDoesNotEndTheRun) {
  write_scenario("");
  const Json reference = json_of(throng({"run", "s.json", "--out", "a", "--json"}));
  fs::remove(folder_ / "a/summary.json");
  folder_.write("a/run.log", std::string(5'000'000, 'x'));
  const Finished full = wait_for(start({"run", "s.json", "--out", "a", "--resume", "--json"}, 4'000'000));
  EXPECT_EQ(json_of(full)["digest"], reference["digest"]);
  EXPECT_THAT(full.err, HasSubstr("run.log is not whole"));
}

TEST_F(RunLogged, ABenchLogsItsLoads) {
  const std::string url = serve({});
  const Finished bench = throng({"llm", "bench", url, "--requests", "50", "--log", "bench.log"});
  EXPECT_EQ(bench.exit_code, 0) << bench.err;
  EXPECT_THAT(log_of("bench.log"),
              AllOf(HasSubstr("endpoint  in use"), HasSubstr("bench     load over  load=1"),
                    HasSubstr("completed=50")));
  EXPECT_EQ(
      throng({"llm", "bench", url, "--requests", "5", "--log", "no/such/folder/x.log", "--log-level", "off"})
          .exit_code,
      0);
  EXPECT_EQ(throng({"llm", "bench", url, "--requests", "5", "--log", "/proc/x.log"}).exit_code, 2);
}

}  // namespace
}  // namespace throng
