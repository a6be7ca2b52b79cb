#include "engine/net/retry_quota.h"

#include <random>

#include <gmock/gmock.h>

namespace throng {
namespace {

struct Outcome {
  int attempts = 0;
  int gave_up = 0;
};

/// Calls one after the other on a server that fails attempts at random.
Outcome play(RetryQuota& quota, int calls, double faults, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Outcome outcome;
  for (int call = 0; call < calls; ++call) {
    quota.on_call();
    for (;;) {
      ++outcome.attempts;
      if (std::generate_canonical<double, 53>(random) >= faults) {
        quota.on_success();
        break;
      }
      if (quota.try_retry()) continue;
      ++outcome.gave_up;
      break;
    }
  }
  return outcome;
}

TEST(RetryQuota, AServerThatAlwaysFailsIsNotHammered) {
  for (const int calls : {1, 10, 1000, 100'000}) {
    RetryQuota quota;
    const Outcome outcome = play(quota, calls, 1.0, 1);
    EXPECT_LE(outcome.attempts, 1.1 * calls + 100 + 1e-6) << calls;
    EXPECT_EQ(outcome.gave_up, calls);
  }
}

TEST(RetryQuota, NorIsOneThatFailsForGoodAfterGoodDays) {
  RetryQuota quota;
  const Outcome good = play(quota, 10'000, 0.0, 1);
  const Outcome bad = play(quota, 10'000, 1.0, 1);
  EXPECT_LE(good.attempts + bad.attempts, 1.1 * 20'000 + 100 + 1e-6);
}

TEST(RetryQuota, ThirtyPercentRandomFaultsNeverUseItUp) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RetryQuota quota;
    EXPECT_EQ(play(quota, 20'000, 0.3, seed).gave_up, 0) << seed;
  }
}

TEST(RetryQuota, ItComesBackWithTheServer) {
  RetryQuota quota;
  play(quota, 1000, 1.0, 1);
  EXPECT_LT(quota.left(), 1);
  play(quota, 200, 0.0, 1);
  EXPECT_EQ(play(quota, 10'000, 0.3, 2).gave_up, 0);
}

}  // namespace
}  // namespace throng
