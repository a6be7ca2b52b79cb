#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "engine/ranks/failed_elsewhere.h"
#include "engine/ranks/ranks.h"

namespace throng {

/// What every implementation of Ranks has to do. `Place::on_each(body)` calls `body` once for each rank.
template <class Place>
class RanksSuite : public ::testing::Test {};

TYPED_TEST_SUITE_P(RanksSuite);

namespace ranks_suite {

/// A text of a length and content of its own for each pair of ranks; some are empty.
inline std::string text(std::size_t from, std::size_t to) {
  return std::string(100 * from * (to + 1), static_cast<char>('a' + from * 5 + to));
}

inline Ranks::Message wait_for_message(Ranks& ranks, Channel channel) {
  for (;;) {
    if (std::optional<Ranks::Message> message = ranks.receive(channel)) return *std::move(message);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

/// What `body` throws; empty: nothing.
inline std::optional<Failure> failure_of(const std::function<void()>& body) {
  try {
    body();
    return std::nullopt;
  } catch (const Failure& failure) {
    return failure;
  }
}

}  // namespace ranks_suite

TYPED_TEST_P(RanksSuite, EachIsOneOfThem) {
  TypeParam::on_each([](Ranks& ranks) {
    EXPECT_LT(ranks.self(), ranks.size());
    EXPECT_EQ(ranks.is_first(), ranks.self() == 0);
    EXPECT_EQ(ranks.is_alone(), ranks.size() == 1);
  });
}

TYPED_TEST_P(RanksSuite, AllGatherGivesAllToAllInTheirOrder) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::vector<std::string> all = ranks.all_gather(ranks_suite::text(ranks.self(), 0));
    ASSERT_EQ(all.size(), ranks.size());
    for (std::size_t rank = 0; rank < ranks.size(); ++rank)
      EXPECT_EQ(all[rank], ranks_suite::text(rank, 0)) << rank;
  });
}

TYPED_TEST_P(RanksSuite, GatherGivesAllToTheFirst) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::vector<std::string> all = ranks.gather(ranks_suite::text(ranks.self(), 1));
    ASSERT_EQ(all.size(), ranks.is_first() ? ranks.size() : 0);
    for (std::size_t rank = 0; rank < all.size(); ++rank)
      EXPECT_EQ(all[rank], ranks_suite::text(rank, 1)) << rank;
  });
}

TYPED_TEST_P(RanksSuite, AllToAllGivesEachWhatIsForIt) {
  TypeParam::on_each([](Ranks& ranks) {
    std::vector<std::string> for_each;
    for (std::size_t to = 0; to < ranks.size(); ++to) for_each.push_back(ranks_suite::text(ranks.self(), to));
    const std::vector<std::string> all = ranks.all_to_all(for_each);
    ASSERT_EQ(all.size(), ranks.size());
    for (std::size_t from = 0; from < ranks.size(); ++from)
      EXPECT_EQ(all[from], ranks_suite::text(from, ranks.self())) << from;
  });
}

TYPED_TEST_P(RanksSuite, BroadcastGivesAllWhatTheFirstHas) {
  TypeParam::on_each([](Ranks& ranks) {
    for (const std::string& content : {std::string("a model"), std::string(), std::string(1 << 20, '\0')}) {
      EXPECT_EQ(ranks.broadcast(ranks.is_first() ? content : "not this"), content);
    }
  });
}

TYPED_TEST_P(RanksSuite, CollectivesFollowEachOther) {
  TypeParam::on_each([](Ranks& ranks) {
    for (std::size_t round = 0; round < 50; ++round) {
      const std::string mine = std::to_string(round * 100 + ranks.self());
      EXPECT_EQ(ranks.all_gather(mine).back(), std::to_string(round * 100 + ranks.size() - 1));
      EXPECT_EQ(ranks.all_to_all(std::vector(ranks.size(), mine)).front(), std::to_string(round * 100));
      EXPECT_EQ(ranks.broadcast(mine), std::to_string(round * 100));
    }
  });
}

TYPED_TEST_P(RanksSuite, MessagesOfARankOnAChannelComeInTheirOrder) {
  TypeParam::on_each([](Ranks& ranks) {
    constexpr int kMessages = 100;
    for (std::size_t to = 0; to < ranks.size(); ++to) {
      for (int n = 0; to != ranks.self() && n < kMessages; ++n) {
        // Long ones among them, which MPI sends in another way than short ones.
        ranks.send(Channel::calls, to, std::to_string(n) + std::string(n % 10 == 0 ? 100'000 : 0, '.'));
        ranks.send(Channel::progress, to, std::to_string(-n));
      }
    }
    for (const auto& [channel, sign] : {std::pair(Channel::progress, -1), std::pair(Channel::calls, 1)}) {
      std::vector<int> next(ranks.size());
      for (std::size_t n = 0; n < (ranks.size() - 1) * kMessages; ++n) {
        const Ranks::Message message = ranks_suite::wait_for_message(ranks, channel);
        EXPECT_EQ(std::stoi(message.content), sign * next[message.from]++);
      }
      EXPECT_EQ(ranks.receive(channel), std::nullopt);
    }
    ranks.all_gather("");
  });
}

TYPED_TEST_P(RanksSuite, AnEmptyMessageIsOne) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::size_t neighbour = (ranks.self() + 1) % ranks.size();
    if (neighbour == ranks.self()) return;
    ranks.send(Channel::stop, neighbour, "");
    EXPECT_EQ(ranks_suite::wait_for_message(ranks, Channel::stop).content, "");
    ranks.all_gather("");
  });
}

TYPED_TEST_P(RanksSuite, MessagesPassWhileAnotherThreadIsInACollective) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::size_t last = ranks.size() - 1;
    if (last == 0) return;
    if (ranks.self() == last) {  // comes to the collective only after an answer
      ranks.send(Channel::calls, 0, "ask");
      EXPECT_EQ(ranks_suite::wait_for_message(ranks, Channel::calls).content, "answer");
      ranks.all_gather("");
    } else {
      std::thread answering([&] {
        if (!ranks.is_first()) return;
        EXPECT_EQ(ranks_suite::wait_for_message(ranks, Channel::calls).content, "ask");
        ranks.send(Channel::calls, last, "answer");
      });
      ranks.all_gather("");
      answering.join();
    }
  });
}

TYPED_TEST_P(RanksSuite, OnAllReturnsWhatEachReturned) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::vector<std::string> all = on_all(ranks, [&] { return std::to_string(ranks.self() + 7); });
    ASSERT_EQ(all.size(), ranks.size());
    for (std::size_t rank = 0; rank < all.size(); ++rank) EXPECT_EQ(all[rank], std::to_string(rank + 7));
  });
}

TYPED_TEST_P(RanksSuite, OnFirstRunsThereAlone) {
  TypeParam::on_each([](Ranks& ranks) {
    bool here = false;
    EXPECT_EQ(on_first(ranks,
                       [&] {
                         here = true;
                         return "folder";
                       }),
              "folder");
    EXPECT_EQ(here, ranks.is_first());
  });
}

TYPED_TEST_P(RanksSuite, WhatOneThrowsIsAFailureOfItsKindOnAll) {
  TypeParam::on_each([](Ranks& ranks) {
    const std::size_t last = ranks.size() - 1;
    const std::optional<Failure> failure = ranks_suite::failure_of([&] {
      on_all(ranks, [&]() -> std::string {
        if (ranks.self() == last) throw Failure(ErrorKind::data, "no such file");
        return "fine";
      });
    });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::data);
    EXPECT_THAT(failure->what(), ::testing::HasSubstr("no such file"));
    const std::string named = ranks.self() != last ? "rank " + std::to_string(last) : "";
    EXPECT_THAT(failure->what(), ::testing::HasSubstr(named));
    EXPECT_EQ(on_first(ranks, [] { return "they go on together"; }), "they go on together");
  });
}

TYPED_TEST_P(RanksSuite, WhatTheFirstThrowsIsAFailureOnAll) {
  TypeParam::on_each([](Ranks& ranks) {
    bool elsewhere = false;
    try {
      on_first(ranks, []() -> std::string { throw Failure(ErrorKind::usage, "in the way"); });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const FailedElsewhere& failure) {
      elsewhere = true;
      EXPECT_EQ(failure.rank(), 0);
      EXPECT_EQ(failure.kind(), ErrorKind::usage);
    } catch (const Failure& failure) {
      EXPECT_STREQ(failure.what(), "in the way");
    }
    EXPECT_EQ(elsewhere, !ranks.is_first());
  });
}

TYPED_TEST_P(RanksSuite, BlocksAreAllOfAThingOnce) {
  TypeParam::on_each([](Ranks& ranks) {
    for (const std::size_t count : {0, 1, 2, 7, 3907}) {
      std::size_t end = 0;
      for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        const auto [first, last] = ranks.block_of(count, rank);
        EXPECT_EQ(first, end);
        EXPECT_LE(last - first, count / ranks.size() + 1);
        end = last;
      }
      EXPECT_EQ(end, count);
    }
  });
}

REGISTER_TYPED_TEST_SUITE_P(RanksSuite, EachIsOneOfThem, AllGatherGivesAllToAllInTheirOrder,
                            GatherGivesAllToTheFirst, AllToAllGivesEachWhatIsForIt,
                            BroadcastGivesAllWhatTheFirstHas, CollectivesFollowEachOther,
                            MessagesOfARankOnAChannelComeInTheirOrder, AnEmptyMessageIsOne,
                            MessagesPassWhileAnotherThreadIsInACollective, OnAllReturnsWhatEachReturned,
                            OnFirstRunsThereAlone, WhatOneThrowsIsAFailureOfItsKindOnAll,
                            WhatTheFirstThrowsIsAFailureOnAll, BlocksAreAllOfAThingOnce);

}  // namespace throng
