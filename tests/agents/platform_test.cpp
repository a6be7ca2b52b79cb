#include "agents/platform.h"

#include <array>
#include <atomic>
#include <map>
#include <set>
#include <tuple>

#include <gmock/gmock.h>

#include "agents/minds/statistical_mind.h"
#include "engine/base/parallel.h"
#include "recsys/data/split.h"
#include "recsys/models/registry.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

/// Keeps every session.
class Collector : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override {
    records.insert(records.end(), result.sessions.begin(), result.sessions.end());
    digests[result.number] = result.digest.hex();
    collected_ = records.size();
  }
  void on_window_finished(const Window& /*window*/) override { finished = true; }
  bool wants_stop() const override { return collected_ >= stop_after; }

  std::vector<SessionRecord> records;
  std::map<std::size_t, std::string> digests;  ///< by partition
  bool finished = false;
  std::size_t stop_after = ~std::size_t{0};

 private:
  std::atomic<std::size_t> collected_ = 0;  // wants_stop() is asked from any thread
};

class PlatformTest : public ::testing::Test {
 protected:
  PlatformTest() {
    ranker_.fit({.train = split_.train, .validation = &split_.validation, .seed = 1}, 0, quiet_);
  }

  /// Windows of a population without those that `leave`.
  bool run_windows(std::uint32_t agents, std::span<Collector> windows, const std::set<AgentId>& leave = {},
                   PickRule pick_rule = PickRule::viewed, bool repeats = false) {
    const Draws draws(9);
    const Population population(dataset_, space_, {.agents = agents}, draws);
    StatisticalMind mind({}, affinity_, mean_ratings_, draws);
    World world = world_of(population);
    world.pick_rule = pick_rule;
    world.repeats = repeats;
    std::vector<AgentId> there = population.everyone();
    std::erase_if(there, [&](AgentId agent) { return leave.contains(agent); });
    Platform platform(world, mind, {.items_per_page = 3, .max_pages = 4}, draws, there);
    Window window{.end = VirtualTime(std::chrono::days(7))};
    for (Collector& heard : windows) {
      window.is_last = &heard == &windows.back();
      if (!platform.run_window(window, heard)) return false;
      window = {.round = static_cast<std::uint16_t>(window.round + 1),
                .begin = window.end,
                .end = window.end + std::chrono::days(7)};
    }
    return true;
  }

  bool run(std::uint32_t agents, Collector& collector, std::uint64_t seed = 9) {
    const Draws draws(seed);
    const Population population(dataset_, space_, {.agents = agents}, draws);
    StatisticalMind mind({}, affinity_, mean_ratings_, draws);
    World world = world_of(population);
    return Platform(world, mind, {.items_per_page = 3, .max_pages = 4}, draws, population.everyone())
        .run_window(kWindow, collector);
  }

  World world_of(const Population& population) {
    return {.population = population,
            .catalogue = dataset_.catalogue,
            .ranker = ranker_,
            .not_recommended = not_recommended_,
            .mean_ratings = mean_ratings_,
            .hidden = &split_.validation};
  }

  static constexpr Window kWindow{.end = VirtualTime(std::chrono::days(7)), .is_last = true};

  Dataset dataset_ = testing::two_camps(60, 80);
  Split split_ = split_dataset(dataset_, {.seed = 4});
  Interactions not_recommended_ = all_but(dataset_.interactions, split_.validation);
  std::vector<float> mean_ratings_ = dataset_.mean_ratings();
  TasteSpace space_{dataset_.catalogue, split_.train};
  SpaceAffinity affinity_{space_};
  LocalRanker ranker_{make_recommender({{"kind", "popularity"}}).value()};
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

struct Met {
  std::set<ItemId> shown;
  std::set<ItemId> viewed;
};

std::map<AgentId, Met> met_by_agent(const Collector& collector) {
  std::map<AgentId, Met> met;
  for (const SessionRecord& session : collector.records) {
    for (const PageRecord& page : session.pages) {
      for (const Impression& shown : page.impressions) met[session.agent].shown.insert(shown.item);
      for (const Action& action : page.actions) met[session.agent].viewed.insert(page.item_of(action));
    }
  }
  return met;
}

TEST_F(PlatformTest, WhatAgentsPickedIsNotShownToThemAgain) {
  std::array<Collector, 3> rounds;
  ASSERT_TRUE(run_windows(300, rounds));
  std::map<AgentId, Met> first = met_by_agent(rounds[0]);
  ASSERT_GT(std::ranges::count_if(first, [](const auto& agent) { return !agent.second.viewed.empty(); }),
            200);
  for (const Collector* later : {&rounds[1], &rounds[2]}) {
    for (const auto& [agent, met] : met_by_agent(*later)) {
      for (const ItemId item : first[agent].viewed) EXPECT_FALSE(met.shown.contains(item)) << index(agent);
    }
  }
}

// Popularity ranks alike in every round: an agent that may repeat is shown its first pages again.
TEST_F(PlatformTest, WhatAgentsPickedIsShownToThemAgainIfTheyRepeat) {
  std::array<Collector, 2> rounds;
  ASSERT_TRUE(run_windows(60, rounds, {}, PickRule::viewed, true));
  for (std::size_t n = 0; n < 60; ++n)
    EXPECT_EQ(rounds[1].records[n].pages[0].impressions[0].item,
              rounds[0].records[n].pages[0].impressions[0].item);
}

// All that is shown is either viewed or learned from, and neither comes again.
TEST_F(PlatformTest, WhereUnviewedItemsAreLearnedFromNothingIsShownTwice) {
  std::array<Collector, 2> rounds;
  ASSERT_TRUE(run_windows(60, rounds, {}, PickRule::unviewed));
  std::map<AgentId, Met> first = met_by_agent(rounds[0]);
  for (const auto& [agent, met] : met_by_agent(rounds[1])) {
    for (const ItemId item : first[agent].shown) EXPECT_FALSE(met.shown.contains(item)) << index(agent);
  }
}

TEST_F(PlatformTest, WhatAgentsViewedIsNotShownAgainWhereRandomItemsAreLearnedFrom) {
  std::array<Collector, 2> rounds;
  ASSERT_TRUE(run_windows(60, rounds, {}, PickRule::random));
  std::map<AgentId, Met> first = met_by_agent(rounds[0]);
  for (const auto& [agent, met] : met_by_agent(rounds[1])) {
    for (const ItemId item : first[agent].viewed) EXPECT_FALSE(met.shown.contains(item)) << index(agent);
  }
}

TEST_F(PlatformTest, SaysOfEachItemWhetherTheUserMetItInTheValidationPart) {
  Collector collector;
  run(60, collector);
  std::size_t hidden = 0;
  for (const SessionRecord& session : collector.records) {
    for (const PageRecord& page : session.pages) {
      for (const Impression& shown : page.impressions) {
        EXPECT_EQ(shown.hidden, split_.validation.contains(static_cast<UserId>(session.agent), shown.item));
        if (shown.hidden.value()) ++hidden;
      }
    }
  }
  EXPECT_GT(hidden, 0U);
}

TEST_F(PlatformTest, APartitionIsTheSameWhoeverElseIsStillThere) {
  std::array<Collector, 2> all;
  ASSERT_TRUE(run_windows(900, all));
  std::set<AgentId> leave;
  for (std::uint32_t n = 0; n < 300; ++n)
    leave.insert(AgentId(n));  // the first partition and a part of the second
  for (const std::size_t threads : {1, 2}) {
    const ThreadLimit limit(threads);
    std::array<Collector, 2> fewer;
    ASSERT_TRUE(run_windows(900, fewer, leave));
    for (std::size_t round = 0; round < 2; ++round) {
      EXPECT_EQ(fewer[round].digests.size(), 3U);
      EXPECT_NE(fewer[round].digests[1], all[round].digests[1]);
      EXPECT_EQ(fewer[round].digests[2], all[round].digests[2]);
      EXPECT_EQ(fewer[round].digests[3], all[round].digests[3]);
    }
  }
}

TEST(Partitions, AreStretchesOfNeighbours) {
  const std::vector<unsigned> agents{0, 255, 256, 300, 511, 1024};
  std::vector<std::vector<unsigned>> stretches;
  for (const std::span<const unsigned> stretch :
       by_partition(std::span(agents), [](unsigned agent) { return ActorId(agent); }))
    stretches.emplace_back(stretch.begin(), stretch.end());
  EXPECT_THAT(stretches, ::testing::ElementsAre(std::vector{0U, 255U}, std::vector{256U, 300U, 511U},
                                                std::vector{1024U}));
}

TEST(Effects, AreAppliedInTheOrderOfTheirKeys) {
  std::vector<Effect<int>> effects;
  for (const auto& [time, source, change] : {std::tuple{5, 1, 3}, {2, 9, 2}, {2, 4, 1}}) {
    effects.push_back(
        {.key = {.time = VirtualTime(Duration(time)), .source = ActorId(static_cast<unsigned>(source))},
         .change = change});
  }
  sort_by_key(std::span(effects));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(effects[static_cast<std::size_t>(i)].change, i + 1);
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
