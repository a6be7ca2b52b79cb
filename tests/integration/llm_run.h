#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/integration/command_line.h"

namespace throng {

/// `throng run` of agents that `throng llm mock` plays.
class LlmRun : public CommandLine {
 protected:
  void TearDown() override {
    if (mock_ > 0) stop_mock();
  }

  void serve(std::vector<std::string> more) {
    std::vector<std::string> arguments{"llm", "mock", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    mock_ = start(arguments, RLIM_INFINITY, "mock-");
    for (int tries = 0; tries < 1000 && url_.empty(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (!std::filesystem::exists(folder_ / "mock-out")) continue;
      const std::string out = read_file(folder_ / "mock-out", ErrorKind::data);
      if (out.ends_with('\n')) url_ = Json::parse(out)["url"].get<std::string>();
    }
    ASSERT_FALSE(url_.empty());
  }

  void serve_anew(std::vector<std::string> more) {
    stop_mock();
    url_.clear();
    std::filesystem::remove(folder_ / "mock-out");
    serve(std::move(more));
  }

  /// Ends the mock; what it counted.
  Json stop_mock() {
    kill(std::exchange(mock_, 0), SIGTERM);
    int status = 0;
    wait(&status);
    const std::string out = read_file(folder_ / "mock-out", ErrorKind::data);
    return Json::parse(out.substr(out.find('\n')));
  }

  void write_scenario(const Json& changes = Json::object()) {
    Json json =
        Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 200},
      "session": {"max_pages": 3}, "rounds": 2, "retrain": {"every": "7d"}, "recommender": {"kind": "popularity"}})");
    json["mind"] = {{"kind", "llm"},
                    {"endpoints",
                     {{{"url", url_},
                       {"model", "mock"},
                       {"max_in_flight", 32},
                       {"price", {{"prompt", 1}, {"completion", 2}}}}}}};
    json.merge_patch(changes);
    folder_.write("s.json", json.dump());
  }

  Json run(std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", "s.json", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json_of(throng(arguments));
  }

  std::string url_;
  pid_t mock_ = 0;
};

}  // namespace throng
