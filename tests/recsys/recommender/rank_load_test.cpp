#include "recsys/recommender/rank_load.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "recsys/linalg/score_block.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

/// Counts what it is asked for, and takes its time or fails.
class CountingModel : public ScoringRecommender {
 public:
  explicit CountingModel(bool fails) : fails_(fails) {}
  std::string_view name() const override { return "counting"; }
  Json options() const override { return {}; }
  void fit(const FitInput& /*input*/, FitObserver& /*observer*/) override {}
  std::size_t num_items() const override { return 20; }
  void score(std::span<const Query> queries, ScoreBlock& /*scores*/) const override {
    if (fails_) throw std::runtime_error("out of order");
    asked_ += queries.size();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::size_t asked() const { return asked_; }

 private:
  bool fails_;
  mutable std::atomic<std::size_t> asked_{0};
};

TEST(NearestRank, IsTheSmallestValueThatEnoughDoNotExceed) {
  const std::vector<double> values{1, 2, 3, 4};
  EXPECT_EQ(nearest_rank(values, 50), 2);
  EXPECT_EQ(nearest_rank(values, 51), 3);
  EXPECT_EQ(nearest_rank(values, 99), 4);
  EXPECT_EQ(nearest_rank(values, 0), 1);
}

TEST(RankLoad, CountsTheRankingsThatWereMadeAndTheirLatency) {
  const Interactions train = testing::checkerboard(10, 20);
  const CountingModel slow(false);
  const RankLoadResult result = measure_rank_load(
      slow, train, {.callers = 2, .batch = 3, .k = 5, .duration = std::chrono::milliseconds(50)});
  EXPECT_EQ(result.rankings, slow.asked());
  EXPECT_EQ(result.rankings % 3, 0U);
  EXPECT_GE(result.median_ms, 2);
  EXPECT_LE(result.median_ms, result.p95_ms);
  EXPECT_LE(result.p99_ms, result.max_ms);
  EXPECT_DOUBLE_EQ(result.rankings_per_second, static_cast<double>(result.rankings) / result.seconds);
}

TEST(RankLoad, ThrowsOnWhatTheRecommenderThrows) {
  const Interactions train = testing::checkerboard(10, 20);
  EXPECT_THROW(measure_rank_load(CountingModel(true), train, {.callers = 2}), std::runtime_error);
}

}  // namespace
}  // namespace throng
