#include <functional>

#include <gmock/gmock.h>

#include "engine/polite/rate_limit.h"
#include "tests/engine/polite/limited_server.h"
#include "tests/engine/polite/simulation.h"

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

enum class Rejected { counted, not_counted };

/// A server with the usual headers, whose limits change under a client with endless work, evenly spaced.
struct HeaderWorld {
  Simulation simulation;
  RateLimit limit;
  ServerLimit requests;
  Rejected rejected = Rejected::not_counted;
  Delay service = milliseconds(500);
  Instant halved = kNever;
  Instant heard = kNever;  ///< when the first reply from after the halving was there
  int rejections = 0;
  int late_rejections = 0;  ///< of those, to what was sent after that

  HeaderWorld(RateLimitOptions options, Enforcement enforcement, std::int64_t server_limit)
      : limit((options.pacing = Pacing::even, options)), requests(enforcement, server_limit) {}

  void halve_at(Instant when) {
    halved = when;
    simulation.at(when, [this] { requests.set_limit(requests.limit() / 2); });
  }

  void run(Instant end) {
    simulation.at(kStart, [this] { send_all(); });
    simulation.run_until(end);
  }

  void send_all() {
    for (;;) {
      const Admission admission = limit.admit(simulation.now(), 0).value();
      if (!admission.sent) {
        if (admission.ask_again != kNever) simulation.wake(admission.ask_again, [this] { send_all(); });
        return;
      }
      simulation.after(simulation.uniform(milliseconds(10), milliseconds(100)),
                       [this, sent = *admission.sent] { arrive(sent); });
    }
  }

  void arrive(const SentAttempt& sent) {
    const bool accepted = requests.arrive(simulation.now(), 1);
    if (!accepted && rejected == Rejected::counted) requests.count(simulation.now(), 1);
    ServerHints hints;
    const std::int64_t remaining = requests.limit() - requests.in_window(simulation.now());
    hints.requests = {
        .limit = requests.limit(), .remaining = std::max<std::int64_t>(0, remaining), .reset = seconds(30)};
    const bool after_halving = simulation.now() >= halved;
    simulation.after(accepted ? service : Delay(0), [this, sent, hints, accepted, after_halving] {
      const Instant now = simulation.now();
      if (after_halving) heard = std::min(heard, now);
      rejections += accepted ? 0 : 1;
      late_rejections += accepted || sent.sent <= heard ? 0 : 1;
      limit.hear(sent, now, hints);
      if (!accepted) limit.refused(sent, now, now + seconds(1), hints);
      limit.finish(sent, now, {.counted = TokensCounted::known});
      send_all();
    });
  }
};

class Halving : public ::testing::TestWithParam<std::tuple<Enforcement, Rejected, int>> {};

TEST_P(Halving, IsFollowedWithinTwoSecondsAndFiveRejections) {
  const auto [enforcement, rejected, rpm] = GetParam();
  HeaderWorld world({.requests_per_minute = rpm}, enforcement, rpm);
  world.rejected = rejected;
  const Instant halved = kStart + seconds(150);
  world.halve_at(halved);
  const Instant end = kStart + minutes(8);
  world.run(end);
  EXPECT_LE(world.heard, halved + seconds(2));
  EXPECT_LE(world.late_rejections, 5);
  EXPECT_EQ(world.limit.requests_per_minute(), rpm / 2);
  // Within two seconds the rate is the new one.
  EXPECT_LE(world.requests.counted_between(halved + seconds(2), halved + seconds(12)), rpm / 2 / 6 + 2);
  // And it is used.
  const auto later = static_cast<double>(world.requests.counted_between(halved + minutes(2), end));
  const double offered = rpm / 2.0 * std::chrono::duration<double>(end - halved - minutes(2)).count() / 60;
  EXPECT_GE(later, 0.97 * offered);
  EXPECT_LE(later, offered + 1);
}

INSTANTIATE_TEST_SUITE_P(Servers, Halving,
                         ::testing::Combine(::testing::Values(Enforcement::sliding_log,
                                                              Enforcement::token_bucket),
                                            ::testing::Values(Rejected::counted, Rejected::not_counted),
                                            ::testing::Values(600, 6'000, 60'000)));

TEST(RateLimitHeaders, SlowRepliesFromBeforeDoNotBringTheOldLimitBack) {
  HeaderWorld world({.requests_per_minute = 600}, Enforcement::sliding_log, 600);
  world.service = seconds(20);
  world.halve_at(kStart + seconds(150));
  for (int second = 152; second < 300; ++second) {
    world.simulation.at(kStart + seconds(second), [&] { EXPECT_EQ(world.limit.requests_per_minute(), 300); });
  }
  world.run(kStart + minutes(5));
}

TEST(RateLimitHeaders, ARaisedLimitComesBackUpToTheConfiguredOne) {
  HeaderWorld world({.requests_per_minute = 600}, Enforcement::sliding_log, 600);
  world.halve_at(kStart + minutes(1));
  world.simulation.at(kStart + minutes(3), [&] { world.requests.set_limit(5000); });
  world.run(kStart + minutes(5));
  EXPECT_EQ(world.limit.requests_per_minute(), 600);
}

TEST(RateLimitHeaders, GiveTheLimitThatWasNotConfigured) {
  HeaderWorld world({}, Enforcement::sliding_log, 600);
  // Nothing is known before the first reply; let one request find out.
  const Admission first = world.limit.admit(kStart, 0).value();
  world.arrive(*first.sent);
  world.simulation.run_until(kStart + minutes(3));
  EXPECT_EQ(world.limit.requests_per_minute(), 600);
  EXPECT_EQ(world.rejections, 0);
  EXPECT_LE(world.requests.most_in_a_minute(), 600);
  EXPECT_GE(world.requests.counted_between(kStart, kStart + minutes(3)), 3 * 580);
}

/// Without that there would be hundreds of 429s.
TEST(RateLimitHeaders, WhatAnEarlierProcessSentIsCountedToo) {
  // A process was killed after using most of the minute; the new one learns of it from the first reply.
  HeaderWorld world({.requests_per_minute = 600}, Enforcement::sliding_log, 600);
  for (int i = 0; i < 550; ++i) world.requests.count(kStart, 1);
  world.run(kStart + minutes(4));
  EXPECT_LE(world.rejections, 2);
  EXPECT_LE(world.requests.most_in_a_minute(), 600);
}

TEST(RateLimitHeaders, ALimitPerDayDoesNotStopTheMinute) {
  RateLimit limit({.requests_per_minute = 600, .pacing = Pacing::even});
  Instant now = kStart;
  int sent = 0;
  while (now < kStart + minutes(1)) {
    const Admission admission = limit.admit(now, 0).value();
    if (!admission.sent) {
      now = admission.ask_again;
      continue;
    }
    ++sent;
    ServerHints hints;
    hints.requests = {.limit = 10'000, .remaining = 2'000, .reset = std::chrono::hours(3)};
    limit.hear(*admission.sent, now, hints);
  }
  EXPECT_GE(sent, 580);
}

/// A person wants less than the server gives: that nothing is used up there is no reason to send more.
TEST(RateLimitHeaders, ALimitBelowTheServersIsKept) {
  RateLimit limit({.requests_per_minute = 600});
  Instant now = kStart;
  int sent = 0;
  while (now < kStart + minutes(3)) {
    const Admission admission = limit.admit(now, 0).value();
    if (!admission.sent) {
      now = admission.ask_again;
      continue;
    }
    ++sent;
    ServerHints hints;
    hints.requests = {.limit = 60'000, .remaining = 59'999, .reset = milliseconds(1)};
    limit.hear(*admission.sent, now, hints);
  }
  EXPECT_LE(sent, 3 * 600);
}

}  // namespace
}  // namespace throng
