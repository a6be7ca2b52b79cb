#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "tests/llm/planned_world.h"

namespace throng::llm {
namespace {

using testing::completed;
using ::testing::ElementsAre;
using testing::endpoint;
using testing::failed;
using ::testing::HasSubstr;
using testing::PlannedWorld;
using testing::seconds;

TEST(CallPlannerBudget, TheBudgetIsNeverExceededAndReachingItStopsEverything) {
  PlanOptions options;
  options.budget.tokens = 1000;
  std::int64_t billed = 0;
  PlannedWorld world({endpoint("a", 100)}, options, [&](const Attempt& attempt, Instant) {
    EXPECT_EQ(attempt.reserved.tokens, 140);
    billed += 90;
    return completed(seconds(1), {.prompt = 30, .completion = 60});
  });
  for (std::uint64_t call = 0; call < 100; ++call) world.add(call);
  world.run();
  EXPECT_LE(billed, 1000);
  EXPECT_GT(billed, 1000 - 140) << "and it is used up";
  EXPECT_EQ(world.planner.budget().spent().tokens, billed);
  EXPECT_EQ(world.over.size() + world.ended.size(), 100U);
  for (const auto& [call, ended] : world.ended) EXPECT_EQ(ended.fault, CallFault::budget);
}

TEST(CallPlannerBudget, WhatMayHaveBeenGeneratedIsHeldAgainstTheBudget) {
  PlanOptions options;
  options.budget.tokens = 300;
  PlannedWorld world({endpoint("a", 1)}, options, [](const Attempt&, Instant) {
    AttemptEnd end = failed(0);
    end.failed.fault = TransportFault::timeout;
    end.billing = AttemptEnd::Billing::possible;
    return end;
  });
  world.add(1);
  world.run();
  EXPECT_EQ(world.sent.size(), 2U) << "140 tokens each may have been spent";
  EXPECT_EQ(world.ended.at(1).fault, CallFault::budget);
  EXPECT_EQ(world.planner.ledger().total().aborted, 2);
}

/// The second attempt tells how long the prompt is: 10 tokens, not up to 40.
TEST(CallPlannerBudget, WhatACompletedCallTellsOfItsPromptHoldsForItsBrokenAttempts) {
  PlanOptions options;
  options.budget.tokens = 1000;
  PlannedWorld world({endpoint("a", 1)}, options, [](const Attempt& attempt, Instant) {
    if (attempt.number == 2) return completed(seconds(1), {.prompt = 10, .completion = 5});
    AttemptEnd end = failed(0);
    end.failed.fault = TransportFault::timeout;
    end.billing = AttemptEnd::Billing::possible;
    return end;
  });
  world.add(1);
  world.run();
  using Kind = Booking::Kind;
  EXPECT_THAT(world.over.at(1).verdict.bookings,
              ElementsAre(Booking{Kind::settle, 2, {.tokens = 15}},
                          Booking{Kind::settle_at_most, 1, {.tokens = 110}}));
  EXPECT_EQ(world.planner.budget().spent().tokens, 15 + 110);
}

TEST(CallPlannerBudget, AReplyThatTheServerEndedItselfCostsNoMoreThanWasStreamed) {
  PlanOptions options;
  options.budget.tokens = 1000;
  PlannedWorld world({endpoint("a", 1)}, options, [](const Attempt& attempt, Instant) {
    AttemptEnd end = failed(500);
    end.billing = attempt.number == 1 ? AttemptEnd::Billing::received : AttemptEnd::Billing::none;
    end.completion_most = 8;
    return attempt.number < 3 ? end : failed(400);
  });
  world.add(1);
  world.run();
  EXPECT_EQ(world.planner.budget().spent().tokens, 40 + 8) << "and an error costs nothing";
}

TEST(CallPlannerBudget, ABudgetNeedsABoundOnEveryCall) {
  PlanOptions options;
  options.budget.tokens = 1000;
  PlannedWorld world({endpoint()}, options, [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1, {.prompt = 10, .prompt_most = 10});
  world.run();
  EXPECT_THAT(world.ended.at(1).message, HasSubstr("max_tokens"));
}

/// The size of every call here: at most 40 prompt tokens, 100 of completion.
TEST(CallPlannerBudget, AUsageThatCannotBeIsBookedAtTheMostThatWasAskedFor) {
  constexpr std::int64_t kHuge = 1'000'000'000'000'000;
  for (const TokenCounts claim :
       {TokenCounts{.prompt = 10, .completion = 101}, TokenCounts{.prompt = 41},
        TokenCounts{.prompt = -1, .completion = 5}, TokenCounts{.prompt = 10, .completion = -1},
        TokenCounts{.prompt = kHuge}}) {
    PlanOptions options;
    options.budget.tokens = 1000;
    PlannedWorld world({endpoint("a", 1)}, options, [&](const Attempt&, Instant) {
      AttemptEnd end = completed(seconds(1), claim);
      end.completion_estimate = 7;
      return end;
    });
    world.add(1);
    world.run();
    const Verdict& verdict = world.over.at(1).verdict;
    EXPECT_EQ(verdict.implausible, claim);
    EXPECT_EQ(verdict.source, CountSource::estimated);
    EXPECT_EQ(verdict.tokens.completion, 7);
    EXPECT_EQ(world.planner.budget().spent().tokens, 140) << "for " << claim.total();
    EXPECT_EQ(world.planner.ledger().total().implausible, 1);
    EXPECT_EQ(world.planner.ledger().total().counted, TokenCounts{});
  }
}

TEST(CallPlannerBudget, AUsageOfExactlyWhatWasAskedForIsBelieved) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt&, Instant) {
    return completed(seconds(1), {.prompt = 40, .completion = 100});
  });
  world.add(1);
  world.run();
  EXPECT_FALSE(world.over.at(1).verdict.implausible);
  EXPECT_EQ(world.planner.ledger().total().counted.total(), 140);
}

}  // namespace
}  // namespace throng::llm
