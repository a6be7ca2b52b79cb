// Calls of several ranks through the first one's gateway, without a simulation: who asks is a loop.
#include "scenarios/gateway/ranks_gateway.h"

#include <atomic>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/ranks/failed_elsewhere.h"
#include "tests/support/echo_backend.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

using testing::EchoBackend;
using ::testing::HasSubstr;

struct Call {
  CallKey key;
  ExternalRequest request;
};

Call call(unsigned actor, const std::string& text, std::uint32_t occurrence = 0) {
  ExternalRequest request{.parts = {R"({"model": "echo"})", std::string(3000, 'i'), text}};
  const Hash128 hash = request_hash(request.parts);
  return {{.actor = ActorId(actor), .request = hash, .occurrence = occurrence}, std::move(request)};
}

/// Ten of each actor, in the order of actors.
std::vector<Call> calls_of_actors(unsigned actors) {
  std::vector<Call> calls;
  for (unsigned actor = 0; actor < actors; ++actor) {
    for (int page = 0; page < 10; ++page) calls.push_back(call(actor, fmt::format("page {}", page)));
  }
  return calls;
}

std::vector<Call> own_calls(const Ranks& ranks, const std::vector<Call>& all) {
  const auto [first, last] = ranks.own_block(all.size());
  return {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(last)};
}

/// Asks with at most `most` calls under way, and checks that each is answered once, with its reply. Does not close the window.
void ask(Gateway& gateway, const std::vector<Call>& calls, std::size_t most) {
  std::map<CallKey, std::string> expected;
  auto next = calls.begin();
  while (next != calls.end() || !expected.empty()) {
    for (; next != calls.end() && expected.size() < most; ++next) {
      expected.emplace(next->key, EchoBackend::reply_to(next->request.parts));
      gateway.submit(next->key, next->request);
    }
    gateway.wait([&](const CallKey& key, const std::string& reply) {
      const auto asked = expected.find(key);
      ASSERT_NE(asked, expected.end())
          << "agent " << index(key.actor) << " has not asked that, or was answered";
      EXPECT_EQ(reply, asked->second);
      expected.erase(asked);
    });
  }
}

class RanksGateway : public ::testing::Test {
 protected:
  using Body = std::function<void(Ranks&, Gateway&)>;

  /// Calls `body` on each rank with its gateway.
  void on_ranks(std::size_t count, EchoBackend& backend, const Body& body, const WantsStop& wants_stop = {}) {
    ThreadRanks::run(count, [&](Ranks& ranks) {
      if (!ranks.is_first()) {
        ForwardingGateway gateway(ranks, wants_stop);
        return body(ranks, gateway);
      }
      Journal journal(file_, Journal::Mode::survives_kill);
      JournaledGateway own(journal, nullptr, backend.io, Backends{&backend});
      ServingGateway gateway(own, ranks, wants_stop);
      body(ranks, gateway);
      EXPECT_FALSE(ranks.receive(Channel::calls)) << "something is left of the window";
    });
  }

  /// Asks `all` on so many ranks, each with `most` of its own under way.
  void ask_all(std::size_t count, EchoBackend& backend, const std::vector<Call>& all, std::size_t most) {
    on_ranks(count, backend, [&](Ranks& ranks, Gateway& gateway) {
      ask(gateway, own_calls(ranks, all), most);
      gateway.close_window();
    });
  }

  std::size_t journaled() const {
    std::size_t calls = 0;
    for (const JournalTotals& totals : Journal(file_, Journal::Mode::read_only).totals())
      calls += static_cast<std::size_t>(totals.calls);
    return calls;
  }

  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "journal.db";
};

TEST_F(RanksGateway, EachCallIsAnsweredToWhoAskedAndJournaledOnce) {
  const std::vector<Call> all = calls_of_actors(60);
  EchoBackend backend;
  ask_all(3, backend, all, 7);
  EXPECT_EQ(backend.asked, 600U);
  EXPECT_EQ(journaled(), 600U);
  for (const std::size_t ranks :
       {1U, 2U, 4U}) {  // resumed over other numbers of ranks: nobody is asked again
    EchoBackend again;
    ask_all(ranks, again, all, 20);
    EXPECT_EQ(again.asked, 0U);
  }
  EXPECT_EQ(journaled(), 600U);
}

TEST_F(RanksGateway, TenThousandCallsGoThroughWithSevenUnderWayOnEachRank) {
  const std::vector<Call> all = calls_of_actors(1000);
  EchoBackend backend;
  ask_all(2, backend, all, 7);
  EXPECT_EQ(backend.asked, 10'000U);
  EXPECT_EQ(journaled(), 10'000U);
}

TEST_F(RanksGateway, WhatAnActorAsksAgainIsACallOfItsOwn) {
  EchoBackend backend;
  on_ranks(2, backend, [&](Ranks& ranks, Gateway& gateway) {
    const auto actor = static_cast<unsigned>(ranks.self());
    for (const std::uint32_t occurrence : {0U, 1U, 2U})
      ask(gateway, {call(actor, "the same", occurrence)}, 1);
    gateway.close_window();
  });
  EXPECT_EQ(backend.asked, 6U);
  const Journal journal(file_, Journal::Mode::read_only);
  for (const unsigned actor : {0U, 1U}) {
    std::uint32_t occurrence = 0;
    for (const JournaledCall& journaled : journal.calls_of(ActorId(actor)))
      EXPECT_EQ(journaled.key, call(actor, "the same", occurrence++).key);
    EXPECT_EQ(occurrence, 3U);
  }
}

TEST_F(RanksGateway, WindowsFollowOneAnotherThoughNotAllRanksAskInEach) {
  EchoBackend backend;
  on_ranks(3, backend, [&](Ranks& ranks, Gateway& gateway) {
    for (unsigned window = 0; window < 30; ++window) {
      if (window % 3 != ranks.self())
        ask(gateway, {call(static_cast<unsigned>(ranks.self()), fmt::format("window {}", window))}, 1);
      gateway.close_window();
    }
  });
  EXPECT_EQ(backend.asked, 60U);
}

TEST_F(RanksGateway, AFailureOfTheFirstEndsTheWindowOnAll) {
  const std::vector<Call> all = calls_of_actors(60);
  EchoBackend backend;
  backend.fails_after = 100;
  std::atomic<int> failed = 0;
  on_ranks(4, backend, [&](Ranks& ranks, Gateway& gateway) {
    try {
      if (ranks.self() != 3)
        ask(gateway, own_calls(ranks, all), 20);  // that one has nothing to ask: it waits for the others
      gateway.close_window();
    } catch (const FailedElsewhere& failure) {
      EXPECT_FALSE(ranks.is_first());
      EXPECT_EQ(failure.rank(), 0U);
      EXPECT_EQ(failure.kind(), ErrorKind::stopped);
      EXPECT_THAT(failure.what(), HasSubstr("rank 0: the budget is reached"));
      ++failed;
    } catch (const Failure& failure) {
      EXPECT_TRUE(ranks.is_first());
      EXPECT_STREQ(failure.what(), "the budget is reached");
      ++failed;
    }
    gateway.close_window();  // says nothing twice
  });
  EXPECT_EQ(failed, 4);
  EXPECT_EQ(journaled(), 100U) << "what was paid for is kept";
}

TEST_F(RanksGateway, OneThatLeavesHalfWayHoldsNobodyUp) {
  const std::vector<Call> all = calls_of_actors(40);
  for (const std::size_t leaver : {0U, 1U}) {
    EchoBackend backend;
    on_ranks(2, backend, [&](Ranks& ranks, Gateway& gateway) {
      const std::vector<Call> own = own_calls(ranks, all);
      if (ranks.self() == leaver) {
        for (std::size_t i = 0; i < 100; ++i) gateway.submit(own[i].key, own[i].request);
      } else {
        ask(gateway, own, 10);
      }
      gateway.close_window();
    });
  }
}

TEST_F(RanksGateway, AnInterruptReachesTheOthersFromARankThatIsThrough) {
  for (const std::size_t interrupted : {0U, 1U}) {
    EchoBackend backend;
    on_ranks(
        2, backend,
        [&](Ranks& ranks, Gateway& gateway) {
          // The other plays on until it is told.
          while (ranks.self() != interrupted && !is_told_to_stop(ranks))
            gateway.wait([](const CallKey&, const std::string&) {});
          gateway.close_window();
        },
        [] { return true; });
  }
}

/// Counts what a rank sends.
class CountedRank : public Ranks {
 public:
  explicit CountedRank(Ranks& inner) : inner_(inner) {}
  std::size_t size() const override { return inner_.size(); }
  std::size_t self() const override { return inner_.self(); }
  std::vector<std::string> all_gather(std::string mine) override {
    return inner_.all_gather(std::move(mine));
  }
  std::vector<std::string> gather(std::string mine) override { return inner_.gather(std::move(mine)); }
  std::vector<std::string> all_to_all(std::vector<std::string> for_each) override {
    return inner_.all_to_all(std::move(for_each));
  }
  std::string broadcast(std::string from_first) override { return inner_.broadcast(std::move(from_first)); }
  void send(Channel channel, std::size_t to, std::string message) override {
    bytes += message.size();
    inner_.send(channel, to, std::move(message));
  }
  std::optional<Message> receive(Channel channel) override { return inner_.receive(channel); }

  std::size_t bytes = 0;

 private:
  Ranks& inner_;
};

TEST_F(RanksGateway, WhatRequestsShareIsSentOnce) {
  const std::vector<Call> all = calls_of_actors(200);
  EchoBackend backend;
  on_ranks(2, backend, [&](Ranks& ranks, Gateway& gateway) {
    if (ranks.is_first()) return gateway.close_window();
    CountedRank counted(ranks);
    ForwardingGateway counted_gateway(counted);
    ask(counted_gateway, all, 50);
    counted_gateway.close_window();
    EXPECT_LT(counted.bytes, all.size() * 200) << "instructions alone have 3000 bytes";
  });
  EXPECT_EQ(journaled(), 2000U);
}

TEST(ForwardedTexts, ComeBackAsTheyWereHoweverManyThereAre) {
  SentTexts sent;
  ReceivedTexts received;
  std::size_t sent_bytes = 0;
  for (std::size_t i = 0; i < 20'000; ++i) {
    for (const std::string& text : {std::string(500, 'a'), std::string(100, 'b') + std::to_string(i % 1000),
                                    std::to_string(i), std::string()}) {
      ForwardedCall::Text packed = sent.pack(text);
      sent_bytes += packed.text.size();
      EXPECT_EQ(received.unpack(std::move(packed)), text);
    }
  }
  EXPECT_LT(sent_bytes, 20'000U * 130) << "the text that all share is hardly ever sent";
  EXPECT_THROW(ReceivedTexts().unpack({.place = 3}), Failure);
  EXPECT_THROW(ReceivedTexts().unpack({.place = 300}), Failure);
}

}  // namespace
}  // namespace throng
