// A recommender in a process of its own, as a person meets it: scenarios/examples/remote_recommender.py under the agents.
#include <chrono>
#include <filesystem>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "engine/http/http_server.h"
#include "tests/integration/command_line.h"

namespace throng {
namespace {

class RemoteRecommenderRun : public CommandLine {
 protected:
  void TearDown() override { stop_server(); }

  /// Starts the example; on the port it had, if it was there before.
  void serve() {
    std::filesystem::remove(folder_ / "server-out");
    server_ = fork();
    if (server_ == 0) {
      if (freopen((folder_ / "server-out").c_str(), "w", stdout) == nullptr) _exit(126);
      const std::string script = std::string(THRONG_SOURCE_DIR) + "/scenarios/examples/remote_recommender.py";
      execlp("python3", "python3", script.c_str(), "--port", port_.c_str(), nullptr);
      _exit(127);
    }
    for (int tries = 0; tries < 1000; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (!std::filesystem::exists(folder_ / "server-out")) continue;
      const std::string out = read_file(folder_ / "server-out", ErrorKind::data);
      if (!out.ends_with('\n')) continue;
      port_ = out.substr(out.rfind(':') + 1, out.size() - out.rfind(':') - 2);
      return;
    }
    FAIL() << "the example server does not start: is python3 installed?";
  }

  void stop_server() {
    if (server_ <= 0) return;
    kill(server_, SIGTERM);
    waitpid(std::exchange(server_, 0), nullptr, 0);
  }

  std::string url() const { return "http://127.0.0.1:" + port_; }

  void write_scenario(const Json& recommender, const Json& changes = Json::object()) {
    Json json =
        Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 300},
      "session": {"max_pages": 3}, "rounds": 3, "retrain": {"every": "7d", "from": "viewed"}})");
    json["recommender"] = recommender;
    json.merge_patch(changes);
    folder_.write("s.json", json.dump());
  }
  Json remote(const std::string& model) const {
    return {{"kind", "remote"}, {"url", url()}, {"model", model}, {"attempts", 2}};
  }

  Json run(std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", "s.json", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json_of(throng(arguments));
  }

  std::string port_ = "0";
  pid_t server_ = 0;
};

// The example's popularity and Throng's own are the same model: over three rounds, retrained from what was viewed, with sampled
// agents among the users, every ranking is the same.
TEST_F(RemoteRecommenderRun, TheSameModelGivesTheSameRunWhereverItIs) {
  serve();
  const Json mixed{{"population", {{"agents", 1300}}}};
  write_scenario({{"kind", "popularity"}}, mixed);
  const Json own = run({"--out", "own"});
  write_scenario(remote("popularity"), mixed);
  const Json theirs = run({"--out", "theirs"});
  EXPECT_EQ(theirs["digest"], own["digest"]);
  EXPECT_EQ(theirs["rankings"]["live"], 3 * 1300);
  EXPECT_EQ(run({"--out", "one", "--threads", "1", "--set", "recommender.batch=7"})["digest"], own["digest"]);
}

TEST_F(RemoteRecommenderRun, IsReplayedWithoutTheServer) {
  serve();
  write_scenario(remote("cooccurrence"));
  const Json first = run({"--out", "a"});
  stop_server();
  const Json replayed = run({"--out", "b", "--replay", "a"});
  EXPECT_EQ(replayed["digest"], first["digest"]);
  EXPECT_EQ(replayed["rankings"]["replayed"], 900);
  EXPECT_EQ(replayed["rankings"]["live"], 0);
  const std::string told = "0 asked for now, 0 from the journal, 900 replayed";
  EXPECT_THAT(throng({"report", "b"}).out, HasSubstr("rankings of the remote recommender: " + told));
  EXPECT_THAT(read_file(folder_ / "b/report.html", ErrorKind::data), HasSubstr(told));
}

TEST_F(RemoteRecommenderRun, AServerThatIsGoneStopsTheRunAndTaughtAgainItGoesOn) {
  serve();
  write_scenario(remote("cooccurrence"));
  const Json reference = run({"--out", "a"});
  const pid_t running = start({"run", "s.json", "--out", "b", "--set", "recommender.batch=2", "--set",
                               "recommender.max_in_flight=1"});
  for (int tries = 0; tries < 10'000; ++tries) {  // until some rankings are in the journal
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const auto journal = folder_ / "b/journal.db-wal";
    if (std::filesystem::exists(journal) && std::filesystem::file_size(journal) > 100'000) break;
  }
  stop_server();
  const Finished stopped = wait_for(running);
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr(url() + "/"));
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  serve();
  const Json resumed = run({"--out", "b", "--resume"});
  EXPECT_EQ(resumed["digest"], reference["digest"]);
  EXPECT_GT(resumed["rankings"]["from_journal"], 0);
  EXPECT_EQ(resumed["rankings"]["from_journal"].get<int>() + resumed["rankings"]["live"].get<int>(), 900);
}

TEST_F(RemoteRecommenderRun, IsEvaluatedAndPutUnderLoadLikeTheOthers) {
  serve();
  const Json table =
      json_of(throng({"rec", "evaluate", "--data", "demo", "--models", "popularity,remote", "--set",
                      "remote.url=" + url(), "--set", "remote.model=popularity", "--json"}));
  Json own = table[0];
  Json theirs = table[2];
  ASSERT_EQ(theirs["model"], "remote");
  EXPECT_EQ(theirs["split"], own["split"]);
  EXPECT_EQ(theirs["recall_at_20"], own["recall_at_20"]);
  EXPECT_EQ(theirs["ndcg_at_20"], own["ndcg_at_20"]);
  const Json load = json_of(throng({"rec", "bench", "--data", "demo", "--models", "remote", "--set",
                                    "remote.url=" + url(), "--seconds", "0.2", "--json"}));
  EXPECT_GT(load[0]["rankings_per_second"], 0);
}

TEST_F(RemoteRecommenderRun, ResultsHangOnTheModelNotOnItsAddress) {
  serve();
  write_scenario(remote("popularity"));
  run({"--out", "a"});
  EXPECT_EQ(throng({"run", "s.json", "--out", "a", "--resume", "--set", "recommender.batch=3"}).exit_code, 0);
  const Finished changed =
      throng({"run", "s.json", "--out", "a", "--resume", "--set", "recommender.model=other"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("/recommender/model"));
}

/// A server that answers /rank with whatever it is told.
class WrongServer {
 public:
  explicit WrongServer(std::string rankings) : rankings_(std::move(rankings)) {}
  ~WrongServer() {
    io_.stop();
    thread_.join();
  }
  std::string url() const { return server_.origin(); }

 private:
  void answer(const net::HttpRequest& request, net::Responder responder) const {
    if (request.target == "/health") return responder.send(200, {}, R"({"protocol": 1})");
    if (request.target != "/rank") return responder.send(200, {}, "{}");
    responder.send(200, {}, rankings_);
  }

  std::string rankings_;
  boost::asio::io_context io_{1};
  net::HttpServer server_{io_, {}, [this](net::HttpRequest&& request, net::Responder responder) {
                            answer(request, std::move(responder));
                          }};
  std::thread thread_{[this] { io_.run(); }};
};

TEST_F(RemoteRecommenderRun, AWrongAnswerStopsTheRunAndIsNamed) {
  for (const auto& [answer, problem] : std::vector<std::pair<std::string, std::string>>{
           {"<html>", "not JSON"},
           {R"({"rankings": []})", "/rankings: 0 rankings, expected "},
           {R"({"rankings": {}})", "/rankings"}}) {
    const WrongServer server(answer);
    write_scenario({{"kind", "remote"}, {"url", server.url()}});
    const Finished stopped = throng({"run", "s.json", "--out", "a", "--overwrite"});
    EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr(problem));
  }
}

TEST_F(RemoteRecommenderRun, RankingsOfAFileArePlayedAndCannotLearn) {
  const Json evaluated =
      json_of(throng({"rec", "evaluate", "--data", "demo", "--models", "popularity", "--json"}));
  std::string rankings = "user,item,rank\n";
  const Json everything = json_of(throng({"data", "describe", "demo", "--json"}));
  const int items = everything["items"].get<int>();
  for (int user = 1; user <= everything["users"].get<int>(); ++user) {
    for (int item = items; item >= 1; --item)
      rankings +=
          std::to_string(user) + "," + std::to_string(item) + "," + std::to_string(items - item) + "\n";
  }
  folder_.write("r.csv", rankings);
  write_scenario({{"kind", "rankings"}, {"file", "r.csv"}}, {{"retrain", {{"from", "nothing"}}}});
  EXPECT_EQ(run({"--out", "a"})["agents"], 300);
  const Finished learning = throng({"run", "s.json", "--out", "b", "--set", "retrain.from=viewed"});
  EXPECT_EQ(learning.exit_code, 2);
  EXPECT_THAT(learning.err, HasSubstr("/retrain/from"));
  folder_.write("r.csv", "user,item\n1,2\n");
  const Finished changed = throng({"run", "s.json", "--out", "a", "--resume"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("/recommender/digest"));
}

}  // namespace
}  // namespace throng
