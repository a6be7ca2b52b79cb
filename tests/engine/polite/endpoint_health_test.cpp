#include "engine/polite/endpoint_health.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/polite/simulation.h"

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using Failure = EndpointTrouble::Failure;

void fail_often(CircuitBreaker& breaker, Instant now, int times) {
  for (int i = 0; i < times; ++i) breaker.finish(now, Health::failing, AttemptRole::ordinary);
}

TEST(CircuitBreaker, ThirtyPercentRandomFaultsNeverOpenIt) {
  CircuitBreaker breaker;
  std::mt19937_64 random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    ASSERT_TRUE(breaker.is_closed()) << i;
    const bool fault = std::generate_canonical<double, 53>(random) < 0.3;
    breaker.finish(kStart, fault ? Health::failing : Health::alive, breaker.start());
  }
}

TEST(CircuitBreaker, OpensWhenTheServerIsDownAndProbesUntilItIsBack) {
  CircuitBreaker breaker({.failures_to_open = 10, .first_rest = seconds(1), .longest_rest = seconds(4)});
  Instant now = kStart;
  fail_often(breaker, now, 10);
  for (const int rest : {1, 2, 4, 4, 4}) {
    EXPECT_EQ(breaker.earliest(now), now + seconds(rest));
    now += seconds(rest);
    EXPECT_EQ(breaker.earliest(now), now);
    const AttemptRole role = breaker.start();
    EXPECT_EQ(role, AttemptRole::probe);
    EXPECT_EQ(breaker.earliest(now), kNever) << "one probe at a time";
    breaker.finish(now, Health::failing, role);
  }
  now += seconds(4);
  breaker.finish(now, Health::alive, breaker.start());
  EXPECT_TRUE(breaker.is_closed());
  fail_often(breaker, now, 10);
  EXPECT_EQ(breaker.earliest(now), now + seconds(1)) << "rests begin anew";
}

TEST(CircuitBreaker, ACancelledProbeMakesWayForAnother) {
  CircuitBreaker breaker({.failures_to_open = 1});
  fail_often(breaker, kStart, 1);
  const Instant now = kStart + seconds(2);
  breaker.finish(now, Health::unknown, breaker.start());
  EXPECT_EQ(breaker.earliest(now), now);
  EXPECT_EQ(breaker.start(), AttemptRole::probe);
}

TEST(CircuitBreaker, LateRepliesDoNotDisturbIt) {
  CircuitBreaker breaker({.failures_to_open = 3});
  fail_often(breaker, kStart, 3);
  fail_often(breaker, kStart + seconds(1), 1000);
  EXPECT_EQ(breaker.earliest(kStart), kStart + seconds(1));
  breaker.finish(kStart, Health::alive, AttemptRole::ordinary);
  EXPECT_FALSE(breaker.is_closed());
}

TEST(CircuitBreaker, ZeroNeverOpens) {
  CircuitBreaker breaker({.failures_to_open = 0});
  fail_often(breaker, kStart, 100'000);
  EXPECT_TRUE(breaker.is_closed());
}

constexpr Delay kPatience = minutes(10);

Instant at(double s) { return Instant(Delay(static_cast<std::int64_t>(s * 1e6))); }

/// Fails once a second from `from` until `until`; the moments of the notices.
std::vector<Instant> fail_each_second(EndpointTrouble& trouble, Failure failure, double from, double until) {
  std::vector<Instant> notices;
  for (double s = from; s <= until; ++s) {
    trouble.failed(at(s), failure, "not JSON");
    if (trouble.notice(at(s))) notices.push_back(at(s));
  }
  return notices;
}

TEST(EndpointTrouble, IsToldWithinSecondsAndThenEverMoreSeldom) {
  EndpointTrouble trouble;
  const auto notices = fail_each_second(trouble, Failure::unavailable, 100, 700);
  EXPECT_THAT(notices, ::testing::ElementsAre(at(105), at(120), at(180), at(420)));
  EXPECT_THAT(trouble.in_words(at(700)),
              HasSubstr("no usable reply for 10 min (601 attempts), the last: not JSON"));
}

TEST(EndpointTrouble, ASuccessEndsIt) {
  EndpointTrouble trouble;
  fail_each_second(trouble, Failure::unavailable, 0, 590);
  trouble.usable();
  EXPECT_TRUE(fail_each_second(trouble, Failure::unavailable, 600, 604).empty());
  EXPECT_FALSE(trouble.is_hopeless(at(650), kPatience));
}

TEST(EndpointTrouble, AnOutageIsWaitedForAsLongAsThePatienceLasts) {
  EndpointTrouble trouble;
  fail_each_second(trouble, Failure::unavailable, 0, 599);
  EXPECT_FALSE(trouble.is_hopeless(at(599), kPatience));
  EXPECT_TRUE(trouble.is_hopeless(at(600), kPatience));
}

TEST(EndpointTrouble, WhoNeverGaveAUsableReplyIsGivenUpSoon) {
  EndpointTrouble never;
  fail_each_second(never, Failure::unusable, 0, 19);
  EXPECT_FALSE(never.is_hopeless(at(19), kPatience));
  EXPECT_TRUE(never.is_hopeless(at(20), kPatience));

  EndpointTrouble foreign;  // a page to sign in
  fail_each_second(foreign, Failure::foreign, 0, 1);
  EXPECT_FALSE(foreign.is_hopeless(at(1), kPatience));
  fail_each_second(foreign, Failure::foreign, 2, 2);
  EXPECT_TRUE(foreign.is_hopeless(at(2), kPatience));
  foreign.failed(at(3), Failure::unavailable, "http 503");
  EXPECT_FALSE(foreign.is_hopeless(at(3), kPatience)) << "something is going on there";

  EndpointTrouble once;  // now its proxy shows a page of maintenance
  once.usable();
  fail_each_second(once, Failure::unusable, 0, 300);
  EXPECT_FALSE(once.is_hopeless(at(300), kPatience));
}

TEST(EndpointTrouble, AFewFailuresAreNone) {
  EndpointTrouble trouble;
  for (int n = 0; n < 2; ++n) trouble.failed(at(n), Failure::unusable, "cut");
  EXPECT_FALSE(trouble.notice(at(1000)));
  EXPECT_FALSE(trouble.is_hopeless(at(1000), kPatience));
}

TEST(InWords, ASpanIsReadAtAGlance) {
  EXPECT_EQ(in_words(milliseconds(2500)), "2.5 s");
  EXPECT_EQ(in_words(seconds(45)), "45 s");
  EXPECT_EQ(in_words(minutes(10)), "10 min");
  EXPECT_EQ(in_words(minutes(210)), "3.5 h");
  EXPECT_EQ(in_words(std::chrono::hours(72)), "3 days");
}

PeerDeadline after_peers(int count, Delay silence, PeerDeadlineOptions options = {}) {
  PeerDeadline deadline(options);
  for (int n = 0; n < count; ++n) deadline.observe(silence);
  return deadline;
}

TEST(PeerDeadline, WithoutPeersThereIsNone) {
  EXPECT_EQ(after_peers(19, seconds(1)).silence(0), Delay(0));
  EXPECT_EQ(after_peers(20, seconds(1)).silence(0), seconds(5));
}

TEST(PeerDeadline, HasAFloorAndACeiling) {
  EXPECT_EQ(after_peers(100, milliseconds(10)).silence(0), seconds(2));
  EXPECT_EQ(after_peers(100, seconds(10), {.ceiling = seconds(30)}).silence(0), seconds(30));
  EXPECT_EQ(after_peers(100, seconds(10), {.floor = Delay(0)}).silence(0), Delay(0)) << "switched off";
}

TEST(PeerDeadline, ACallThatStalledGetsMoreTime) {
  const PeerDeadline deadline = after_peers(100, seconds(1));
  EXPECT_EQ(deadline.silence(1), seconds(10));
  EXPECT_EQ(deadline.silence(2), seconds(20));
}

TEST(PeerDeadline, TheFloorIsLongEnoughForFastPeersAlsoTheNextTime) {
  const PeerDeadline deadline = after_peers(100, milliseconds(50));
  for (const int stalls : {0, 1, 2, 3}) EXPECT_EQ(deadline.silence(stalls), seconds(2));
  EXPECT_EQ(deadline.silence(4), seconds(4));
}

TEST(PeerDeadline, SpreadLatenciesAreHardlyEverGivenUp) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(0, 0.5);  // seconds
  PeerDeadline deadline({.floor = milliseconds(1)});
  int given_up = 0;
  for (int n = 0; n < 100'000; ++n) {
    const Delay took(static_cast<std::int64_t>(latency(random) * 1e6));
    const Delay allowed = deadline.silence(0);
    if (allowed > Delay(0) && took > allowed) ++given_up;
    deadline.observe(took);
  }
  EXPECT_LE(given_up, 10);
}

/// One in 20 stalls: what they are given up after stays what the others suggest.
TEST(PeerDeadline, StallsDoNotMakeItLonger) {
  PeerDeadline deadline;
  for (int n = 0; n < 1000; ++n)
    deadline.observe(n % 20 == 0 ? std::max<Delay>(deadline.silence(0), seconds(1)) : seconds(1));
  EXPECT_EQ(deadline.silence(0), seconds(5));
}

TEST(PeerDeadline, AServerThatHasBecomeSlowIsWaitedForSoon) {
  PeerDeadline deadline = after_peers(256, seconds(1));
  int given_up = 0;
  while (deadline.silence(0) < seconds(20)) {  // what everything takes now
    deadline.observe(deadline.silence(0));
    ++given_up;
  }
  EXPECT_LE(given_up, 48);
}

}  // namespace

}  // namespace throng
