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
using std::chrono::seconds;

constexpr Instant kBegin{seconds(1000)};

TEST(Distribution, PercentilesAreByNearestRank) {
  Distribution distribution;
  for (int i = 1000; i >= 1; --i) distribution.add(milliseconds(i));
  EXPECT_EQ(distribution.percentile(50'000), milliseconds(500));
  EXPECT_EQ(distribution.percentile(90'000), milliseconds(900));
  EXPECT_EQ(distribution.percentile(99'900), milliseconds(999));
  EXPECT_EQ(distribution.percentile(100'000), milliseconds(1000));
  EXPECT_EQ(distribution.percentile(1), milliseconds(1));
  EXPECT_DOUBLE_EQ(distribution.mean(), 500'500);
  EXPECT_EQ(distribution.summary()["p99"], 990.0);

  Distribution one;
  one.add(milliseconds(7));
  EXPECT_EQ(one.percentile(50'000), milliseconds(7));
  EXPECT_TRUE(Distribution().summary()["p50"].is_null());
}

Reply streamed_reply() {
  Reply reply;
  reply.completion.usage = {.source = UsageSource::server, .prompt = 100, .completion = 11};
  reply.report = {
      .attempts = 1,
      .timings = {.waited = milliseconds(20), .first_token = milliseconds(50), .total = milliseconds(150)}};
  return reply;
}

/// A call that was intended at the start, submitted 30 ms late and over after 200 ms.
Measurements::Call late_call() {
  return {.intended = kBegin,
          .submitted = kBegin + milliseconds(30),
          .ended = kBegin + milliseconds(200),
          .max_tokens = 64};
}

TEST(Measurements, LatencyCountsFromTheIntendedStart) {
  Measurements measured(Delay(milliseconds(199)));
  measured.take(late_call(), streamed_reply());
  EXPECT_EQ(measured.latency().percentile(50'000), milliseconds(200));
  EXPECT_EQ(measured.queue().percentile(50'000), milliseconds(50));
  EXPECT_EQ(measured.service().percentile(50'000), milliseconds(150));
  EXPECT_EQ(measured.first_token().percentile(50'000), milliseconds(100));
  EXPECT_EQ(measured.per_output_token().percentile(50'000), milliseconds(10));
  EXPECT_EQ(measured.within_objective(), 0);
  EXPECT_EQ(measured.admitted_tokens(), 164);
}

TEST(Point, FailuresAreCountedByKindAndLeaveTheLatencies) {
  Point point{.load = {.kind = Load::Kind::closed, .concurrency = 4},
              .measured = Measurements(Delay(seconds(1)))};
  point.outcome = {.started = 4, .elapsed = seconds(2), .began = kBegin};
  point.measured.take(late_call(), streamed_reply());
  point.measured.take(late_call(), CallFailure{.fault = CallFault::gave_up, .kind = "http 503"});
  point.measured.take(late_call(), CallFailure{.fault = CallFault::too_large});
  point.measured.take(late_call(), CallFailure{.fault = CallFault::canceled, .kind = "canceled"});
  point.ledger.attempts = 5;
  point.requests_per_minute = 300;
  const Json json = to_json(point);
  EXPECT_EQ(json["failed"], (Json{{"http 503", 1}, {"too large", 1}}));
  EXPECT_EQ(json["canceled"], 1);
  EXPECT_EQ(json["completed"], 1);
  EXPECT_EQ(json["requests_per_second"], 0.5);
  EXPECT_EQ(json["latency_ms"]["max"], 200.0);
  EXPECT_DOUBLE_EQ(json["rate_limit"]["requests_used"].get<double>(), 0.5);
  EXPECT_TRUE(json["rate_limit"]["tokens_used"].is_null());
  EXPECT_DOUBLE_EQ(json["goodput"]["share"].get<double>(), 1.0 / 3);

  const Json both = to_json(together({point, point}));
  EXPECT_EQ(both["requests"], 8);
  EXPECT_EQ(both["attempts"], 10);
  EXPECT_EQ(both["failed"]["http 503"], 2);
  EXPECT_EQ(both["requests_per_second"], 0.5);
  EXPECT_EQ(curves_json(point)["timeline"].size(), 1U);
}

TEST(Point, TheLedgerOfAPointIsWhatCameSince) {
  LedgerEntry before;
  before.attempts = 3;
  before.failed_attempts = {{"reset", 1}, {"http 500", 2}};
  before.counted = {.prompt = 10, .completion = 5};
  LedgerEntry after = before;
  after.attempts = 7;
  after.failed_attempts["reset"] = 4;
  after.counted = {.prompt = 110, .completion = 6};
  const LedgerEntry difference = since(before, after);
  EXPECT_EQ(difference.attempts, 4);
  EXPECT_EQ(difference.counted, (TokenCounts{.prompt = 100, .completion = 1}));
  EXPECT_THAT(difference.failed_attempts, ::testing::ElementsAre(::testing::Pair("reset", 3)));
}

/// A mock server on a thread of its own.
class Bench : public ::testing::Test {
 public:
  ~Bench() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

 protected:
  void serve(mock::MockOptions options) {
    server_ = std::make_unique<mock::MockServer>(io_, std::move(options));
    thread_ = std::thread([this] { io_.run(); });
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
