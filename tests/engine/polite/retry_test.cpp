#include "engine/polite/retry.h"

#include <random>
#include <set>

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

RetryAction action(const FailedAttempt& failed) { return RetryPolicy().decide(failed, 1, 1).action; }
RetryAction action_for(int status, const std::string& code = "") {
  return action({.status = status, .error_code = code});
}

TEST(Retry, TheTable) {
  for (const int status : {408, 409, 429, 500, 502, 503, 504, 520, 529, 599})
    EXPECT_EQ(action_for(status), RetryAction::retry) << status;
  for (const int status : {301, 400, 401, 403, 404, 405, 413, 422, 451})
    EXPECT_EQ(action_for(status), RetryAction::fail) << status;
  for (const TransportFault fault : {TransportFault::connect, TransportFault::reset, TransportFault::timeout,
                                     TransportFault::broken_reply})
    EXPECT_EQ(action({.fault = fault}), RetryAction::retry);
  EXPECT_EQ(action({.fault = TransportFault::certificate}), RetryAction::fail);
  EXPECT_EQ(action({.fault = TransportFault::refused_by_us}), RetryAction::fail);
  EXPECT_EQ(action({.fault = TransportFault::broken_reply, .status = 200}), RetryAction::retry);
}

TEST(Retry, TheServersOwnWordWins) {
  EXPECT_EQ(action({.status = 400, .hints = {.should_retry = true}}), RetryAction::retry);
  EXPECT_EQ(action({.status = 503, .hints = {.should_retry = false}}), RetryAction::fail);
}

TEST(Retry, AnEmptyAccountHaltsTheEndpoint) {
  for (const char* code : {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
    EXPECT_EQ(action_for(429, code), RetryAction::halt) << code;
  EXPECT_EQ(action({.status = 429, .error_code = "insufficient_quota", .hints = {.should_retry = true}}),
            RetryAction::halt);
  EXPECT_EQ(action_for(402), RetryAction::halt);
  EXPECT_EQ(action_for(429, "rate_limit_exceeded"), RetryAction::retry);
}

TEST(Retry, NeverWaitsLessThanTheServerSaid) {
  const RetryPolicy policy;
  for (std::uint64_t call = 0; call < 1000; ++call) {
    EXPECT_GE(policy.decide({.status = 429, .hints = {.retry_after = seconds(7)}}, call, 1).delay,
              seconds(7));
  }
}

TEST(Retry, ParksTheEndpointForLongDelays) {
  const RetryPolicy policy({.park_over = seconds(60)});
  const auto wait = [&](Delay said) {
    return policy.decide({.status = 429, .hints = {.retry_after = said}}, 1, 1);
  };
  EXPECT_EQ(wait(seconds(60)).action, RetryAction::retry);
  EXPECT_EQ(wait(minutes(6)).action, RetryAction::park);
  EXPECT_EQ(wait(minutes(6)).delay, minutes(6));
}

TEST(Retry, TheLastAttemptFailsButTheServersWishIsKnown) {
  const RetryPolicy policy({.max_attempts = 3});
  const FailedAttempt busy{.status = 429, .hints = {.retry_after = seconds(40)}};
  EXPECT_EQ(policy.decide(busy, 1, 2).action, RetryAction::retry);
  EXPECT_EQ(policy.decide(busy, 1, 3).action, RetryAction::fail);
  EXPECT_EQ(policy.decide(busy, 1, 3).delay, seconds(40));
  EXPECT_EQ(RetryPolicy({.max_attempts = 0}).decide(busy, 1, 1000).action, RetryAction::retry);
}

TEST(Retry, AnAddressWhereNobodyEverAnsweredIsGivenUpSooner) {
  const RetryPolicy policy({.max_attempts = 10, .max_unanswered = 5});
  const FailedAttempt nobody{.fault = TransportFault::connect, .never_answered = true};
  const FailedAttempt down{.fault = TransportFault::connect};
  EXPECT_EQ(policy.decide(nobody, 1, 4).action, RetryAction::retry);
  EXPECT_EQ(policy.decide(nobody, 1, 5).action, RetryAction::fail);
  EXPECT_EQ(policy.decide(down, 1, 9).action, RetryAction::retry);
}

TEST(Retry, BackoffDoublesUpToItsLimitWithJitter) {
  const RetryPolicy policy({.first_delay = milliseconds(500), .longest_delay = seconds(30)});
  for (int attempt = 1; attempt < 200; ++attempt) {
    const Delay mean = attempt < 7 ? Delay(milliseconds(500)) * (1 << (attempt - 1)) : Delay(seconds(30));
    std::set<Delay> seen;
    Delay sum{};
    for (std::uint64_t call = 0; call < 1000; ++call) {
      const Delay delay = policy.backoff(call, attempt);
      EXPECT_GE(delay, mean / 2);
      EXPECT_LT(delay, mean * 3 / 2);
      seen.insert(delay);
      sum += delay;
    }
    EXPECT_GT(seen.size(), 900U) << "calls that failed together do not come back together";
    EXPECT_NEAR(static_cast<double>(sum.count()) / 1000, static_cast<double>(mean.count()),
                0.04 * static_cast<double>(mean.count()));
  }
}

TEST(Retry, TheSequenceFollowsFromTheSeed) {
  const RetryPolicy one({.seed = 1});
  const RetryPolicy again({.seed = 1});
  const RetryPolicy other({.seed = 2});
  int same_as_other = 0;
  for (std::uint64_t call = 0; call < 100; ++call) {
    for (int attempt = 1; attempt < 5; ++attempt) {
      EXPECT_EQ(one.backoff(call, attempt), again.backoff(call, attempt));
      same_as_other += one.backoff(call, attempt) == other.backoff(call, attempt) ? 1 : 0;
    }
  }
  EXPECT_LT(same_as_other, 4);
}

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
