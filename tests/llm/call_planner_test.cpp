#include "llm/call_planner.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "tests/llm/planned_world.h"

namespace throng::llm {
namespace {

using ::testing::AllOf;
using testing::at;
using testing::completed;
using ::testing::ElementsAre;
using testing::endpoint;
using testing::failed;
using ::testing::HasSubstr;
using testing::PlannedWorld;
using testing::seconds;

PlannedEndpoint limited(int rpm, int tpm, int slots = 1000) {
  PlannedEndpoint limited = endpoint("a", slots);
  limited.rate = {.requests_per_minute = rpm, .tokens_per_minute = tpm};
  return limited;
}

TEST(CallPlanner, AFailedCallIsTriedAgainUntilItSucceeds) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt& attempt, Instant) {
    return attempt.number < 3 ? failed(500) : completed(seconds(1));
  });
  world.add(7);
  world.run();
  ASSERT_EQ(world.sent.size(), 3U);
  EXPECT_EQ(world.sent[2].attempt.number, 3);
  EXPECT_GE(world.sent[1].when - world.sent[0].when, seconds(0.1 + 0.25)) << "after a wait";
  EXPECT_EQ(world.over.at(7).verdict.kind, Verdict::Kind::over);
  const LedgerEntry total = world.planner.ledger().total();
  EXPECT_EQ(total.calls, 1);
  EXPECT_EQ(total.attempts, 3);
  EXPECT_EQ(total.completed, 1);
  EXPECT_EQ(total.failed_attempts.at("http 500"), 2);
  EXPECT_EQ(total.counted, (TokenCounts{.prompt = 10, .completion = 5}));
}

TEST(CallPlanner, ARefusedRequestIsNotTriedAgain) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt&, Instant) { return failed(400); });
  world.add(1);
  world.run();
  EXPECT_EQ(world.sent.size(), 1U);
  EXPECT_EQ(world.over.at(1).verdict.fault, CallFault::rejected);
}

TEST(CallPlanner, WhoeverWaitsForARetryHoldsNoSlot) {
  PlannedWorld world({endpoint("a", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.call == 1 && attempt.number == 1 ? failed(500) : completed(seconds(0.01));
  });
  world.add(1);
  world.add(2);
  world.run();
  ASSERT_EQ(world.sent.size(), 3U);
  EXPECT_EQ(world.sent[1].attempt.call, 2U) << "the other call goes while the first one waits";
}

TEST(CallPlanner, A429KeepsEveryCallAway) {
  PlannedWorld world({endpoint("a", 1)}, {}, [](const Attempt& attempt, Instant) {
    if (attempt.id > 1) return completed(seconds(0.1));
    AttemptEnd end = failed(429);
    end.hints.retry_after = seconds(5);
    end.failed.hints = end.hints;
    return end;
  });
  for (std::uint64_t call = 1; call <= 3; ++call) world.add(call);
  world.run();
  ASSERT_EQ(world.sent.size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_GE(world.sent[i].when, at(1000) + seconds(5.1));
}

TEST(CallPlanner, BillingHaltsTheEndpointAndTheOthersGoOn) {
  PlannedWorld world({endpoint("a", 1), endpoint("b", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.endpoint == 0 ? failed(429, "insufficient_quota") : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 5; ++call) world.add(call);
  world.run();
  EXPECT_EQ(std::ranges::count_if(world.sent, [](const auto& s) { return s.attempt.endpoint == 0; }), 1);
  EXPECT_EQ(world.over.size(), 5U);
}

TEST(CallPlanner, WhenEveryEndpointIsHaltedAllCallsEnd) {
  PlannedWorld world({endpoint("a", 1)}, {},
                     [](const Attempt&, Instant) { return failed(429, "insufficient_quota"); });
  for (std::uint64_t call = 1; call <= 3; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.sent.size(), 1U);
  ASSERT_EQ(world.ended.size(), 3U);
  for (const auto& [call, ended] : world.ended) EXPECT_EQ(ended.fault, CallFault::halted);
}

TEST(CallPlanner, AServerThatAlwaysFailsIsNotAskedMuchMoreThanThereAreCalls) {
  PlanOptions options;
  options.retry.max_attempts = 0;
  PlannedEndpoint down = endpoint("a", 100);
  down.breaker.failures_to_open = 0;
  PlannedWorld world({down}, options, [](const Attempt&, Instant) { return failed(500); });
  constexpr int kCalls = 3000;
  for (int call = 0; call < kCalls; ++call) world.add(static_cast<std::uint64_t>(call));
  world.run();
  EXPECT_LE(world.sent.size(), 1.1 * kCalls + 100);
  EXPECT_EQ(world.over.size(), kCalls);
}

TEST(CallPlanner, RandomFaultsOfAThirdLoseNoCall) {
  PlannedWorld world({endpoint("a", 100)}, {}, [](const Attempt& attempt, Instant) {
    // An even spread of three in ten, without a pattern that a call could be caught in.
    const bool fault = (attempt.id * 2654435761U >> 7U) % 10 < 3;
    return fault ? failed(500) : completed(seconds(0.2));
  });
  constexpr int kCalls = 3000;
  for (int call = 0; call < kCalls; ++call) world.add(static_cast<std::uint64_t>(call));
  world.run();
  for (const auto& [call, over] : world.over) EXPECT_EQ(over.verdict.kind, Verdict::Kind::over) << call;
  EXPECT_EQ(world.over.size(), kCalls);
}

AttemptEnd nobody_there() {
  return {{.kind = AttemptEnd::Kind::failed,
           .failed = {.fault = TransportFault::connect},
           .message = "cannot connect",
           .latency = seconds(0.01)},
          "connect"};
}

TEST(CallPlanner, AWrongAddressShowsWithinAMinute) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt&, Instant) { return nobody_there(); });
  for (std::uint64_t call = 1; call <= 100; ++call) world.add(call);
  world.run();
  ASSERT_EQ(world.over.size() + world.ended.size(), 100U);
  const auto first = std::ranges::min_element(world.over, {}, [](const auto& o) { return o.second.when; });
  EXPECT_EQ(first->second.verdict.fault, CallFault::gave_up);
  EXPECT_THAT(first->second.verdict.message, HasSubstr("cannot connect"));
  EXPECT_LE(first->second.when, at(1000 + 60));
}

TEST(CallPlanner, AWrongAddressCostsNoCallWhileAnotherServes) {
  PlannedWorld world({endpoint("wrong", 1), endpoint("b", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.endpoint == 0 ? nobody_there() : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 100; ++call) world.add(call);
  world.run();
  ASSERT_EQ(world.over.size(), 100U);
  for (const auto& [call, over] : world.over) EXPECT_EQ(over.verdict.kind, Verdict::Kind::over) << call;
}

TEST(CallPlanner, TheLongestChainGoesFirst) {
  PlannedWorld world({endpoint("a", 1)}, {}, [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1, {.max_tokens = 1}, 0);
  world.add(2, {.max_tokens = 1}, 5);
  world.add(3, {.max_tokens = 1}, 2);
  world.run();
  std::vector<std::uint64_t> order;
  for (const auto& sent : world.sent) order.push_back(sent.attempt.call);
  EXPECT_THAT(order, ElementsAre(2, 3, 1));
}

/// Chains of calls of which each waits for the one before: the total time against the lower bound of the issue.
TEST(CallPlanner, ABatchOfChainsTakesLittleMoreThanTheLowerBound) {
  constexpr int kRpm = 600;
  constexpr double kLatency = 2;
  PlannedWorld world({limited(kRpm, 0)}, {},
                     [](const Attempt&, Instant) { return completed(seconds(kLatency)); });
  std::vector<std::uint32_t> left;  // calls of a chain still to be added
  std::size_t calls = 0;
  for (std::uint32_t chain = 0; chain < 300; ++chain) {
    const std::uint32_t length = 1 + chain % 12;
    world.planner.add(chain, "m", {.prompt = 10, .prompt_most = 10, .max_tokens = 10}, length);
    left.push_back(length - 1);
    calls += length;
  }
  const Instant began = world.now;
  std::size_t handled = 0;
  while (handled < calls) {
    world.run(world.now + seconds(0.05));
    world.now += seconds(0.05);
    handled += world.over.size();
    const auto over = std::exchange(world.over, {});
    for (const auto& [id, call] : over) {
      const std::size_t chain = id % 300;
      if (left[chain] == 0) continue;
      world.planner.add(id + 300, "m", {.prompt = 10, .prompt_most = 10, .max_tokens = 10}, left[chain]--);
    }
  }
  const double took = std::chrono::duration<double>(world.now - began).count();
  const double bound = std::max(60.0 * static_cast<double>(calls) / kRpm, 12 * kLatency);
  EXPECT_LE(took, 1.05 * bound + kLatency) << "bound " << bound;
}

TEST(CallPlanner, ACallLargerThanTheLimitFailsAtOnce) {
  PlannedWorld world({limited(0, 1000)}, {}, [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1, {.prompt = 10, .prompt_most = 10, .max_tokens = 5000});
  world.add(2);
  world.run();
  EXPECT_EQ(world.ended.at(1).fault, CallFault::too_large);
  EXPECT_EQ(world.over.size(), 1U);
}

std::size_t sent_to(const PlannedWorld& world, std::size_t endpoint) {
  return static_cast<std::size_t>(
      std::ranges::count_if(world.sent, [&](const auto& s) { return s.attempt.endpoint == endpoint; }));
}

TEST(CallPlanner, WhatIsTooLargeForOneEndpointGoesToAnother) {
  PlannedWorld world({limited(0, 500, 1), endpoint("b", 1)}, {},
                     [](const Attempt&, Instant) { return completed(seconds(1)); });
  for (std::uint64_t call = 1; call <= 5; ++call) world.add(call, {.prompt = 10, .max_tokens = 5000});
  world.add(6);  // small: either will do
  world.run();
  EXPECT_EQ(world.over.size(), 6U);
  EXPECT_EQ(sent_to(world, 0), 1U);
}

TEST(CallPlanner, NobodyWaitsBehindACallThatIsForAnotherEndpoint) {
  // The calls of 600 tokens are for the second endpoint alone, which has one slot.
  PlannedWorld world({limited(0, 500, 4), endpoint("large", 1)}, {},
                     [](const Attempt&, Instant) { return completed(seconds(10)); });
  for (std::uint64_t id = 0; id < 3; ++id)
    world.add(id, {.prompt = 10, .prompt_most = 40, .max_tokens = 600}, 2);
  for (std::uint64_t id = 3; id < 6; ++id) world.add(id, {.prompt = 10, .prompt_most = 40, .max_tokens = 10});
  world.run(world.now + seconds(1));
  ASSERT_EQ(world.sent.size(), 4U);
  EXPECT_EQ(world.sent[0].attempt.call, 0U);
  EXPECT_EQ(world.sent[0].attempt.endpoint, 1U);
  for (std::size_t n = 1; n < 4; ++n) {
    EXPECT_EQ(world.sent[n].attempt.call, n + 2);
    EXPECT_EQ(world.sent[n].attempt.endpoint, 0U);
  }
}

TEST(CallPlanner, NobodyOvertakesACallThatOnlyWaits) {
  // Two calls fill the limit; the third, a large one, waits for the minute to pass: small ones that would fit wait too.
  PlannedWorld world({limited(0, 1000)}, {}, [](const Attempt&, Instant) { return completed(seconds(1)); });
  for (std::uint64_t id = 0; id < 3; ++id)
    world.add(id, {.prompt = 10, .prompt_most = 40, .max_tokens = 390}, 2);
  world.add(3, {.prompt = 10, .prompt_most = 40, .max_tokens = 10});
  world.run(world.now + seconds(200));
  ASSERT_EQ(world.sent.size(), 4U);
  EXPECT_EQ(world.sent[3].attempt.call, 3U);
}

TEST(CallPlanner, WhatABudgetCannotPayAtOneEndpointGoesToAFreeOne) {
  PlannedEndpoint dear = endpoint("dear", 4);
  dear.prices = Prices::per_million(1000, 1000, 1000);
  PlanOptions options;
  options.budget.money = Money::from_dollars(0.2);  // one call at a time: 0.14 reserved, 0.015 spent
  PlannedWorld world({dear, endpoint("free", 4)}, options,
                     [](const Attempt&, Instant) { return completed(seconds(1)); });
  for (std::uint64_t call = 1; call <= 60; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.over.size(), 60U);
  EXPECT_GT(sent_to(world, 0), 0U);
  EXPECT_LE(world.planner.budget().spent().money, options.budget.money);
}

TEST(CallPlanner, ACallEndsWhenEveryEndpointSaysNever) {
  PlannedEndpoint dear = endpoint("dear");
  dear.prices = Prices::per_million(1e6, 1e6, 1e6);
  PlanOptions options;
  options.budget.money = Money::from_dollars(1);
  PlannedWorld world({limited(0, 50), dear}, options,
                     [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1);
  world.run();
  EXPECT_TRUE(world.sent.empty());
  EXPECT_EQ(world.ended.at(1).fault, CallFault::budget) << "which a person can raise";
}

TEST(CallPlanner, AWrongKeyAtOneEndpointCostsNoCallWhileAnotherServes) {
  PlannedWorld world({endpoint("wrong key", 2), endpoint("b", 2)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.endpoint == 0 ? failed(401) : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 20; ++call) world.add(call);
  world.run();
  EXPECT_LE(sent_to(world, 0), 2U);
  for (const auto& [call, over] : world.over) EXPECT_EQ(over.verdict.kind, Verdict::Kind::over) << call;
  EXPECT_EQ(world.over.size(), 20U);
}

TEST(CallPlanner, TheLastEndpointsRefusalIsTheCalls) {
  PlannedWorld world({endpoint("a", 1), endpoint("b", 1)}, {},
                     [](const Attempt&, Instant) { return failed(401); });
  world.add(1);
  world.run();
  EXPECT_EQ(world.sent.size(), 2U);
  EXPECT_EQ(world.over.at(1).verdict.fault, CallFault::rejected);
}

AttemptEnd unusable(Delay latency) {
  return {{.kind = AttemptEnd::Kind::failed,
           .failed = {.fault = TransportFault::broken_reply},
           .message = "broken reply: not JSON",
           .latency = latency},
          "broken reply",
          AttemptEnd::Billing::possible};
}

AttemptEnd replied_after(Delay first_byte) {
  AttemptEnd end = completed(first_byte);
  end.first_byte = first_byte;
  return end;
}

TEST(CallPlanner, PeersTellHowLongACallMayBeSilent) {
  PlannedWorld world({endpoint("a", 1)}, {},
                     [](const Attempt&, Instant) { return replied_after(seconds(1)); });
  for (std::uint64_t call = 1; call <= 30; ++call) world.add(call);
  world.run();
  world.add(31);
  ASSERT_TRUE(world.planner.next(world.now));
  EXPECT_EQ(world.planner.silence(31), seconds(5));
  AttemptEnd stalled = failed(0);
  stalled.failed.fault = TransportFault::timeout;
  stalled.billing = AttemptEnd::Billing::possible;
  stalled.stalled = true;
  EXPECT_EQ(world.planner.finish(31, world.now, stalled).kind, Verdict::Kind::again);
  EXPECT_EQ(world.planner.ledger().total().aborted, 1) << "it may be billed";
  world.now += seconds(60);
  ASSERT_TRUE(world.planner.next(world.now));
  EXPECT_EQ(world.planner.silence(31), seconds(10)) << "perhaps it is a call that takes longer";
}

/// The stalls of a run end together, when the rest has long been answered.
TEST(CallPlanner, StallsThatOthersOvertookAreNoSignOfASlowServer) {
  AttemptEnd stall = failed(0);
  stall.failed.fault = TransportFault::timeout;
  stall.stalled = true;
  stall.latency = seconds(2);
  PlannedWorld world({endpoint("a", 200)}, {}, [&](const Attempt& attempt, Instant) {
    return attempt.number == 1 && attempt.call % 10 == 0 ? stall : replied_after(seconds(0.05));
  });
  for (std::uint64_t call = 1; call <= 2000; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.over.size(), 2000U);
  EXPECT_LE(world.now, at(1000 + 5))
      << "two stalls one after the other in a slot; nobody waits for a breaker";
  world.add(2001);
  ASSERT_TRUE(world.planner.next(world.now));
  EXPECT_EQ(world.planner.silence(2001), seconds(2));
}

/// Among fast peers: not 2 + 4 + 8 s, with waits between them.
TEST(CallPlanner, ACallThatStallsAgainAndAgainCostsLittleMoreThanItsSilences) {
  AttemptEnd stall = failed(0);
  stall.failed.fault = TransportFault::timeout;
  stall.stalled = true;
  PlannedWorld* planned = nullptr;
  PlannedWorld world({endpoint("a", 10)}, {}, [&](const Attempt& attempt, Instant) {
    if (attempt.call < 100 || attempt.number > 3) return replied_after(seconds(0.05));
    stall.latency = planned->planner.silence(attempt.call);
    return stall;
  });
  planned = &world;
  for (std::uint64_t call = 1; call < 100; ++call) world.add(call);
  world.run();
  const Instant began = world.now;
  world.add(100);
  world.run();
  EXPECT_GE(world.over.at(100).when, began + seconds(6));
  EXPECT_LE(world.over.at(100).when, began + seconds(7.5));
}

TEST(CallPlanner, NobodyIsGivenUpWhenRetriesAreScarce) {
  PlanOptions options;
  options.quota = {.at_start = 10, .per_request = 0, .per_success = 0};
  bool fails = false;
  PlannedWorld world({endpoint("a", 1)}, options, [&](const Attempt&, Instant) {
    return fails ? failed(500) : replied_after(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 30; ++call) world.add(call);
  world.run();
  fails = true;
  world.add(31);
  world.run(world.now + seconds(60));  // uses up more than half of the ten
  fails = false;
  world.run();
  world.add(32);
  ASSERT_TRUE(world.planner.next(world.now));
  EXPECT_EQ(world.planner.silence(32), Delay(0));
}

TEST(CallPlanner, AServerThatAnswersOnlyNonsenseIsNamedAndGivenUpWithinAMinute) {
  for (const int slots : {1, 64}) {
    PlannedWorld world({endpoint("http://a", slots)}, {},
                       [](const Attempt&, Instant) { return unusable(seconds(0.1)); });
    for (std::uint64_t call = 1; call <= 500; ++call) world.add(call);
    world.run(at(1010));
    EXPECT_THAT(world.planner.take_notices(),
                ElementsAre(AllOf(HasSubstr("http://a: no usable reply for"), HasSubstr("not JSON"))));
    world.run();
    EXPECT_EQ(world.over.size() + world.ended.size(), 500U);
    EXPECT_LE(world.now, at(1000 + 60)) << slots << " slots";
    EXPECT_LE(world.sent.size(), 200U) << slots << " slots";
    for (const auto& [call, ended] : world.ended) {
      EXPECT_EQ(ended.fault, CallFault::gave_up);
      EXPECT_THAT(ended.message, AllOf(HasSubstr("http://a"), HasSubstr("not JSON")));
    }
  }
}

AttemptEnd come_back_in(Delay delay) {
  AttemptEnd end = failed(429);
  end.hints.retry_after = delay;
  end.failed.hints = end.hints;
  return end;
}

TEST(CallPlanner, AWaitBeyondThePatienceStopsAndSaysSo) {
  PlannedWorld world({endpoint("http://a", 1)}, {},
                     [](const Attempt&, Instant) { return come_back_in(std::chrono::hours(72)); });
  for (std::uint64_t call = 1; call <= 3; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.sent.size(), 1U);
  ASSERT_EQ(world.ended.size(), 3U);
  EXPECT_EQ(world.ended.at(3).fault, CallFault::gave_up);
  EXPECT_THAT(world.ended.at(3).message,
              HasSubstr("http://a asks to be left alone for 3 days, and the patience is 10 min"));
}

TEST(CallPlanner, AWaitWithinThePatienceIsWaitedForAndTold) {
  PlannedWorld world({endpoint("http://a", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.id == 1 ? come_back_in(std::chrono::minutes(9)) : completed(seconds(1));
  });
  world.add(1);
  world.run();
  EXPECT_EQ(world.over.at(1).verdict.kind, Verdict::Kind::over);
  EXPECT_THAT(world.planner.take_notices(),
              ElementsAre(HasSubstr("http://a asks to be left alone for 9 min")));
}

TEST(CallPlanner, NobodyWaitsForOneEndpointWhileAnotherServes) {
  PlannedWorld world({endpoint("a", 1), endpoint("b", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.endpoint == 0 ? come_back_in(std::chrono::hours(72)) : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 20; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.over.size(), 20U);
}

TEST(CallPlanner, AServerThatCountsNoTokensIsNamedOnce) {
  PlannedWorld world({endpoint("http://a", 1)}, {}, [](const Attempt&, Instant) {
    AttemptEnd end = completed(seconds(1));
    end.usage.reset();
    return end;
  });
  for (std::uint64_t call = 1; call <= 3; ++call) world.add(call);
  world.run();
  EXPECT_THAT(world.planner.take_notices(), ElementsAre(HasSubstr("http://a: its replies have no usage")));
}

TEST(CallPlanner, SlotsAreKept) {
  PlannedWorld world({endpoint("a", 7)}, {}, [](const Attempt&, Instant) { return completed(seconds(1)); });
  for (std::uint64_t call = 0; call < 100; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.most_in_flight, 7U);
}

TEST(CallPlanner, ALessonIsNoRetry) {
  PlanOptions options;
  options.retry.max_attempts = 1;
  PlannedWorld world({endpoint()}, options, [](const Attempt& attempt, Instant) {
    if (attempt.number > 2) return completed(seconds(1));
    return AttemptEnd{{.kind = AttemptEnd::Kind::learned, .latency = seconds(0.1)}};
  });
  world.add(1);
  world.run();
  EXPECT_EQ(world.over.at(1).verdict.kind, Verdict::Kind::over);
}

TEST(CallPlanner, ACancelledCallIsForgottenWhileItWaits) {
  PlannedWorld world({endpoint("a", 1)}, {}, [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1);
  world.add(2);
  EXPECT_TRUE(world.planner.cancel(2));
  EXPECT_FALSE(world.planner.cancel(2));
  world.run();
  EXPECT_EQ(world.sent.size(), 1U);
}

TEST(CallPlanner, CallsSpreadOverEndpointsByOutstandingWork) {
  PlannedWorld world({endpoint("a", 30), endpoint("b", 10)}, {},
                     [](const Attempt&, Instant) { return completed(seconds(1)); });
  for (std::uint64_t call = 0; call < 20; ++call) world.add(call);
  world.run();
  EXPECT_EQ(std::ranges::count_if(world.sent, [](const auto& s) { return s.attempt.endpoint == 0; }), 15);
}

TEST(CallPlanner, AnEndpointThatIsDownIsLeftAloneAndFoundAgain) {
  const auto down_until = at(1030);
  PlannedWorld world({endpoint("a", 10), endpoint("b", 10)}, {}, [&](const Attempt& attempt, Instant now) {
    return attempt.endpoint == 0 && now < down_until ? failed(502) : completed(seconds(1));
  });
  for (std::uint64_t call = 0; call < 2000; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.over.size(), 2000U);
  std::size_t failures = 0;
  std::size_t recovered = 0;
  for (const auto& sent : world.sent) {
    if (sent.attempt.endpoint != 0) continue;
    ++(sent.when < down_until ? failures : recovered);
  }
  EXPECT_LT(failures, 60U);
  EXPECT_GT(recovered, 100U);
}

}  // namespace
}  // namespace throng::llm
