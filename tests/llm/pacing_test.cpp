#include <gmock/gmock.h>

#include "benchmarks/support/paced_run.h"

namespace throng::llm {
namespace {

using mock::AnnouncedLimits;
using mock::LimitKind;
using std::chrono::milliseconds;

/// Calls of two seconds, all there at once, `minutes` of what the limit allows.
PacedRun calls_for(double minutes, LimitKind kind, AnnouncedLimits announced = AnnouncedLimits::right) {
  PacedRun run{.kind = kind, .announced = announced};
  run.latencies.assign(static_cast<std::size_t>(minutes * static_cast<double>(run.per_minute)),
                       std::chrono::seconds(2));
  return run;
}

double ratio(const PacedRun& run) { return run_paced(run).seconds / least_seconds(run); }

double refused_share(const PacedRun& run, const PacedOutcome& outcome) {
  return static_cast<double>(outcome.refused) / static_cast<double>(run.latencies.size());
}

struct Limit {
  const char* name;
  LimitKind kind;
  std::chrono::milliseconds bucket{0};
};

void PrintTo(const Limit& limit, std::ostream* out) { *out << limit.name; }

const Limit kLimits[] = {{"Sliding", LimitKind::sliding},
                         {"Fixed", LimitKind::fixed},
                         {"BucketOfAMinute", LimitKind::bucket, std::chrono::minutes(1)},
                         {"BucketOfTenSeconds", LimitKind::bucket, std::chrono::seconds(10)},
                         {"BucketOfASecond", LimitKind::bucket, std::chrono::seconds(1)}};

std::string name_of(AnnouncedLimits announced) {
  constexpr const char* names[] = {"Right", "Full", "Empty", "None"};
  return names[static_cast<int>(announced)];
}

class EveryLimit : public ::testing::TestWithParam<std::tuple<Limit, AnnouncedLimits>> {
 protected:
  PacedRun calls(double minutes) const {
    const auto& [limit, announced] = GetParam();
    PacedRun run = calls_for(minutes, limit.kind, announced);
    run.bucket = limit.bucket;
    return run;
  }
};

TEST_P(EveryLimit, TakesAShortRunInLittleMoreThanItMust) {
  const PacedRun run = calls(0.1);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.25 * least_seconds(run));
  EXPECT_LE(outcome.refused, 3) << "of 600 calls";
}

TEST_P(EveryLimit, IsFoundOutWithinAMinuteAndAHalf) {
  const PacedRun run = calls(1.5);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.1 * least_seconds(run));
  EXPECT_LE(refused_share(run, outcome), 0.005);
}

TEST_P(EveryLimit, IsUsedFullyInALongRun) {
  const PacedRun run = calls(4.95);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.05 * least_seconds(run));
  EXPECT_LE(refused_share(run, outcome), 0.002);
}

INSTANTIATE_TEST_SUITE_P(Servers, EveryLimit,
                         ::testing::Combine(::testing::ValuesIn(kLimits),
                                            ::testing::Values(AnnouncedLimits::right, AnnouncedLimits::full,
                                                              AnnouncedLimits::empty, AnnouncedLimits::none)),
                         [](const auto& tested) {
                           return std::get<0>(tested.param).name + name_of(std::get<1>(tested.param));
                         });

/// The first minute is over when its allowance has just been used.
TEST(Pacing, AMinuteThatBeginsSoonIsNoticed) {
  for (const AnnouncedLimits announced : {AnnouncedLimits::right, AnnouncedLimits::none}) {
    PacedRun run = calls_for(1.5, LimitKind::fixed, announced);
    run.first_minute = std::chrono::seconds(6);
    EXPECT_LE(ratio(run), 1.2) << name_of(announced);
  }
}

/// A person wants less than the server gives, and the server does not tell its limit.
TEST(Pacing, WhatIsAskedForIsKeptButForWhatItTakesToKnowTheServer) {
  PacedRun run = calls_for(3, LimitKind::sliding, AnnouncedLimits::none);
  run.asked = run.per_minute / 10;
  run.latencies.resize(static_cast<std::size_t>(3 * run.asked));
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(static_cast<double>(outcome.most_in_a_minute), 1.1 * static_cast<double>(run.asked));
  EXPECT_GE(outcome.seconds, 120);
}

/// As above, but the calls come so slowly that the minute is nearly over when its allowance is used.
TEST(Pacing, WhatIsAskedForIsKeptWhereCallsComeSlowly) {
  PacedRun run = calls_for(3, LimitKind::sliding, AnnouncedLimits::none);
  run.asked = run.per_minute / 10;
  run.max_in_flight = 25;  // of 2 s each: 12 a second
  run.concurrency = ConcurrencyMode::fixed;
  run.latencies.resize(static_cast<std::size_t>(3 * run.asked));
  EXPECT_LE(run_paced(run).most_in_a_minute, run.asked + 2);
}

/// As above, but only at first: then so few go at once that nothing is learned from it.
TEST(Pacing, WhatIsAskedForIsKeptWhereCallsBecomeSlow) {
  PacedRun run = calls_for(3, LimitKind::sliding, AnnouncedLimits::none);
  run.asked = run.per_minute / 10;
  run.max_in_flight = 300;
  run.concurrency = ConcurrencyMode::fixed;
  run.latencies.assign(static_cast<std::size_t>(3 * run.asked), std::chrono::seconds(25));
  std::fill_n(run.latencies.begin(), run.asked, milliseconds(100));
  EXPECT_LE(static_cast<double>(run_paced(run).most_in_a_minute), 1.2 * static_cast<double>(run.asked));
}

TEST(Pacing, WhatIsAskedForIsKeptExactlyWhereTheServerTellsThatItGivesMore) {
  PacedRun run = calls_for(3, LimitKind::sliding);
  run.asked = run.per_minute / 10;
  run.latencies.resize(static_cast<std::size_t>(3 * run.asked));
  EXPECT_LE(run_paced(run).most_in_a_minute, run.asked);
}

TEST(Pacing, EvenTakesTheMinuteThatBurstsDoNot) {
  PacedRun run = calls_for(1, LimitKind::sliding);
  run.pacing = Pacing::even;
  EXPECT_GE(run_paced(run).seconds, 60);
  run.pacing = Pacing::burst;
  EXPECT_LE(run_paced(run).seconds, 3.5);
  run.pacing = Pacing::automatic;
  EXPECT_LE(run_paced(run).seconds, 7);
}

TEST(Pacing, EvenIsNeverRefusedBySmallBuckets) {
  PacedRun run = calls_for(2, LimitKind::bucket);
  run.pacing = Pacing::even;
  EXPECT_EQ(run_paced(run).refused, 0);
}

TEST(Pacing, BurstsKeepASlidingMinuteExactly) {
  PacedRun run = calls_for(3.5, LimitKind::sliding);
  run.pacing = Pacing::burst;
  const PacedOutcome outcome = run_paced(run);
  EXPECT_EQ(outcome.refused, 0);
  EXPECT_LE(outcome.most_in_a_minute, run.per_minute);
}

/// No limit is configured: the first replies bring it, and say that everything remains.
TEST(Pacing, WhereHeadersSayThatEverythingRemainsNothingIsSpaced) {
  PacedRun run = calls_for(0.5, LimitKind::sliding);
  run.announced_only = true;
  run.latencies.assign(run.latencies.size(), milliseconds(300));
  EXPECT_LE(run_paced(run).seconds, 4) << "evenly spaced it would be 30";
}

TEST(Pacing, ALimitOfTokensIsLearnedAsOneOfRequests) {
  for (const Limit& limit : kLimits) {
    PacedRun run = calls_for(1.5, limit.kind, AnnouncedLimits::none);
    run.bucket = limit.bucket;
    run.by_tokens = true;
    EXPECT_LE(ratio(run), 1.1) << limit.name;
  }
}

/// 429s that have nothing to do with the limit make bursts small for a while; no call is lost by it.
TEST(Pacing, RandomRefusalsOnlyMakeItEven) {
  PacedRun run = calls_for(2, LimitKind::sliding);
  run.random_429s = 0.02;
  EXPECT_LE(run_paced(run).seconds, 135);
}

TEST(Pacing, AFarServerIsNotStormed) {
  PacedRun run = calls_for(1, LimitKind::bucket, AnnouncedLimits::none);
  run.network = milliseconds(50);  // refusals are back after 0.1 s and more
  run.network_jitter = milliseconds(20);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(refused_share(run, outcome), 0.02);
  EXPECT_LE(outcome.seconds, 1.05 * least_seconds(run));
}

TEST(Pacing, AFarServerWithAMinutesBucketIsFoundOut) {
  PacedRun run = calls_for(1.5, LimitKind::bucket, AnnouncedLimits::none);
  run.bucket = std::chrono::minutes(1);
  run.network = milliseconds(100);
  EXPECT_LE(ratio(run), 1.1);
}

/// Nothing comes back for half a minute, and yet what was allowed is under way within a second.
TEST(Pacing, CallsInFlightGrowWithoutReplies) {
  PacedRun run{.per_minute = 1'000'000, .max_in_flight = 500};
  run.latencies.assign(500, std::chrono::seconds(30));
  EXPECT_LE(run_paced(run).seconds, 31);
}

}  // namespace
}  // namespace throng::llm
