#include "llm/bench/point.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace throng::llm::bench
