#include "agents/platform.h"

#include <atomic>

#include <gmock/gmock.h>

#include "agents/minds/statistical_mind.h"
#include "engine/base/parallel.h"
#include "recsys/models/registry.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

/// Keeps every session.
class Collector : public RunObserver {
 public:
  void on_sessions(std::span<const SessionRecord> sessions) override {
    records.insert(records.end(), sessions.begin(), sessions.end());
    collected_ = records.size();
  }
  void on_window_finished(const Window& /*window*/) override { finished = true; }
  bool wants_stop() const override { return collected_ >= stop_after; }

  std::vector<SessionRecord> records;
  bool finished = false;
  std::size_t stop_after = ~std::size_t{0};

 private:
  std::atomic<std::size_t> collected_ = 0;  // wants_stop() is asked from any thread
};

class PlatformTest : public ::testing::Test {
 protected:
  PlatformTest() {
    recommender_->fit({.train = split_.train, .validation = &split_.validation, .seed = 1}, quiet_);
  }

  bool run(std::uint32_t agents, Collector& collector, std::uint64_t seed = 9) {
    const Draws draws(seed);
    const Population population(dataset_, space_, {.agents = agents}, draws);
    StatisticalMind mind({}, space_, mean_ratings_, draws);
    const World world{.population = population,
                      .recommender = recommender_.get(),
                      .outside_ranking = nullptr,
                      .not_recommended = not_recommended_,
                      .mean_ratings = mean_ratings_};
    return Platform(world, mind, {.items_per_page = 3, .max_pages = 4}, draws)
        .run_window(kWindow, population.everyone(), collector);
  }

  static constexpr Window kWindow{
      .round = 0, .begin = VirtualTime{}, .end = VirtualTime(std::chrono::days(7))};

  Dataset dataset_ = testing::two_camps(60, 80);
  Split split_ = split_dataset(dataset_, {.seed = 4});
  Interactions not_recommended_ = all_but(dataset_.interactions, split_.validation);
  std::vector<float> mean_ratings_ = dataset_.mean_ratings();
  TasteSpace space_{dataset_.catalogue, split_.train};
  std::unique_ptr<Recommender> recommender_ = make_recommender({{"kind", "popularity"}}).value();
  FitObserver quiet_;
};

TEST_F(PlatformTest, EveryAgentHasOneSessionWithinTheWindowInAgentOrder) {
  Collector collector;
  EXPECT_TRUE(run(700, collector));  // three partitions
  EXPECT_TRUE(collector.finished);
  ASSERT_EQ(collector.records.size(), 700U);
  for (std::uint32_t n = 0; n < 700; ++n) {
    EXPECT_EQ(collector.records[n].agent, AgentId(n));
    EXPECT_GE(collector.records[n].started, kWindow.begin);
    EXPECT_LT(collector.records[n].ended, kWindow.end);
    EXPECT_FALSE(collector.records[n].pages.empty());
  }
}

TEST_F(PlatformTest, NeverShowsWhatTheUserTrainedOnOrIsTestedOn) {
  Collector collector;
  run(60, collector);
  for (const SessionRecord& session : collector.records) {
    const auto user = static_cast<UserId>(session.agent);
    for (const PageRecord& page : session.pages) {
      for (const Impression& shown : page.impressions) {
        EXPECT_FALSE(split_.train.contains(user, shown.item));
        EXPECT_FALSE(split_.test.contains(user, shown.item));
        EXPECT_EQ(shown.mean_rating, mean_ratings_[index(shown.item)]);
      }
    }
  }
}

TEST_F(PlatformTest, ThreadsAndFurtherAgentsChangeNobodysDigest) {
  Collector reference;
  run(600, reference);
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    Collector more;
    run(900, more);
    for (std::size_t n = 0; n < 600; ++n) EXPECT_EQ(more.records[n].digest, reference.records[n].digest);
  }
  Collector other_seed;
  run(600, other_seed, 10);
  EXPECT_NE(other_seed.records[0].digest, reference.records[0].digest);
}

TEST_F(PlatformTest, StopsWhenTheObserverWantsItAndSaysSo) {
  const ThreadLimit limit(1);
  Collector collector;
  collector.stop_after = 256;
  EXPECT_FALSE(run(5000, collector));
  EXPECT_FALSE(collector.finished);
  EXPECT_GE(collector.records.size(), 256U);
  EXPECT_LT(collector.records.size(), 5000U);
}

}  // namespace
}  // namespace throng
