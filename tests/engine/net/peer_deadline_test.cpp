#include "engine/net/peer_deadline.h"

#include <random>

#include <gtest/gtest.h>

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

PeerDeadline after_peers(int count, Delay silence, PeerDeadlineOptions options = {}) {
  PeerDeadline deadline(options);
  for (int n = 0; n < count; ++n) deadline.observe(silence);
  return deadline;
}

TEST(PeerDeadline, WithoutPeersThereIsNone) {
  EXPECT_EQ(after_peers(19, seconds(1)).silence(0), Delay(0));
  EXPECT_EQ(after_peers(20, seconds(1)).silence(0), seconds(5));
}

TEST(PeerDeadline, HasAFloorAndACeiling) {
  EXPECT_EQ(after_peers(100, milliseconds(10)).silence(0), seconds(2));
  EXPECT_EQ(after_peers(100, seconds(10), {.ceiling = seconds(30)}).silence(0), seconds(30));
  EXPECT_EQ(after_peers(100, seconds(10), {.floor = Delay(0)}).silence(0), Delay(0)) << "switched off";
}

TEST(PeerDeadline, ACallThatStalledGetsMoreTime) {
  const PeerDeadline deadline = after_peers(100, seconds(1));
  EXPECT_EQ(deadline.silence(1), seconds(10));
  EXPECT_EQ(deadline.silence(2), seconds(20));
}

TEST(PeerDeadline, TheFloorIsLongEnoughForFastPeersAlsoTheNextTime) {
  const PeerDeadline deadline = after_peers(100, milliseconds(50));
  for (const int stalls : {0, 1, 2, 3}) EXPECT_EQ(deadline.silence(stalls), seconds(2));
  EXPECT_EQ(deadline.silence(4), seconds(4));
}

TEST(PeerDeadline, SpreadLatenciesAreHardlyEverGivenUp) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(0, 0.5);  // seconds
  PeerDeadline deadline({.floor = milliseconds(1)});
  int given_up = 0;
  for (int n = 0; n < 100'000; ++n) {
    const Delay took(static_cast<std::int64_t>(latency(random) * 1e6));
    const Delay allowed = deadline.silence(0);
    if (allowed > Delay(0) && took > allowed) ++given_up;
    deadline.observe(took);
  }
  EXPECT_LE(given_up, 10);
}

/// One in 20 stalls: what they are given up after stays what the others suggest.
TEST(PeerDeadline, StallsDoNotMakeItLonger) {
  PeerDeadline deadline;
  for (int n = 0; n < 1000; ++n)
    deadline.observe(n % 20 == 0 ? std::max<Delay>(deadline.silence(0), seconds(1)) : seconds(1));
  EXPECT_EQ(deadline.silence(0), seconds(5));
}

TEST(PeerDeadline, AServerThatHasBecomeSlowIsWaitedForSoon) {
  PeerDeadline deadline = after_peers(256, seconds(1));
  int given_up = 0;
  while (deadline.silence(0) < seconds(20)) {  // what everything takes now
    deadline.observe(deadline.silence(0));
    ++given_up;
  }
  EXPECT_LE(given_up, 48);
}

}  // namespace
}  // namespace throng
