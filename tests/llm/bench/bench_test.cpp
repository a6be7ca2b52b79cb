#include "llm/bench/bench.h"

#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include "llm/bench/discovery.h"
#include "llm/bench/ping.h"
#include "llm/mock/mock_server.h"

namespace throng::llm::bench {
namespace {

using std::chrono::milliseconds;

/// A mock server on a thread of its own.
class Bench : public ::testing::Test {
 protected:
  void serve(mock::MockOptions options) {
    server_ = std::make_unique<mock::MockServer>(io_, std::move(options));
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Bench() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }
  mock::MockStats stop() {
    io_.stop();
    thread_.join();
    return server_->stats();
  }

  EndpointOptions endpoint() const {
    EndpointOptions options;
    options.url = server_->url();
    options.model = "mock";
    options.timeouts.total = milliseconds(500);
    return options;
  }
  static std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }
  static Go go_on(std::size_t, const LoadProgress&) { return Go::on; }

  boost::asio::io_context io_{1};
  std::unique_ptr<mock::MockServer> server_;
  std::thread thread_;
};

BenchOptions closed(const EndpointOptions& endpoint, int concurrency, std::int64_t requests) {
  BenchOptions options{.endpoint = endpoint};
  options.loads = {{.kind = Load::Kind::closed, .concurrency = concurrency}};
  options.extent.requests = requests;
  return options;
}

TEST_F(Bench, AClosedLoopKeepsItsCallsInFlightAndWarmUpIsNotCounted) {
  serve({.latency = {.first_token = milliseconds(10)}});
  BenchOptions options = closed(endpoint(), 8, 80);
  options.warm_up = 5;
  options.workload.stream = true;
  const BenchResult result = run_bench(options, no_environment, go_on);
  const mock::MockStats stats = stop();
  ASSERT_EQ(result.points.size(), 1U);
  const Json json = to_json(result.points[0]);
  EXPECT_EQ(json["completed"], 80);
  EXPECT_EQ(json["attempts"], 80);
  EXPECT_EQ(json["max_running"], 8);
  EXPECT_EQ(stats.completed, 85);
  EXPECT_EQ(stats.max_in_flight, 8);
  EXPECT_GE(json["first_token_ms"]["p50"], 10.0);
  EXPECT_GE(json["latency_ms"]["p50"], json["first_token_ms"]["p50"]);
}

TEST_F(Bench, ASlowServerIsChargedForTheCallsThatAnOpenLoopKeepsWaiting) {
  serve({.latency = {.first_token = milliseconds(20)}, .slots = 1});
  BenchOptions options = closed(endpoint(), 1, 20);
  options.loads = {{.kind = Load::Kind::open, .rate = 200}};
  options.endpoint.max_in_flight = 1;
  const BenchResult result = run_bench(options, no_environment, go_on);
  const Json json = to_json(result.points.at(0));
  EXPECT_EQ(json["completed"], 20);
  EXPECT_GE(json["latency_ms"]["max"], 300.0) << "20 calls of 20 ms, wanted within 100 ms";
  EXPECT_LT(json["service_ms"]["p50"], 100.0);
  EXPECT_GE(json["queue_ms"]["max"], 280.0);
}

TEST_F(Bench, TheObserverCanEndIt) {
  serve({.latency = {.first_token = milliseconds(300)}});
  BenchOptions options = closed(endpoint(), 4, 1000);
  options.loads.push_back(options.loads[0]);
  const BenchResult result =
      run_bench(options, no_environment, [](std::size_t, const LoadProgress& progress) {
        return progress.elapsed > milliseconds(150) ? Go::stop : Go::on;
      });
  EXPECT_EQ(result.ended, Go::stop);
  ASSERT_EQ(result.points.size(), 1U);
  EXPECT_EQ(result.points[0].measured.canceled(), 4);
}

TEST_F(Bench, PingShowsWhatAnEndpointDoesNotKnow) {
  serve({.latency = {.first_token = milliseconds(10)},
         .limits = {.rpm = 600},
         .refused = {"seed", "json_schema"}});
  boost::asio::io_context io;
  EXPECT_EQ(model_of(discover(io, endpoint(), no_environment)), "mock");
  const Json pong = ping(io, endpoint(), no_environment);
  EXPECT_EQ(pong["capabilities"]["seed"], false);
  EXPECT_NE(pong["capabilities"]["structured_output"], "json_schema");
  EXPECT_EQ(pong["capabilities"]["temperature"], true);
  EXPECT_EQ(pong["attempts"], 3);
  EXPECT_GE(pong["timings_ms"]["first_token"], 10.0);
  EXPECT_EQ(pong["rate_limit_headers"]["x-ratelimit-limit-requests"], "600");
  EXPECT_EQ(pong["usage"]["source"], "server");
}

}  // namespace
}  // namespace throng::llm::bench
