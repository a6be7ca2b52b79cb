// A server that repeats whatever identifies its caller: none of it may stand in anything that is written.
#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "engine/http/http_client.h"
#include "engine/http/http_server.h"
#include "tests/integration/command_line.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

const std::string kKey = "Zq7/x+e2Kd9-mW_p4Lw8sT1vBx";
const std::string kGoogleKey = "g00gle-k3y-of-the-lab-4711";
const std::string kSession = "s3ss10n-0123456789abcdef";
const std::string kTeam = "only-the-lab-knows-this";

std::string base64(const std::string& bytes) {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) text += letters[bits >> unsigned(held - 6) & 63U];
  }
  return text;  // its last bits, if any, are left out
}

std::string url_safe(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text)
    encoded += std::isalnum(static_cast<unsigned char>(c)) != 0
                   ? std::string(1, c)
                   : fmt::format("%{:02x}", static_cast<unsigned>(c));
  return encoded;
}

std::string unicode_escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  return escaped;
}

/// What must be found nowhere.
std::vector<std::string> traces_of(const std::string& secret) {
  std::vector<std::string> traces{secret, secret.substr(0, 16), percent_encoded(secret),
                                  unicode_escaped(secret.substr(0, 8))};
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string core = base64(std::string(before, '\0') + secret).substr((before * 8 + 5) / 6);
    traces.push_back(core);
    traces.push_back(url_safe(core));
  }
  return traces;
}

/// Stands before an endpoint and adds to each reply, and to errors of its own, what its caller sent in headers.
class EchoingServer {
 public:
  explicit EchoingServer(const std::string& behind)
      : client_(io_, net::parse_url(behind).value(), net::HttpClientOptions()),
        server_(io_, {}, [this](net::HttpRequest&& request, net::Responder responder) {
          answer(request, std::move(responder));
        }) {
    thread_ = std::thread([this] { io_.run(); });
  }
  ~EchoingServer() {
    io_.stop();
    thread_.join();
  }

  std::string url() const { return server_.origin() + "/v1"; }

  std::atomic<int> refuses_after = 1'000'000;

 private:
  static std::string echo(const net::HttpRequest& request) {
    std::string text;
    for (const char* name : {"authorization", "x-goog-api-key", "cookie", "x-team"}) {
      std::string value(request.headers.find(name).value_or("absent"));
      if (value.starts_with("Bearer ")) value = value.substr(7);
      for (const std::string& form :
           {value, base64("user:" + value), url_safe(base64("a:" + value + ":b")), percent_encoded(value),
            unicode_escaped(value), base64(value.substr(value.find('=') + 1) + ".")})
        text += " " + form;
    }
    return text;
  }

  void answer(const net::HttpRequest& request, net::Responder responder) {
    const std::string told = echo(request);
    const int number = ++requests_;
    const Json error{{"error", {{"message", told}, {"type", told}, {"code", told}, {"param", told}}}};
    if (number > refuses_after) return responder.send(401, {{"X-Echo", told}}, error.dump());
    switch (number % 24) {
      case 3:
        return responder.send(500, {{"X-Echo", told}}, error.dump());
      case 5:
        return responder.send(502, {}, "<html><body>Bad gateway for " + told + "</body></html>");
      case 7:
        return responder.send(200, {}, "{\"choices\": [" + told);
      case 9:
        return responder.send(200, {}, error.dump());
      default:
        break;
    }
    net::HttpRequest forwarded{.method = request.method, .target = request.target, .body = request.body};
    forwarded.headers.add("Content-Type", "application/json");
    client_.send(std::move(forwarded), [told, responder](const net::HttpResult& result) mutable {
      if (result.value().body.starts_with("data:"))
        return responder.send(200, {{"Content-Type", "text/event-stream"}}, result.value().body);
      Json reply = Json::parse(result.value().body);
      if (!reply.contains("choices")) return responder.send(200, {}, reply.dump());  // the list of models
      Json& message = reply["choices"][0]["message"];
      Json content = Json::parse(message["content"].get<std::string>(), nullptr, false);
      if (content.is_object() && content.contains("reason"))
        content["reason"] = content["reason"].get<std::string>() + told;
      message["content"] =
          content.is_object() ? content.dump() : message["content"].get<std::string>() + told;
      message["reasoning_content"] = told;
      for (const char* member : {"id", "model", "system_fingerprint"}) reply[member] = told;
      responder.send(200, {{"Content-Type", "application/json"}, {"X-Echo", told}}, reply.dump());
    });
  }

  boost::asio::io_context io_;
  net::HttpClient client_;
  net::HttpServer server_;
  int requests_ = 0;
  std::thread thread_;
};

class Redaction : public CommandLine {
 protected:
  void SetUp() override {
    setenv("THRONG_TEST_KEY", kKey.c_str(), 1);
    setenv("THRONG_TEST_GOOGLE_KEY", kGoogleKey.c_str(), 1);
    mock_ = start({"llm", "mock", "--json"}, RLIM_INFINITY, "mock-");
    std::string out;
    for (int tries = 0; tries < 1000 && !out.ends_with('\n'); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (fs::exists(folder_ / "mock-out")) out = read_file(folder_ / "mock-out", ErrorKind::data);
    }
    server_.emplace(Json::parse(out)["url"].get<std::string>());
    write_scenario({{"url", server_->url()},
                    {"model", "mock"},
                    {"api_key_env", "THRONG_TEST_KEY"},
                    {"headers",
                     {{"x-goog-api-key", {{"env", "THRONG_TEST_GOOGLE_KEY"}}},
                      {"Cookie", "session=" + kSession + "; theme=dark"},
                      {"X-Title", "films in a demo world"},
                      {"X-Team", kTeam}}}});
  }
  void TearDown() override {
    unsetenv("THRONG_TEST_KEY");
    unsetenv("THRONG_TEST_GOOGLE_KEY");
    kill(mock_, SIGTERM);
    waitpid(mock_, nullptr, 0);
  }

  void write_scenario(const Json& endpoint) const {
    const Json json{{"name", "t"},
                    {"seed", 3},
                    {"dataset", {{"path", "demo"}}},
                    {"population", {{"agents", 12}}},
                    {"session", {{"max_pages", 2}}},
                    {"recommender", {{"kind", "popularity"}}},
                    {"mind", {{"kind", "llm"}, {"endpoints", {endpoint}}}}};
    fs::create_directories(folder_ / "mine");
    folder_.write("mine/s.json", json.dump());
  }

  /// Runs the program; what it prints is kept to be looked at.
  Finished keep(const std::vector<std::string>& arguments) {
    const std::string name = fmt::format("{}-", ++commands_);
    return wait_for(start(arguments, RLIM_INFINITY, name), name);
  }

  /// Looks at every byte of every file but those of the test's own.
  void expect_no_trace() const {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const std::string path = fs::relative(entry.path(), folder_.path()).string();
      if (!entry.is_regular_file() || path.starts_with("mine/") || path.starts_with("mock-")) continue;
      ++files;
      const std::string bytes = read_file(entry.path(), ErrorKind::data);
      for (const std::string& secret : {kKey, kGoogleKey, kSession, kTeam}) {
        for (const std::string& trace : traces_of(secret))
          EXPECT_EQ(bytes.find(trace), std::string::npos) << path << " holds " << trace;
      }
    }
    EXPECT_GT(files, 8U);
  }

  std::optional<EchoingServer> server_;
  pid_t mock_ = 0;
  int commands_ = 0;
};

TEST_F(Redaction, NothingThatIsWrittenHoldsWhatAServerEchoes) {
  const Finished ran = keep({"run", "mine/s.json", "--out", "a", "--json", "--log-level", "debug"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json summary = Json::parse(ran.out);
  EXPECT_LT(summary["llm"]["degraded_share"], 0.2);
  EXPECT_GT(summary["llm"]["retries"], 3);
  EXPECT_EQ(keep({"report", "a"}).exit_code, 0);
  EXPECT_EQ(keep({"report", "a", "--csv", "csv"}).exit_code, 0);
  const Finished story = keep({"story", "a", "--agent", "1", "--prompts"});
  EXPECT_THAT(story.out, HasSubstr("[redacted]")) << story.err;
  const Json written = read_json(folder_ / "a/scenario.json", ErrorKind::data);
  EXPECT_EQ(written["mind"]["endpoints"][0]["headers"],
            Json::parse(R"({"x-goog-api-key": {"env": "THRONG_TEST_GOOGLE_KEY"}, "Cookie": "[redacted]",
                            "X-Title": "films in a demo world", "X-Team": "[redacted]"})"))
      << "who asks is no secret";
  const Finished pinged =
      keep({"llm", "ping", server_->url(), "--model", "mock", "--api-key-env", "THRONG_TEST_KEY"});
  EXPECT_EQ(pinged.exit_code, 0) << pinged.err;
  expect_no_trace();

  // The agents of a replay read what those of the run read; nobody is asked, so that no key is needed.
  unsetenv("THRONG_TEST_KEY");
  unsetenv("THRONG_TEST_GOOGLE_KEY");
  const Finished replayed = keep({"run", "a/scenario.json", "--replay", "a", "--out", "r", "--json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.err;
  EXPECT_EQ(Json::parse(replayed.out)["digest"], summary["digest"]);
}

TEST_F(Redaction, ARunThatIsRefusedShowsNoKeyAndCanBeResumed) {
  const Finished whole = keep({"run", "mine/s.json", "--out", "a", "--json"});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  server_->refuses_after = 0;
  const Finished refused = keep({"run", "mine/s.json", "--out", "b", "--log-level", "debug"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("[redacted]"));
  expect_no_trace();
  server_->refuses_after = 1'000'000;
  const Finished resumed = keep({"run", "mine/s.json", "--out", "b", "--resume", "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(Json::parse(resumed.out)["digest"], Json::parse(whole.out)["digest"]);
}

TEST_F(Redaction, WhatWasWrittenSaysWhichHeaderIsMissing) {
  ASSERT_EQ(keep({"run", "mine/s.json", "--out", "a", "--json"}).exit_code, 0);
  const Finished again = keep({"run", "a/scenario.json", "--out", "b"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("header Cookie"));
  unsetenv("THRONG_TEST_GOOGLE_KEY");
  const Finished unset = keep({"run", "mine/s.json", "--out", "c"});
  EXPECT_EQ(unset.exit_code, 2);
  EXPECT_THAT(unset.err, HasSubstr("THRONG_TEST_GOOGLE_KEY is not set"));
}

TEST_F(Redaction, FaultsInAScenarioShowNoValueOfAHeader) {
  write_scenario({{"url", server_->url()}, {"headers", {{"Cookie", kSession}}}, {"rpm", "many"}});
  keep({"check", "mine/s.json"});
  keep({"check", "mine/s.json", "--set", "mind.endpoints={\"headers\": {\"Cookie\": \"" + kSession + "\"}}"});
  keep({"check", "mine/s.json", "--set", "name.headers.Cookie=" + kSession});
  keep({"check", "mine/s.json", "--set", "recommender.url=http://me:" + kSession + "@host"});
  keep({"check", "mine/s.json", "--set", "mind.endpoints.0.headers.Cookie=" + kSession + "\\r\\n"});
  write_scenario({{"url", server_->url()}, {"header", {{"Cookie", kSession}}}});
  keep({"check", "mine/s.json"});
  folder_.write("mine/s.json", "{\"mind\": {\"endpoints\": [{\"headers\": {\"Cookie\": \"" + kSession);
  keep({"check", "mine/s.json"});
  for (int command = 1; command <= commands_; ++command) {
    const std::string err = read_file(folder_ / fmt::format("{}-err", command), ErrorKind::data);
    EXPECT_THAT(err, Not(HasSubstr(kSession))) << command;
    EXPECT_FALSE(err.empty()) << command;
  }
}

}  // namespace
}  // namespace throng
