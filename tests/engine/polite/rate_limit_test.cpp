#include "engine/polite/rate_limit.h"

#include <cmath>
#include <functional>

#include <gmock/gmock.h>

#include "tests/engine/polite/limited_server.h"
#include "tests/engine/polite/simulation.h"

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

struct Job {
  std::int64_t reserved = 0;
  std::int64_t used = 0;
};

/// A client with endless work, whose timers only tick every 10 ms, in front of a server behind a network.
struct World {
  Simulation simulation;
  RateLimit limit;
  ServerLimit requests;
  ServerLimit tokens;
  std::function<Job()> next_job = [] { return Job{}; };
  std::function<Delay()> network = [this] { return simulation.uniform(milliseconds(5), milliseconds(700)); };
  std::function<Delay()> service = [this] {
    return simulation.uniform(milliseconds(300), milliseconds(900));
  };
  double faults = 0;  ///< share of requests that the server counts and then answers with an error
  int rejected = 0;
  Job job;

  World(RateLimitOptions options, Enforcement enforcement, Pacing pacing = Pacing::even)
      : limit((options.pacing = pacing, options)),
        requests(enforcement, options.requests_per_minute),
        tokens(enforcement, options.tokens_per_minute, 10'000) {}

  void run(Instant end) {
    job = next_job();
    simulation.at(kStart, [this] { send_all(); });
    simulation.run_until(end);
  }

  void send_all() {
    for (;;) {
      const Admission admission = limit.admit(simulation.now(), job.reserved).value();
      if (!admission.sent) {
        wake_at(admission.ask_again);
        return;
      }
      simulation.after(network(), [this, sent = *admission.sent, sized = job] { arrive(sent, sized); });
      job = next_job();
    }
  }

  void wake_at(Instant when) {
    if (when == kNever) return;
    constexpr Delay tick = milliseconds(10);
    simulation.wake(Instant((when.time_since_epoch() + tick - Delay(1)) / tick * tick),
                    [this] { send_all(); });
  }

  void arrive(const SentAttempt& sent, const Job& sized) {
    const bool by_usage = sent.counting == TokenCounting::usage;
    const Instant now = simulation.now();
    const bool no_tokens = tokens.limit() > 0 && !(by_usage || tokens.fits(now, sized.reserved));
    const bool no_requests = requests.limit() > 0 && !requests.fits(now, 1);
    requests.count(now, 1);  // even if it is rejected
    if (no_tokens || no_requests) ++rejected;
    const bool failed = no_tokens || no_requests || simulation.uniform(0, 1) < faults;
    if (!by_usage) tokens.count(now, sized.reserved);
    const Delay lasts = failed ? Delay(0) : service();
    simulation.after(lasts, [this, sent, sized, by_usage, failed] {
      if (by_usage && !failed) tokens.count(simulation.now(), sized.used);
      simulation.after(milliseconds(5), [this, sent, sized, failed] {
        const auto counted = failed ? TokensCounted::none : TokensCounted::known;
        limit.finish(sent, simulation.now(), {.counted = counted, .used = sized.used});
        send_all();
      });
    });
  }

  double use(const ServerLimit& of, Instant from, Instant to) const {
    const double offered =
        static_cast<double>(of.limit()) * std::chrono::duration<double>(to - from).count() / 60;
    return static_cast<double>(of.counted_between(from, to)) / offered;
  }
};

class RequestsPerMinute : public ::testing::TestWithParam<int> {};

TEST_P(RequestsPerMinute, NoSlidingMinuteIsExceededAndTheLimitIsUsed) {
  const std::int64_t rpm = GetParam();
  World world({.requests_per_minute = rpm}, Enforcement::sliding_log);
  const Instant end = kStart + (rpm < 100 ? minutes(120) : rpm > 100'000 ? minutes(2) : minutes(10));
  world.run(end);
  EXPECT_LE(world.requests.most_in_a_minute(), rpm);
  EXPECT_EQ(world.rejected, 0);
  EXPECT_GE(world.use(world.requests, kStart + seconds(2), end), 0.97);
}

TEST_P(RequestsPerMinute, FixedWindowsAndSmallTokenBucketsAreContentToo) {
  const std::int64_t rpm = GetParam();
  for (const Enforcement enforcement : {Enforcement::fixed_window, Enforcement::token_bucket}) {
    World world({.requests_per_minute = rpm}, enforcement);
    world.run(kStart + seconds(rpm > 100'000 ? 70 : 180));
    EXPECT_EQ(world.rejected, 0);
  }
}

TEST_P(RequestsPerMinute, ErrorsThatTheServerCountsDoNotExceedIt) {
  const std::int64_t rpm = GetParam();
  World world({.requests_per_minute = rpm}, Enforcement::sliding_log);
  world.faults = 0.3;
  world.run(kStart + seconds(rpm > 100'000 ? 70 : 180));
  EXPECT_LE(world.requests.most_in_a_minute(), rpm);
}

TEST_P(RequestsPerMinute, InBurstsASlidingMinuteIsKeptAsWell) {
  const std::int64_t rpm = GetParam();
  if (rpm > 100'000) GTEST_SKIP() << "so many at one moment take minutes to simulate, and tell nothing more";
  World world({.requests_per_minute = rpm}, Enforcement::sliding_log, Pacing::burst);
  const Instant end = kStart + (rpm < 100 ? minutes(120) : minutes(10));
  world.run(end);
  EXPECT_LE(world.requests.most_in_a_minute(), rpm);
  EXPECT_EQ(world.rejected, 0);
  EXPECT_GE(world.use(world.requests, kStart, end), 0.97);
}

INSTANTIATE_TEST_SUITE_P(Rates, RequestsPerMinute, ::testing::Values(3, 60, 500, 10'000, 1'000'000));

TEST(RateLimit, TokensCountedAtAdmissionKeepTheLimit) {
  World world({.tokens_per_minute = 200'000}, Enforcement::sliding_log);
  world.next_job = [&] {
    const auto size =
        static_cast<std::int64_t>(std::exp(world.simulation.uniform(4.6, 8.5)));  // 100 to 5,000
    return Job{size, size};
  };
  const Instant end = kStart + minutes(20);
  world.run(end);
  EXPECT_LE(world.tokens.most_in_a_minute(), 200'000);
  EXPECT_EQ(world.rejected, 0);
  EXPECT_GE(world.use(world.tokens, kStart + seconds(2), end), 0.97);
}

TEST(RateLimit, ASmallTokenBucketOfTokensSeesNoBurst) {
  World world({.tokens_per_minute = 2'000'000}, Enforcement::token_bucket);
  world.next_job = [&] {
    const auto size = static_cast<std::int64_t>(world.simulation.uniform(100, 3000));
    return Job{size, size};
  };
  world.run(kStart + minutes(5));
  EXPECT_EQ(world.rejected, 0);
}

TEST(RateLimit, LargeRequestsThatDoNotFillAMinuteEvenlyStillKeepTheLimit) {
  World world({.tokens_per_minute = 10'000}, Enforcement::sliding_log);
  world.next_job = [] { return Job{4'000, 4'000}; };
  world.run(kStart + minutes(20));
  EXPECT_EQ(world.tokens.most_in_a_minute(), 8'000);  // a third never fits
  EXPECT_EQ(world.rejected, 0);
}

/// Replies use 80 % of what was reserved on average, but a quarter of them more.
Job guessed(Simulation& simulation) {
  return {750, static_cast<std::int64_t>(simulation.uniform(200, 1000))};
}

TEST(RateLimit, TokensCountedByUsageKeepTheLimitAndSettlingGivesTheRestBack) {
  World world({.tokens_per_minute = 300'000, .counting = TokenCounting::usage}, Enforcement::sliding_log);
  world.next_job = [&] { return guessed(world.simulation); };
  world.network = [] { return milliseconds(40); };
  const Instant end = kStart + minutes(20);
  world.run(end);
  EXPECT_LE(world.tokens.most_in_a_minute(), 300'000);
  EXPECT_GE(world.use(world.tokens, kStart + minutes(3), end), 0.97);
}

TEST(RateLimit, LongRepliesCountedByUsageNeverExceedIt) {
  World world({.tokens_per_minute = 300'000, .counting = TokenCounting::usage}, Enforcement::sliding_log);
  world.next_job = [&] { return guessed(world.simulation); };
  world.service = [&] { return world.simulation.uniform(seconds(5), seconds(40)); };
  const Instant end = kStart + minutes(30);
  world.run(end);
  EXPECT_LE(world.tokens.most_in_a_minute(), 300'000);
  EXPECT_GE(world.use(world.tokens, kStart + minutes(3), end), 0.6);  // certainty has its price
}

// After completed calls of 5 s one breaks off at once: the server may have counted it when it came.
TEST(RateLimit, AnAttemptThatBreaksOffSoonKeepsItsMinute) {
  RateLimit limit({.tokens_per_minute = 100'000, .counting = TokenCounting::usage});
  Instant now = kStart;
  for (int i = 0; i < 50; ++i, now += seconds(6)) {
    const SentAttempt completed = limit.admit(now, 1000).value().sent.value();
    limit.finish(completed, now + seconds(5), {.counted = TokensCounted::known, .used = 1000});
  }
  now += minutes(2);
  const SentAttempt broken_off = limit.admit(now, 100'000).value().sent.value();
  limit.finish(broken_off, now + milliseconds(10), {.counted = TokensCounted::unknown});
  const Admission next = limit.admit(now + milliseconds(10), 1000).value();
  EXPECT_FALSE(next.sent);
  EXPECT_GE(next.ask_again, now + minutes(1) + milliseconds(750));
}

TEST(RateLimit, BothLimitsHoldTogether) {
  World world({.requests_per_minute = 500, .tokens_per_minute = 200'000}, Enforcement::sliding_log);
  world.next_job = [&] {
    const auto size = static_cast<std::int64_t>(world.simulation.uniform(50, 900));
    return Job{size, size};
  };
  world.run(kStart + minutes(10));
  EXPECT_EQ(world.rejected, 0);
  EXPECT_LE(world.requests.most_in_a_minute(), 500);
  EXPECT_LE(world.tokens.most_in_a_minute(), 200'000);
}

TEST(RateLimit, ARequestLargerThanTheLimitFailsAtOnce) {
  RateLimit limit({.tokens_per_minute = 1000});
  const auto admission = limit.admit(kStart, 1001);
  ASSERT_TRUE(admission.has_error());
  EXPECT_EQ(admission.error().kind, ErrorKind::usage);
  EXPECT_THAT(admission.error().message,
              AllOf(HasSubstr("1001 tokens"), HasSubstr("1000 tokens per minute")));
  EXPECT_TRUE(limit.admit(kStart, 1000).value().sent);
}

TEST(RateLimit, WithoutLimitsEverythingGoesAtOnce) {
  RateLimit limit({});
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(limit.admit(kStart, 1'000'000).value().sent);
}

TEST(RateLimit, AFirstMinuteStartsWithoutABurst) {
  World world({.requests_per_minute = 600}, Enforcement::sliding_log);
  world.network = [] { return Delay(0); };
  world.run(kStart + seconds(60));
  EXPECT_THAT(world.requests.counted_between(kStart, kStart + seconds(1)), AllOf(Ge(9), Le(12)));
  EXPECT_THAT(world.requests.counted_between(kStart + seconds(30), kStart + seconds(31)),
              AllOf(Ge(9), Le(12)));
}

TEST(RateLimit, AfterIdlingThereIsNoBurstEither) {
  RateLimit limit({.requests_per_minute = 600, .pacing = Pacing::even});
  ASSERT_TRUE(limit.admit(kStart, 0).value().sent);
  const Instant later = kStart + minutes(30);
  int at_once = 0;
  while (limit.admit(later, 0).value().sent) ++at_once;
  EXPECT_LE(at_once, 3);  // what 100 ms of catching up allow
}

TEST(RateLimit, A429PausesTheWholeBucketAndReopeningIsPaced) {
  World world({.requests_per_minute = 600}, Enforcement::sliding_log);
  world.network = [] { return Delay(0); };
  const Instant pause = kStart + seconds(90);
  const Instant reopened = pause + seconds(20);
  world.simulation.at(pause, [&] {
    const SentAttempt refused{.sent = pause};
    world.limit.refused(refused, pause, reopened, {});
    world.limit.refused(refused, pause, pause + seconds(5), {});  // one that asks for less shortens nothing
  });
  world.run(kStart + minutes(5));
  EXPECT_EQ(world.requests.counted_between(pause + Delay(1), reopened), 0);
  EXPECT_LE(world.requests.counted_between(reopened, reopened + seconds(1)), 12);
  EXPECT_GE(world.requests.counted_between(reopened, reopened + seconds(1)), 9);
  EXPECT_LE(world.requests.most_in_a_minute(), 600);
}

TEST(RateLimit, AnUnderestimatedPromptIsMadeUpFor) {
  // Prompts are 20 % larger than estimated. Once replies have said so, the books are right.
  RateLimit limit({.tokens_per_minute = 60'000, .pacing = Pacing::burst});
  Instant now = kStart;
  std::int64_t really = 0;
  while (now < kStart + minutes(1)) {
    const Admission admission = limit.admit(now, 100).value();
    if (!admission.sent) {
      now = admission.ask_again;
      continue;
    }
    really += 120;
    limit.finish(*admission.sent, now, {.counted = TokensCounted::known, .prompt_error = 20});
  }
  EXPECT_LE(really, 60'120);
  EXPECT_GE(really, 58'000);
}

}  // namespace
}  // namespace throng
