#include "engine/net/circuit_breaker.h"

#include <random>

#include <gmock/gmock.h>

#include "tests/engine/net/simulation.h"

namespace throng {
namespace {

using std::chrono::seconds;

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

}  // namespace
}  // namespace throng
