#include "engine/base/parallel.h"

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <gmock/gmock.h>

namespace throng {
namespace {

TEST(ParallelFor, CallsEveryIndexOnceAlsoWhenNested) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    std::vector<std::atomic<int>> calls(1000);
    parallel_for(50, [&](std::size_t i) { parallel_for(20, [&](std::size_t j) { ++calls[i * 20 + j]; }); });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, RethrowsWhatABodyThrew) {
  EXPECT_THROW(parallel_for(10,
                            [](std::size_t i) {
                              if (i == 7) throw std::runtime_error("seven");
                            }),
               std::runtime_error);
}

TEST(ParallelInOrder, ConsumesInOrderWhateverTheThreads) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    std::vector<std::size_t> consumed;
    parallel_in_order<std::size_t>(
        200, [](std::size_t i) { return i * i; }, [&](std::size_t square) { consumed.push_back(square); });
    ASSERT_EQ(consumed.size(), 200U);
    for (std::size_t i = 0; i < consumed.size(); ++i) EXPECT_EQ(consumed[i], i * i);
  }
}

TEST(ParallelInOrder, RethrowsAndConsumesNothingAfterAFailure) {
  std::size_t last = 0;
  EXPECT_THROW(parallel_in_order<std::size_t>(
                   1000,
                   [](std::size_t i) {
                     if (i == 50) throw std::runtime_error("fifty");
                     return i;
                   },
                   [&](std::size_t i) { last = i; }),
               std::runtime_error);
  EXPECT_LT(last, 50U);
}

TEST(ParallelInOrder, StopsWhenAResultCannotBeConsumed) {
  std::atomic<int> produced = 0;
  EXPECT_THROW(parallel_in_order<std::size_t>(
                   1'000'000,
                   [&](std::size_t i) {
                     ++produced;
                     return i;
                   },
                   [&](std::size_t i) {
                     if (i == 50) throw std::runtime_error("fifty");
                   }),
               std::runtime_error);
  EXPECT_LT(produced, 1'000'000);
}

TEST(ParallelJobs, NoThreadBeginsAJobWhileItWaitsForALoopOfAnother) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    static thread_local bool in_a_job = false;
    std::atomic<int> nested = 0;
    std::vector<std::atomic<int>> calls(800);
    parallel_jobs(8, [&](std::size_t job) {
      if (std::exchange(in_a_job, true)) ++nested;
      for (std::size_t round = 0; round < 20; ++round)
        parallel_for(100, [&](std::size_t i) { ++calls[job * 100 + i]; });
      in_a_job = false;
    });
    EXPECT_EQ(nested, 0);
    for (const auto& count : calls) EXPECT_EQ(count, 20);
  }
}

TEST(MadeOnce, IsMadeByOneJobWhileTheOthersWait) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    MadeOnce once;
    std::atomic<int> made = 0;
    std::atomic<int> sum = 0;
    std::atomic<int> seen = 0;
    parallel_jobs(6, [&](std::size_t) {
      once.call([&] {
        ++made;
        parallel_for(1000, [&](std::size_t) { ++sum; });
      });
      seen += sum;
    });
    EXPECT_EQ(made, 1);
    EXPECT_EQ(seen, 6000);
  }
}

TEST(MadeOnce, WhatFailedIsMadeByTheNext) {
  MadeOnce once;
  EXPECT_THROW(once.call([] { throw std::runtime_error("no"); }), std::runtime_error);
  int made = 0;
  for (int i = 0; i < 2; ++i) once.call([&] { ++made; });
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace throng
