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

std::string name_of(LimitKind kind) {
  return kind == LimitKind::sliding ? "sliding" : kind == LimitKind::fixed ? "fixed" : "bucket";
}
std::string name_of(AnnouncedLimits announced) {
  constexpr const char* names[] = {"right", "full", "empty", "none"};
  return names[static_cast<int>(announced)];
}

/// A bucket holds a second's worth here: 6,000 a minute kept as 100 a second.
class EveryLimit : public ::testing::TestWithParam<std::tuple<LimitKind, AnnouncedLimits>> {
 protected:
  PacedRun calls(double minutes) const {
    return calls_for(minutes, std::get<LimitKind>(GetParam()), std::get<AnnouncedLimits>(GetParam()));
  }
};

TEST_P(EveryLimit, TakesAShortRunInLittleMoreThanItMust) {
  const PacedRun run = calls(0.1);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.3 * least_seconds(run));
  EXPECT_LE(outcome.refused, 3) << "of 600 calls";
}

TEST_P(EveryLimit, IsUsedFullyInALongRun) {
  const PacedRun run = calls(4.95);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.05 * least_seconds(run));
  EXPECT_LE(static_cast<double>(outcome.refused), 0.002 * static_cast<double>(run.latencies.size()));
  EXPECT_LE(outcome.most_at_once, 20) << "no storm";
}

INSTANTIATE_TEST_SUITE_P(Servers, EveryLimit,
                         ::testing::Combine(::testing::Values(LimitKind::sliding, LimitKind::fixed,
                                                              LimitKind::bucket),
                                            ::testing::Values(AnnouncedLimits::right, AnnouncedLimits::full,
                                                              AnnouncedLimits::empty, AnnouncedLimits::none)),
                         [](const auto& tested) {
                           return name_of(std::get<0>(tested.param)) + "_" +
                                  name_of(std::get<1>(tested.param));
                         });

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
  for (const LimitKind kind : {LimitKind::sliding, LimitKind::fixed, LimitKind::bucket}) {
    PacedRun run = calls_for(2.5, kind);
    run.by_tokens = true;
    EXPECT_LE(ratio(run), 1.2) << name_of(kind);
  }
}

TEST(Pacing, ABucketThatHoldsTenSecondsIsFoundOut) {
  PacedRun run = calls_for(3, LimitKind::bucket, AnnouncedLimits::none);
  run.bucket = std::chrono::seconds(10);
  const PacedOutcome outcome = run_paced(run);
  EXPECT_LE(outcome.seconds, 1.08 * least_seconds(run));
  EXPECT_LE(static_cast<double>(outcome.refused), 0.005 * static_cast<double>(run.latencies.size()));
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
  EXPECT_LE(static_cast<double>(outcome.refused), 0.02 * static_cast<double>(run.latencies.size()));
  EXPECT_LE(outcome.seconds, 1.05 * least_seconds(run));
}

/// Nothing comes back for half a minute, and yet what was allowed is under way within a second.
TEST(Pacing, CallsInFlightGrowWithoutReplies) {
  PacedRun run{.per_minute = 1'000'000, .max_in_flight = 500};
  run.latencies.assign(500, std::chrono::seconds(30));
  EXPECT_LE(run_paced(run).seconds, 31);
}

}  // namespace
}  // namespace throng::llm
