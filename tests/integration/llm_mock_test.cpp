// `throng llm mock` as a client and its shell meet it.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "engine/http/http_client.h"
#include "tests/integration/command_line.h"

namespace throng {
namespace {

class LlmMock : public CommandLine {
 protected:
  /// Starts the mock and waits until it says where it listens.
  pid_t serve(std::vector<std::string> more) {
    std::vector<std::string> arguments{"llm", "mock", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const pid_t child = start(arguments);
    for (int tries = 0; tries < 1000 && url_.empty(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (!std::filesystem::exists(folder_ / "out")) continue;
      const std::string out = read_file(folder_ / "out", ErrorKind::data);
      if (out.ends_with('\n')) url_ = Json::parse(out)["url"].get<std::string>();
    }
    EXPECT_FALSE(url_.empty());
    return child;
  }

  int status_of(const std::string& target, const std::string& body, const std::string& key = "") {
    boost::asio::io_context io(1);
    net::HttpClientOptions options;
    if (url_.starts_with("https")) options.tls.ca_file = (folder_ / "ca.pem").string();
    std::optional<net::HttpClient> client(std::in_place, io, net::parse_url(url_).value(), options);
    net::HttpRequest request{.target = target, .body = body};
    if (!key.empty()) request.headers.add("Authorization", "Bearer " + key);
    int status = 0;
    client->send(std::move(request), [&](const net::HttpResult& reply) {
      status = reply ? reply->status : -1;
      client.reset();
    });
    io.run_for(std::chrono::seconds(20));
    return status;
  }

  /// What it counted, once it has ended.
  Json stats_of(pid_t child) const {
    const Finished finished = wait_for(child);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return Json::parse(finished.out.substr(finished.out.find('\n')));
  }

  std::string url_;
  const std::string chat_ = R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";
};

TEST_F(LlmMock, ServesSoManyRequestsAndPrintsWhatItCounted) {
  const pid_t child =
      serve({"--max-requests", "2", "--tls", "--ca-out", "ca.pem", "--completion-tokens", "7"});
  EXPECT_THAT(url_, testing::StartsWith("https://127.0.0.1:"));
  EXPECT_EQ(status_of("/v1/chat/completions", chat_), 200);
  EXPECT_EQ(status_of("/v1/embeddings", R"({"model":"m","input":"hello"})"), 200);
  const Json stats = stats_of(child);
  EXPECT_EQ(stats["requests"], 2);
  EXPECT_EQ(stats["completed"], 2);
  EXPECT_EQ(stats["completion_tokens"], 7);
  EXPECT_EQ(stats["faults"]["429"], 0);
}

TEST_F(LlmMock, PrintsItsCountsWhenItIsTold) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    url_.clear();
    std::filesystem::remove(folder_ / "out");
    const pid_t child = serve({"--faults", "503=1"});
    EXPECT_EQ(status_of("/v1/chat/completions", chat_), 503);
    kill(child, signal);
    EXPECT_EQ(stats_of(child)["faults"]["503"], 1);
  }
}

TEST_F(LlmMock, EndsByItself) {
  const auto begin = std::chrono::steady_clock::now();
  const Finished finished = throng({"llm", "mock", "--duration", "0.1"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, testing::StartsWith("listening on http://127.0.0.1:"));
  EXPECT_THAT(finished.out, HasSubstr("\n  \"requests\": 0,\n"));
}

TEST_F(LlmMock, AsksForTheKeyThatAVariableHoldsAndShowsItNowhere) {
  setenv("THRONG_MOCK_TEST_KEY", "sk-secret-of-the-test", 1);
  const pid_t child = serve({"--api-key-env", "THRONG_MOCK_TEST_KEY"});
  EXPECT_EQ(status_of("/v1/chat/completions", chat_), 401);
  EXPECT_EQ(status_of("/v1/chat/completions", chat_, "sk-secret-of-the-test"), 200);
  kill(child, SIGTERM);
  const Finished finished = wait_for(child);
  EXPECT_THAT(finished.out + finished.err, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(throng({"llm", "mock", "--api-key-env", "THRONG_NOT_SET"}).exit_code, 2);
}

TEST_F(LlmMock, RefusesWhatItCannotDo) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--faults", "explode=1"},
                                             {"--fault-rate", "2"},
                                             {"--fault-rate", "0.1", "--faults", "500=0.1"},
                                             {"--completion-tokens", "9-1"},
                                             {"--ca-out", "x.pem"},
                                             {"--host", "nowhere.invalid"},
                                             {"--no", "gravity"},
                                             {"--rpm", "-1"}}) {
    std::vector<std::string> arguments{"llm", "mock", "--duration", "0.1"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(throng(arguments).exit_code, 2) << wrong[0] << " " << wrong[1];
  }
}

}  // namespace
}  // namespace throng
