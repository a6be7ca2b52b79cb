#include "scenarios/run/shared_worlds.h"

#include <atomic>

#include <gmock/gmock.h>

#include "recsys/models/registry.h"

namespace throng {
namespace {

Scenario scenario(const Json& changes = Json::object()) {
  Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:60x80"},
    "recommender": {"kind": "popularity"}})");
  json.merge_patch(changes);
  return parse_scenario(json, "s.json", {});
}

std::shared_ptr<Recommender> a_recommender() { return make_recommender({{"kind", "popularity"}}).value(); }

TEST(SharedWorlds, RunsThatBeginAlikeFitOnceOnAnyNumberOfThreads) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    SharedWorlds shared;
    const Scenario run = scenario();
    constexpr std::size_t runs = 6;
    for (std::size_t i = 0; i < runs; ++i) shared.expect(run);
    std::atomic<int> fits = 0;
    std::vector<std::shared_ptr<Recommender>> had(runs);
    parallel_jobs(runs, [&](std::size_t i) {
      had[i] = shared.first_fit(run, [&] {
        ++fits;
        return a_recommender();
      });
    });
    EXPECT_EQ(fits, 1);
    EXPECT_THAT(had, ::testing::Each(had.front()));
    EXPECT_EQ(had.front().use_count(), runs) << "all have it: it is not kept any longer";
  }
}

TEST(SharedWorlds, AnotherSeedOrRecommenderOrALastRunFitsForItself) {
  SharedWorlds shared;
  for (int i = 0; i < 2; ++i) shared.expect(scenario());
  shared.expect(scenario({{"seed", 6}}));
  int fits = 0;
  const auto fit = [&] {
    ++fits;
    return a_recommender();
  };
  EXPECT_NE(shared.first_fit(scenario(), fit), nullptr);
  EXPECT_EQ(shared.first_fit(scenario({{"seed", 6}}), fit), nullptr);
  EXPECT_EQ(shared.first_fit(scenario({{"recommender", {{"kind", "random"}}}}), fit), nullptr);
  EXPECT_EQ(fits, 3);
  EXPECT_NE(shared.first_fit(scenario(), fit), nullptr);
  EXPECT_EQ(fits, 3);
}

}  // namespace
}  // namespace throng
