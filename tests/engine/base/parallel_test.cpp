#include "engine/base/parallel.h"

#include <atomic>
#include <numeric>
#include <stdexcept>

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

}  // namespace
}  // namespace throng
