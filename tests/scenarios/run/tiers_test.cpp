#include "scenarios/run/tiers.h"

#include <set>

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/run/estimate.h"
#include "scenarios/run/run_digest.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

/// Who came in which round.
class Visits : public RunDigest {
 public:
  void on_window_started(const Window& window) override {
    RunDigest::on_window_started(window);
    agents.emplace_back();
  }
  void on_partition(const PartitionResult& result) override {
    RunDigest::on_partition(result);
    for (const SessionRecord& session : result.sessions) agents.back().insert(session.agent);
  }
  std::vector<std::set<AgentId>> agents;
};

Scenario tiered(const Json& fitted, int rounds) {
  const Json model = {{"kind", "llm"},
                      {"share", 30},
                      {"endpoints", Json::array({{{"url", "http://127.0.0.1:1"}, {"model", "m"}}})}};
  return parse_scenario({{"name", "tiers"},
                         {"seed", 4},
                         {"dataset", {{"path", "demo"}}},
                         {"population", {{"agents", 400}}},
                         {"recommender", {{"kind", "popularity"}}},
                         {"rounds", rounds},
                         {"mind", Json::array({model, fitted})}},
                        "s.json", {});
}

const Json kFitted = {{"kind", "statistical"}, {"share", 70}, {"fitted_to", "llm"}};

// Language models play 30 of 100 agents (by a formula, through their prompts); the others come when they are fitted to them.
TEST(Tiers, FittedAgentsComeWithTheSecondRoundAndResultsDoNotDependOnThreads) {
  std::vector<std::string> digests;
  for (const std::size_t threads : {1, 2}) {
    const ThreadLimit limit(threads);
    FitObserver quiet;
    Simulation simulation(tiered(kFitted, 3), load_dataset("demo"), quiet);
    Rehearsal model;
    Visits visits;
    ASSERT_TRUE(simulation.run(visits, &model));
    digests.push_back(visits.of_run().hex());

    ASSERT_EQ(visits.agents.size(), 3U);
    for (const AgentId agent : visits.agents[0]) EXPECT_TRUE(simulation.minds().asks(agent));
    for (const AgentId agent : visits.agents[1]) {
      EXPECT_EQ(simulation.minds().name_of(agent), visits.agents[0].contains(agent) ? "m" : "statistical")
          << "calibration takes all others for language models";
    }
    EXPECT_NEAR(static_cast<double>(visits.agents[0].size()), 120, 30);
    EXPECT_EQ(visits.agents[1].size(), 400U);
    EXPECT_EQ(visits.agents[2], visits.agents[1]);

    const Json& tiers = simulation.tiers();
    EXPECT_EQ(tiers["fitted_to"], visits.agents[0].size());
    EXPECT_NE(tiers["parameters"]["exit_base"], to_json(StatisticalParameters())["exit_base"]);
    const Json& exits = tiers["comparison"][0];
    EXPECT_EQ(exits["name"], "exit pages");
    EXPECT_GE(exits["gap"].get<double>(), 0);
    EXPECT_GT(exits["floor_95"].get<double>(), 0);
  }
  EXPECT_EQ(digests[0], digests[1]);
}

// Of four ranks one has nobody to play: there are three partitions.
TEST(Tiers, OverRanksAreFittedToAllModelsAndComparedWithAllOfThem) {
  const auto dataset = std::make_shared<const Dataset>(load_dataset("demo"));
  Scenario scenario = tiered(kFitted, 3);
  scenario.population.agents = 600;
  Json of_one;
  for (const std::size_t size : {1, 2, 4}) {
    ThreadRanks::run(size, [&](Ranks& ranks) {
      FitObserver quiet;
      Simulation simulation(scenario, dataset, quiet, nullptr, ranks);
      Rehearsal model;
      Visits visits;
      ASSERT_TRUE(simulation.run(visits, &model));
      if (size == 1) of_one = simulation.tiers();
      EXPECT_EQ(simulation.tiers(), ranks.is_first() ? of_one : Json()) << size << " ranks";
    });
  }
  EXPECT_GT(of_one["fitted_to"].get<int>(), 100);
}

TEST(Tiers, NeedAnAgentToBeFittedTo) {
  Json all_fitted = kFitted;
  all_fitted["share"] = 1e9;
  FitObserver quiet;
  Simulation simulation(tiered(all_fitted, 2), load_dataset("demo"), quiet);
  Rehearsal model;
  Visits visits;
  EXPECT_THROW(simulation.run(visits, &model), Failure);
  EXPECT_TRUE(visits.agents.empty()) << "it is said before the first round";
}

TEST(Tiers, NeedALanguageModelAndASecondRound) {
  EXPECT_THROW(tiered(kFitted, 1), Failure);
  EXPECT_THROW(parse_scenario({{"name", "t"},
                               {"seed", 1},
                               {"dataset", {{"path", "demo"}}},
                               {"recommender", {{"kind", "popularity"}}},
                               {"rounds", 2},
                               {"mind", kFitted}},
                              "s.json", {}),
               Failure);
}

}  // namespace
}  // namespace throng
