#include "llm/bench/load.h"

#include <gmock/gmock.h>

namespace throng::llm::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1000)};

TEST(Pacer, AClosedLoopStartsACallWhenOneEnds) {
  Pacer pacer({.kind = Load::Kind::closed, .concurrency = 2}, {.requests = 3}, kStart);
  EXPECT_EQ(pacer.next(kStart)->index, 0);
  EXPECT_EQ(pacer.next(kStart)->index, 1);
  EXPECT_FALSE(pacer.next(kStart));
  EXPECT_EQ(pacer.wake_at(), kNever);

  const Instant later = kStart + milliseconds(70);
  pacer.finish();
  const auto third = pacer.next(later);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->intended, later);
  pacer.finish();
  EXPECT_FALSE(pacer.next(later)) << "three were asked for";
  EXPECT_FALSE(pacer.over(later));
  pacer.finish();
  EXPECT_TRUE(pacer.over(later));
}

TEST(Pacer, AnOpenLoopKeepsItsScheduleHoweverLateItIsAsked) {
  Pacer pacer({.kind = Load::Kind::open, .rate = 100}, {.requests = 1000}, kStart);
  EXPECT_EQ(pacer.next(kStart)->intended, kStart);
  EXPECT_FALSE(pacer.next(kStart));
  EXPECT_EQ(pacer.wake_at(), kStart + milliseconds(10));

  const Instant late = kStart + milliseconds(35);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(pacer.next(late)->intended, kStart + milliseconds(10 * i));
  EXPECT_FALSE(pacer.next(late));
  EXPECT_EQ(pacer.running(), 4);
}

TEST(Pacer, TimeEndsTheStartsAndNotTheCalls) {
  Pacer open({.kind = Load::Kind::open, .rate = 10}, {.duration = seconds(1)}, kStart);
  const Instant end = kStart + seconds(5);
  int started = 0;
  while (open.next(end)) ++started;
  EXPECT_EQ(started, 10) << "those intended within the second, late as they are";
  EXPECT_EQ(open.wake_at(), kNever);
  EXPECT_FALSE(open.over(end));

  Pacer closed({.kind = Load::Kind::closed, .concurrency = 1}, {.duration = seconds(1)}, kStart);
  EXPECT_TRUE(closed.next(kStart));
  closed.finish();
  EXPECT_FALSE(closed.next(kStart + seconds(1)));
  EXPECT_TRUE(closed.over(kStart + seconds(1)));
}

TEST(Pacer, StopStartsNoMore) {
  Pacer pacer({.kind = Load::Kind::open, .rate = 10}, {.requests = 5}, kStart);
  EXPECT_TRUE(pacer.next(kStart));
  pacer.stop();
  EXPECT_FALSE(pacer.next(kStart + seconds(9)));
  EXPECT_EQ(pacer.wake_at(), kNever);
  pacer.finish();
  EXPECT_TRUE(pacer.over(kStart));
}

}  // namespace
}  // namespace throng::llm::bench
