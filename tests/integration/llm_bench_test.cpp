// The load test against the mock server, both as a user starts them.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LlmBench : public ::testing::Test {
 public:
  ~LlmBench() override {
    if (server_ != 0) kill(server_, SIGKILL), exit_code(server_);
  }

 protected:
  pid_t start(const std::string& name, const std::vector<std::string>& arguments) const {
    const pid_t child = fork();
    if (child != 0) return child;
    std::vector<char*> argv{const_cast<char*>(THRONG_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    if (freopen((folder_ / (name + ".out")).c_str(), "w", stdout) == nullptr ||
        freopen((folder_ / (name + ".err")).c_str(), "w", stderr) == nullptr) {
      _exit(126);
    }
    execv(THRONG_PROGRAM, argv.data());
    _exit(127);
  }
  static int exit_code(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string read(const std::string& name) const { return read_file(folder_ / name, ErrorKind::data); }

  /// Starts the mock and waits for its URL.
  void serve(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"llm", "mock"});
    server_ = start("mock", arguments);
    for (int i = 0; i < 100 && url_.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      const std::string out = std::filesystem::exists(folder_ / "mock.out") ? read("mock.out") : "";
      const std::size_t at = out.find("http");
      if (at != std::string::npos && out.find('\n') != std::string::npos)
        url_ = out.substr(at, out.find_first_of("\n\" ", at) - at);
    }
    ASSERT_THAT(url_, HasSubstr("http"));
  }
  /// What the mock counted.
  Json stop() {
    kill(server_, SIGTERM);
    EXPECT_EQ(exit_code(std::exchange(server_, 0)), 0);
    const std::string out = read("mock.out");
    return parse_json(out.substr(out.find('\n') + 1), "mock", ErrorKind::data).value();
  }

  TempFolder folder_;
  std::string url_;
  pid_t server_ = 0;
};

TEST_F(LlmBench, WithFaultsItsLedgerEqualsTheServersCount) {
  serve({"--latency-ms", "5", "--fault-rate", "0.2", "--stall-s", "1", "--slow-s", "0.2", "--seed", "1"});
  const int code = exit_code(start("bench", {"llm", "bench", url_, "--requests", "400", "--concurrency", "64",
                                             "--timeout", "1", "--json"}));
  EXPECT_EQ(code, 0) << read("bench.err");
  const Json bench = parse_json(read("bench.out"), "bench", ErrorKind::data).value();
  const Json stats = stop();
  EXPECT_EQ(bench["requests"], 400);
  EXPECT_EQ(bench["completed"], 400);
  EXPECT_EQ(bench["failed"], Json::object());
  EXPECT_GT(bench["attempts"], 450);
  for (const char* count : {"completed", "prompt_tokens", "completion_tokens"})
    EXPECT_EQ(bench[count], stats[count]) << count;
  EXPECT_GT(bench["cpu_seconds"], 0.0);
  EXPECT_GT(bench["peak_rss_bytes"], 1e6);
}

TEST_F(LlmBench, ASweepPrintsItsPointsAndWritesAPageOfItsOwn) {
  serve({"--latency-ms", "5"});
  const std::string page = (folder_ / "page.html").string();
  EXPECT_EQ(exit_code(start("bench", {"llm", "bench", url_, "--requests", "50", "--rate", "200,400",
                                      "--stream", "--json", "--html", page})),
            0);
  const Json bench = parse_json(read("bench.out"), "bench", ErrorKind::data).value();
  EXPECT_EQ(bench["points"].size(), 2U);
  EXPECT_EQ(bench["requests"], 100);
  EXPECT_THAT(read("page.html"),
              ::testing::AllOf(HasSubstr("Latency by percentile"), HasSubstr("Throughput over time"),
                               Not(HasSubstr("src=\"http"))));
}

TEST_F(LlmBench, AnInterruptEndsItWithWhatWasMeasured) {
  serve({"--latency-ms", "50", "--log", (folder_ / "mock.log").string(), "--log-level", "debug"});
  const pid_t bench = start("bench", {"llm", "bench", url_, "--duration", "60", "--json"});
  const auto taken = [&] {
    const std::string log = std::filesystem::exists(folder_ / "mock.log") ? read("mock.log") : "";
    return std::ranges::count(log, '\n');
  };
  for (int tries = 0; tries < 3000 && taken() < 100; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  kill(bench, SIGINT);
  EXPECT_EQ(exit_code(bench), 4) << read("bench.err");
  EXPECT_GT(parse_json(read("bench.out"), "bench", ErrorKind::data).value()["completed"], 16);
}

TEST_F(LlmBench, AnEndpointThatIsNotThereIsSaidAtOnce) {
  EXPECT_EQ(exit_code(start("bench", {"llm", "bench", "http://127.0.0.1:1"})), 4);
  EXPECT_THAT(read("bench.err"), HasSubstr("127.0.0.1"));
  EXPECT_EQ(exit_code(start("ping", {"llm", "ping", "not a url"})), 2);
}

}  // namespace
}  // namespace throng
