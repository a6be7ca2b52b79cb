// Refusals in words that nobody knows: is it this text, or would everything be refused?
#include <gmock/gmock.h>

#include "tests/llm/planned_world.h"

namespace throng::llm::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

AttemptEnd refused(Refuses what, int status = 400) {
  AttemptEnd end = failed(status);
  end.refuses = what;
  return end;
}

CallFault fault_of(const PlannedWorld& world, std::uint64_t call) {
  const auto ended = world.ended.find(call);
  return ended != world.ended.end() ? ended->second.fault : world.over.at(call).verdict.fault;
}

TEST(Refusals, OfOneTextEndThatCallAndNoOther) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt& attempt, Instant) {
    return attempt.call % 2 == 0 ? refused(Refuses::this_text) : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 100; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.sent.size(), 100U);
  EXPECT_EQ(fault_of(world, 2), CallFault::declined);
  EXPECT_EQ(world.over.at(99).verdict.kind, Verdict::Kind::over);
}

TEST(Refusals, InUnknownWordsAreOfTheTextWhereAnotherCallWasTaken) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt& attempt, Instant) {
    return attempt.call == 5 ? refused(Refuses::unclear) : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 10; ++call) world.add(call);
  world.run();
  EXPECT_EQ(fault_of(world, 5), CallFault::declined);
  EXPECT_EQ(world.over.size() + world.ended.size(), 10U);
}

TEST(Refusals, TheFirstOfAllWaitsForAnotherCallToDecide) {
  for (const bool second_too : {false, true}) {
    PlannedWorld world({endpoint("http://a", 1)}, {}, [&](const Attempt& attempt, Instant) {
      return attempt.call == 1 || second_too ? refused(Refuses::unclear) : completed(seconds(1));
    });
    world.add(1);
    world.add(2);
    world.run();
    EXPECT_EQ(world.sent.size(), 2U);
    EXPECT_EQ(fault_of(world, 1), second_too ? CallFault::rejected : CallFault::declined);
    if (!second_too) continue;
    EXPECT_EQ(fault_of(world, 2), CallFault::rejected);
    EXPECT_THAT(world.over.at(2).verdict.message,
                AllOf(HasSubstr("http://a refuses whatever"), HasSubstr("http 400")));
  }
}

TEST(Refusals, WhereThereIsNoOtherCallTheNextOneDecides) {
  PlannedWorld world({endpoint()}, {}, [](const Attempt&, Instant) { return refused(Refuses::unclear); });
  world.add(1);
  world.run();
  EXPECT_EQ(fault_of(world, 1), CallFault::declined);
  world.add(2);
  world.run();
  EXPECT_EQ(fault_of(world, 2), CallFault::rejected);
}

TEST(Refusals, OneAfterTheOtherWithoutAnythingBetweenAreOfEverything) {
  bool refuses = false;
  PlannedWorld world({endpoint("a", 1)}, {}, [&](const Attempt&, Instant) {
    return refuses ? refused(Refuses::unclear) : completed(seconds(1));
  });
  world.add(1);
  world.run();
  refuses = true;
  for (std::uint64_t call = 2; call <= 11; ++call) world.add(call);
  world.run();
  EXPECT_EQ(fault_of(world, 10), CallFault::declined);
  EXPECT_EQ(fault_of(world, 11), CallFault::rejected);
  EXPECT_THAT(world.over.at(11).verdict.message, HasSubstr("10 calls in a row"));
}

TEST(Refusals, OfEverythingAtOneEndpointAreNoCallsWhileAnotherServes) {
  PlannedWorld world({endpoint("a", 1), endpoint("b", 1)}, {}, [](const Attempt& attempt, Instant) {
    return attempt.endpoint == 0 ? refused(Refuses::everything) : completed(seconds(1));
  });
  for (std::uint64_t call = 1; call <= 10; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.over.size(), 10U);
  EXPECT_EQ(world.sent.size(), 11U);
}

TEST(Refusals, AHaltedEndpointIsAskedNothingMore) {
  PlannedWorld world({endpoint("http://a")}, {},
                     [](const Attempt&, Instant) { return completed(seconds(1)); });
  world.add(1);
  world.run();
  world.planner.halt(0, "none of its replies could be used");
  world.add(2);
  world.run();
  EXPECT_EQ(world.sent.size(), 1U);
  EXPECT_EQ(fault_of(world, 2), CallFault::halted);
  EXPECT_THAT(world.ended.at(2).message, HasSubstr("http://a: none of its replies could be used"));
}

TEST(Refusals, WholeRepliesOfAnotherKindAreNotAskedForLong) {
  AttemptEnd page = failed(200);
  page.failed = {.fault = TransportFault::broken_reply};
  page.message = "broken reply: a web page: Sign in";
  page.unusable = page.foreign = true;
  PlannedWorld world({endpoint("http://a", 1)}, {}, [&](const Attempt&, Instant) { return page; });
  for (std::uint64_t call = 1; call <= 10; ++call) world.add(call);
  world.run();
  EXPECT_EQ(world.sent.size(), 3U);
  EXPECT_THAT(world.ended.at(10).message, AllOf(HasSubstr("http://a"), HasSubstr("Sign in")));
}

}  // namespace
}  // namespace throng::llm::testing
