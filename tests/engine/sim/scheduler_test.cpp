#include "engine/sim/scheduler.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr VirtualTime at(std::int64_t s) { return VirtualTime(seconds(s)); }

/// A window of so many seconds.
Window seconds_of(std::int64_t s) { return {.end = at(s)}; }

/// Collects calls; the test answers them in an order of its choice.
class HeldCalls : public CallSink {
 public:
  struct Call {
    CallKey key;
    std::vector<std::string> parts;
  };
  void submit(const CallKey& key, ExternalRequest request) override {
    calls.push_back({key, std::move(request.parts)});
  }
  std::vector<Call> calls;
};

ExternalRequest ask(const char* question) { return {.parts = {question}}; }

/// What `action` complains about; empty if it does not throw a SchedulingError.
template <class Action>
std::string complaint(Action action) {
  try {
    action();
  } catch (const SchedulingError& error) {
    return error.what();
  }
  return "";
}

TEST(Scheduler, ActorsInterleaveInVirtualTimeAndTiesGoByActor) {
  Scheduler scheduler(seconds_of(100));
  std::vector<std::string> log;
  const auto walker = [&](const char* name, int step) {
    return [&log, name, step](Actor& self) -> Task<void> {
      for (int i = 0; i < 3; ++i) {
        log.push_back(name + std::to_string(self.now().time_since_epoch() / seconds(1)));
        co_await self.sleep_for(seconds(step));
      }
    };
  };
  scheduler.spawn(ActorId(2), at(0), walker("b", 2));
  scheduler.spawn(ActorId(1), at(0), walker("a", 1));
  scheduler.run();
  EXPECT_THAT(log, ElementsAre("a0", "b0", "a1", "a2", "b2", "b4"));
  EXPECT_EQ(scheduler.unfinished(), 0U);
}

TEST(Scheduler, TasksReturnValuesAndExceptionsToTheActorThatAwaitsThem) {
  Scheduler scheduler(seconds_of(100));
  std::vector<int> results;
  const auto twice = [](Actor& self, int x) -> Task<int> {
    co_await self.sleep_for(seconds(1));
    if (x < 0) throw std::runtime_error("negative");
    co_return 2 * x;
  };
  scheduler.spawn(ActorId(0), at(0), [&](Actor& self) -> Task<void> {
    results.push_back(co_await twice(self, 21));
    try {
      co_await twice(self, -1);
    } catch (const std::runtime_error&) {
      results.push_back(-1);
    }
    co_await twice(self, -2);
  });
  EXPECT_THROW(scheduler.run(), std::runtime_error);
  EXPECT_THAT(results, ElementsAre(42, -1));
  EXPECT_EQ(scheduler.unfinished(), 0U);
}

TEST(Scheduler, AnEventInThePastNamesBothEvents) {
  Scheduler scheduler(seconds_of(100));
  scheduler.spawn(ActorId(7), at(5), [](Actor& self) -> Task<void> { co_await self.sleep_for(seconds(-1)); });
  EXPECT_THAT(
      complaint([&] { scheduler.run(); }),
      AllOf(HasSubstr("event (0d 00:00:04, 4000000 us, actor 7, sequence 1)"), HasSubstr("past of its actor"),
            HasSubstr("event (0d 00:00:05, 5000000 us, actor 7, sequence 0)")));
}

TEST(Scheduler, AnEventOutsideTheWindowNamesBoth) {
  Scheduler scheduler({.round = 1, .begin = at(10), .end = at(20)});
  const auto idle = [](Actor&) -> Task<void> { co_return; };
  for (const int time : {9, 20}) {
    EXPECT_THAT(complaint([&] { scheduler.spawn(ActorId(2), at(time), idle); }),
                AllOf(HasSubstr("actor 2, sequence 0"),
                      HasSubstr("outside the window from 0d 00:00:10 to 0d 00:00:20")));
  }
  scheduler.spawn(ActorId(1), at(19), [](Actor& self) -> Task<void> { co_await self.sleep_for(seconds(1)); });
  EXPECT_THAT(complaint([&] { scheduler.run(); }), HasSubstr("outside the window"));
}

TEST(Scheduler, AnActorIsUnfinishedWhileItsCallIsUnderWay) {
  HeldCalls gateway;
  Scheduler scheduler(seconds_of(10), &gateway);
  scheduler.spawn(ActorId(1), at(3), [](Actor& self) -> Task<void> { co_await self.external(ask("ask")); });
  scheduler.run();
  EXPECT_EQ(scheduler.calls_under_way(), 1U);
  EXPECT_EQ(scheduler.unfinished(), 1U);
  scheduler.complete(gateway.calls[0].key, "answer");
  EXPECT_EQ(scheduler.unfinished(), 1U) << "it has not heard it yet";
  scheduler.run();
  EXPECT_EQ(scheduler.unfinished(), 0U);
}

/// A population in which every agent asks three times and its reply decides how long it waits. Calls are
/// answered in an order drawn from `shuffle`. Returns what every agent heard, and when.
std::vector<std::vector<std::string>> conversations(unsigned shuffle) {
  HeldCalls gateway;
  Scheduler scheduler(seconds_of(1000), &gateway);
  constexpr unsigned kAgents = 20;
  std::vector<std::vector<std::string>> heard(kAgents);
  for (unsigned agent = 0; agent < kAgents; ++agent) {
    scheduler.spawn(ActorId(agent), at(agent % 5), [&heard, agent](Actor& self) -> Task<void> {
      for (int question = 0; question < 3; ++question) {
        const std::string reply = co_await self.external(ask("same question"));
        co_await self.sleep_for(seconds(reply.size()));
        heard[agent].push_back(reply + "@" + format_time(self.now()));
      }
    });
  }
  std::mt19937 random(shuffle);  // NOLINT: reproducible on purpose
  scheduler.run();
  while (scheduler.calls_under_way() > 0) {
    std::shuffle(gateway.calls.begin(), gateway.calls.end(), random);
    const CallKey key = gateway.calls.back().key;
    gateway.calls.pop_back();
    scheduler.complete(key, std::string(1 + (index(key.actor) + key.occurrence) % 4, 'x'));
    scheduler.run();
  }
  return heard;
}

TEST(External, TheOrderOfRepliesReachesNoAgent) {
  const auto reference = conversations(1);
  EXPECT_THAT(reference[0], ElementsAre("x@0d 00:00:01", "xx@0d 00:00:03", "xxx@0d 00:00:06"));
  for (unsigned shuffle = 2; shuffle < 12; ++shuffle) EXPECT_EQ(conversations(shuffle), reference);
}

TEST(External, TheSameRequestAgainIsAnotherOccurrence) {
  HeldCalls gateway;
  Scheduler scheduler(seconds_of(1000), &gateway);
  scheduler.spawn(ActorId(4), at(0), [](Actor& self) -> Task<void> {
    for (const char* request : {"a", "b", "a"}) {
      co_await self.external(ask(request));
    }
  });
  std::vector<std::pair<std::string, unsigned>> asked;
  scheduler.run();
  while (!gateway.calls.empty()) {
    const HeldCalls::Call call = gateway.calls.back();
    gateway.calls.pop_back();
    EXPECT_EQ(call.key.request, request_hash(call.parts));
    asked.emplace_back(call.parts.at(0), call.key.occurrence);
    scheduler.complete(call.key, "ok");
    scheduler.run();
  }
  EXPECT_THAT(asked, ElementsAre(std::pair("a", 0), std::pair("b", 0), std::pair("a", 1)));
}

ExternalRequest vector_of(const char* text) { return {.kind = RequestKind::embedding, .parts = {text}}; }

TEST(External, SeveralCallsAtOnceAreAnsweredInTheOrderInWhichTheyWereAsked) {
  for (const std::vector<std::size_t>& order : {std::vector<std::size_t>{2, 0, 1}, {1, 2, 0}, {0, 1, 2}}) {
    HeldCalls gateway;
    Scheduler scheduler(seconds_of(1000), &gateway);
    std::vector<std::string> heard;
    scheduler.spawn(ActorId(4), at(7), [&](Actor& self) -> Task<void> {
      const std::vector<std::string> none = co_await self.external_all({});
      EXPECT_TRUE(none.empty());
      std::vector<ExternalRequest> requests{vector_of("a"), ask("b"), vector_of("c")};
      heard = co_await self.external_all(std::move(requests));
      heard.push_back(format_time(self.now()));
    });
    scheduler.run();
    ASSERT_EQ(gateway.calls.size(), 3U);
    for (const std::size_t next : order) {
      EXPECT_TRUE(heard.empty());
      const HeldCalls::Call& call = gateway.calls[next];
      scheduler.complete(call.key, call.parts[0] + "!");
      scheduler.run();
    }
    EXPECT_THAT(heard, ElementsAre("a!", "b!", "c!", "0d 00:00:07"));
    EXPECT_EQ(scheduler.unfinished(), 0U);
  }
}

TEST(External, ATextHasOneVectorHoweverOftenItIsAskedFor) {
  HeldCalls gateway;
  Scheduler scheduler(seconds_of(1000), &gateway);
  scheduler.spawn(ActorId(4), at(0), [&](Actor& self) -> Task<void> {
    for (int time = 0; time < 2; ++time) co_await self.external(vector_of("a"));
    std::vector<ExternalRequest> twice{vector_of("b"), vector_of("b")};
    co_await self.external_all(std::move(twice));
  });
  scheduler.run();
  for (int time = 0; time < 2; ++time) {
    const CallKey key = gateway.calls.back().key;
    EXPECT_EQ(key.occurrence, 0U) << "a journal knows it";
    scheduler.complete(key, "v");
    if (time == 0) scheduler.run();
  }
  EXPECT_THAT(complaint([&] { scheduler.run(); }), HasSubstr("asks twice at once for the same embedding"));
}

TEST(External, AnUnexpectedReplyIsAnError) {
  HeldCalls gateway;
  Scheduler scheduler(seconds_of(1000), &gateway);
  EXPECT_THAT(complaint([&] { scheduler.complete(CallKey{}, "x"); }), HasSubstr("nobody waits"));
}

}  // namespace
}  // namespace throng
