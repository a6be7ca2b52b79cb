#include "llm/token_statistics.h"

#include <cmath>
#include <deque>
#include <random>

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

double uniform(std::mt19937_64& random) { return std::generate_canonical<double, 53>(random); }

/// Long-tailed, mean about 180.
std::int64_t completion(std::mt19937_64& random) {
  return 20 + static_cast<std::int64_t>(-160 * std::log(1 - uniform(random)));
}

TEST(TokenStatistics, ReservesTheMaximumWhileNothingIsKnown) {
  const TokenStatistics statistics;
  EXPECT_EQ(statistics.completion_tokens(4000, 0), 4000);
  EXPECT_EQ(statistics.completion_tokens(0, 0), 1024);
  EXPECT_EQ(statistics.prompt_tokens(1000), 1300);
}

TEST(TokenStatistics, CorrectsPromptEstimatesPerModel) {
  TokenStatistics statistics;
  for (int i = 0; i < 500; ++i) statistics.observe(1000, 1200 + i % 21 - 10, 100);
  EXPECT_THAT(statistics.prompt_tokens(500), AllOf(Ge(600), Le(612)));
}

TEST(TokenStatistics, FollowsAModelThatChanges) {
  TokenStatistics statistics;
  for (int i = 0; i < 2000; ++i) statistics.observe(1000, 1000, 100);
  for (int i = 0; i < 4000; ++i) statistics.observe(1000, 2000, 800);
  EXPECT_GE(statistics.prompt_tokens(1000), 1970);
  EXPECT_GE(statistics.completion_tokens(0, 1000), 780);
}

TEST(TokenStatistics, OneCallReservesAHighQuantile) {
  std::mt19937_64 random(1);
  TokenStatistics statistics;
  for (int i = 0; i < 3000; ++i) statistics.observe(100, 100, completion(random));
  const std::int64_t reserved = statistics.completion_tokens(4000, 0);
  int covered = 0;
  for (int i = 0; i < 10'000; ++i) covered += completion(random) <= reserved ? 1 : 0;
  EXPECT_THAT(covered, AllOf(Ge(9300), Le(9800)));
  EXPECT_EQ(statistics.completion_tokens(50, 0), 50) << "never more than the request allows";
}

TEST(TokenStatistics, ManyCallsReserveLittleMoreThanTheyUseTogether) {
  std::mt19937_64 random(2);
  TokenStatistics statistics;
  for (int i = 0; i < 3000; ++i) statistics.observe(100, 100, completion(random));
  for (const std::size_t in_flight : {10U, 100U, 1000U}) {
    std::deque<std::pair<std::int64_t, std::int64_t>> calls;  // reserved, used in the end
    std::int64_t reserved = 0;
    std::int64_t used = 0;
    int exceeded = 0;
    double share = 0;
    for (int i = 0; i < 20'000; ++i) {
      if (calls.size() == in_flight) {
        reserved -= calls.front().first;
        used -= calls.front().second;
        calls.pop_front();
      }
      calls.emplace_back(statistics.completion_tokens(4000, static_cast<std::int64_t>(calls.size())),
                         completion(random));
      reserved += calls.back().first;
      used += calls.back().second;
      exceeded += used > reserved ? 1 : 0;
      share += static_cast<double>(used) / static_cast<double>(reserved) / 20'000;
    }
    EXPECT_LE(exceeded, 1000) << in_flight;  // 5 % of the time
    EXPECT_GE(share, in_flight == 10 ? 0.6 : in_flight == 100 ? 0.8 : 0.88) << in_flight;
  }
}

TEST(TokenStatistics, NonsenseTeachesNothing) {
  TokenStatistics statistics;
  for (int i = 0; i < 100; ++i) {
    statistics.observe(0, 10, 10);
    statistics.observe(10, 0, 10);
    statistics.observe(10, 10, -1);
  }
  EXPECT_EQ(statistics.completion_tokens(77, 0), 77);
}

}  // namespace
}  // namespace throng::llm
