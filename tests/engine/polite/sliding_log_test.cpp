#include "engine/polite/sliding_log.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{};

Instant at(int second) { return kStart + seconds(second); }

/// Ten a second for ten seconds, each of which lasts a minute.
struct Log {
  SlidingLog log{milliseconds(4)};
  SlidingLog::Slot slots[10] = {};

  Log() {
    for (int second = 0; second < 10; ++second) slots[second] = log.add(at(second), at(second + 60), 10);
  }
};

TEST(SlidingLog, FreesTheOldestFirst) {
  Log world;
  EXPECT_EQ(world.log.total(), 100);
  EXPECT_EQ(world.log.frees(1), at(60));
  EXPECT_EQ(world.log.frees(11), at(61));
  EXPECT_EQ(world.log.frees(101), kNever);
  world.log.drop_expired(at(61));
  EXPECT_EQ(world.log.total(), 80);
}

TEST(SlidingLog, AClaimChangesNothingUntilItIsForgiven) {
  Log world;
  world.log.claim(world.slots[4], at(20));
  EXPECT_EQ(world.log.frees(50), at(64));
  EXPECT_EQ(world.log.claimed_free(50), at(20));
  EXPECT_EQ(world.log.claimed_free(51), at(65)) << "what came later is not meant";
  world.log.forgive(at(19));
  EXPECT_EQ(world.log.total(), 100);
  world.log.forgive(at(20));
  EXPECT_EQ(world.log.total(), 50);
  EXPECT_EQ(world.log.frees(1), at(65));
}

TEST(SlidingLog, OfTwoClaimsTheOneThatSaysMoreHolds) {
  Log world;
  world.log.claim(world.slots[2], at(30));
  world.log.claim(world.slots[5], at(25));  // more, and sooner
  world.log.claim(world.slots[4], at(40));  // less, and later
  world.log.claim(world.slots[8], at(50));  // more, but later
  EXPECT_EQ(world.log.claimed_free(1), at(25));
  EXPECT_EQ(world.log.claimed_free(60), at(25));
  EXPECT_EQ(world.log.claimed_free(61), at(50));
  world.log.forgive(at(25));
  EXPECT_EQ(world.log.total(), 40);
}

TEST(SlidingLog, WhatWasForgivenCanBeRememberedUntilItExpires) {
  Log world;
  world.log.claim(world.slots[9], at(12));
  world.log.forgive(at(12));
  EXPECT_EQ(world.log.total(), 0);
  world.log.add(at(13), at(73), 7);
  world.log.drop_expired(at(62));  // three of the forgiven ones would be over anyway
  EXPECT_EQ(world.log.total(), 7);
  world.log.remember();
  EXPECT_EQ(world.log.total(), 77);
  EXPECT_EQ(world.log.frees(1), at(63));
}

TEST(SlidingLog, ACorrectionOfWhatIsForgivenCountsOnceItIsRemembered) {
  Log world;
  world.log.claim(world.slots[0], at(12));
  world.log.forgive(at(12));
  world.log.adjust(world.slots[0], 5);
  EXPECT_EQ(world.log.total(), 90);
  world.log.remember();
  EXPECT_EQ(world.log.total(), 105);
}

}  // namespace
}  // namespace throng
