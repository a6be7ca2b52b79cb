#include "scenarios/run/progress.h"

#include <csignal>

#include <gmock/gmock.h>

namespace throng {
namespace {

TEST(InterruptGuard, OfSeveralEachRemembersAndTheLastLetsGo) {
  {
    const InterruptGuard study;
    {
      const InterruptGuard run;
      EXPECT_FALSE(run.interrupted());
      std::raise(SIGINT);
      EXPECT_TRUE(run.interrupted());
    }
    const InterruptGuard next_run;
    EXPECT_TRUE(next_run.interrupted()) << "nothing begins any more";
    EXPECT_TRUE(study.interrupted());
  }
  EXPECT_FALSE(InterruptGuard().interrupted());
}

TEST(StudyShares, WhatHadFinishedSaysNothingAboutHowLongTheRestTakes) {
  StudyShares shares(4);
  EXPECT_EQ(shares.seconds_left(10), std::nullopt);
  shares.had_finished(0);
  EXPECT_EQ(shares.seconds_left(10), std::nullopt);
  shares.reached(1, 1);
  shares.reached(2, 0.5);
  EXPECT_EQ(shares.finished(), 2U);
  // One run and a half in 30 s; as much is left.
  EXPECT_DOUBLE_EQ(shares.seconds_left(30).value(), 30);
}

}  // namespace
}  // namespace throng
