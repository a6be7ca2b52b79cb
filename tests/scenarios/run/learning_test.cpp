#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "recsys/models/registry.h"
#include "recsys/recommender/evaluate.h"
#include "scenarios/run/run.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_reader.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

Scenario learning(const Json& changes = Json::object()) {
  Json json = Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "synthetic:60x80"},
    "recommender": {"kind": "itemknn"}, "rounds": 3, "retrain": {"every": "1d", "from": "viewed"}})");
  json.merge_patch(changes);
  return parse_scenario(json, "s.json", {});
}

/// How accurate the recommenders of the rounds were.
class Accuracies : public RunObserver {
 public:
  void on_offline_accuracy(std::uint16_t round, const Accuracy& accuracy) override {
    recall[round] = accuracy.metrics.recall;
    users = accuracy.users;
  }
  std::map<std::uint16_t, double> recall;
  std::size_t users = 0;
};

Accuracies run(const Scenario& scenario) {
  FitObserver quiet;
  Simulation simulation(scenario, load_dataset(scenario.dataset_path), quiet);
  Accuracies heard;
  EXPECT_TRUE(simulation.run(heard, nullptr));
  return heard;
}

TEST(OfflineAccuracy, BeginsWithWhatTheRecommenderHasOnTheTestPart) {
  const Scenario scenario = learning();
  const Dataset dataset = load_dataset(scenario.dataset_path);
  const Split split = split_for(scenario, dataset);
  const std::unique_ptr<Recommender> alone = make_recommender(scenario.recommender).value();
  FitObserver quiet;
  alone->fit({.train = split.train, .validation = &split.validation, .test = &split.test, .seed = 5}, quiet);
  const Accuracy expected = evaluate(*alone, split, SplitPart::test, 20);
  const Accuracies heard = run(scenario);
  EXPECT_EQ(heard.recall.at(0), expected.metrics.recall);
  EXPECT_EQ(heard.users, expected.users);
}

TEST(OfflineAccuracy, IsKnownOfEveryRoundAndChangesOnlyWithWhatIsLearned) {
  const Accuracies learns = run(learning());
  ASSERT_THAT(learns.recall, SizeIs(3));
  EXPECT_NE(learns.recall.at(1), learns.recall.at(0));
  EXPECT_NE(learns.recall.at(2), learns.recall.at(1));
  const Accuracies stays = run(learning({{"retrain", {{"from", "nothing"}}}}));
  EXPECT_THAT(stays.recall, ElementsAre(std::pair(0, learns.recall.at(0)), std::pair(1, learns.recall.at(0)),
                                        std::pair(2, learns.recall.at(0))));
}

TEST(OfflineAccuracy, IsUnknownWithoutATestPart) {
  EXPECT_THAT(
      run(learning({{"dataset", {{"split", {{"train", 0.5}, {"validation", 0.5}, {"test", 0}}}}}})).recall,
      SizeIs(0));
}

// A file may not have as many items as remain when others are left out than a run leaves out.
TEST(OfflineAccuracy, IsUnknownOfRankingsFromAFile) {
  const TempFolder folder;
  const Dataset dataset = load_dataset("synthetic:60x80");
  std::string rankings = "user,item\n";
  for (const User& user : dataset.users) {
    for (const Item& item : dataset.catalogue.items)
      rankings += fmt::format("{},{}\n", user.external_id, item.external_id);
  }
  folder.write("r.csv", rankings);
  const Json from_file{{"kind", "rankings"}, {"file", (folder / "r.csv").string()}};
  Json changes{{"retrain", {{"from", "nothing"}}}};
  changes["recommender"] = from_file;
  EXPECT_THAT(run(learning(changes)).recall, SizeIs(0));
}

std::map<std::string, std::map<int, double>> round_metrics(const RunReader& run) {
  std::map<std::string, std::map<int, double>> metrics;
  for (const RoundMetric& metric : run.round_metrics()) metrics[metric.metric][metric.round] = metric.value;
  return metrics;
}

TEST(RoundMetrics, HoldOfflineAndHeadlineFiguresOfEveryRound) {
  const TempFolder folder;
  run_scenario(learning(), {.folder = folder / "run", .progress = Progress::Output::none});
  const RunReader run(folder / "run");
  auto metrics = round_metrics(run);
  for (const char* figure :
       {"offline_recall", "offline_ndcg", "p_view", "n_like", "p_like", "n_exit", "s_sat"})
    EXPECT_THAT(metrics[figure], SizeIs(3)) << figure;
  std::vector<Outcome> second = run.outcomes();
  std::erase_if(second, [](const Outcome& outcome) { return outcome.round != 1; });
  for (const Metric& metric : headline_metrics(second))
    EXPECT_DOUBLE_EQ(metrics[metric.name][1], metric.mean) << metric.name;
}

TEST(RoundMetrics, OfOneRoundHoldNoHeadlineFigures) {
  const TempFolder folder;
  run_scenario(learning({{"rounds", 1}}), {.folder = folder / "run", .progress = Progress::Output::none});
  auto metrics = round_metrics(RunReader(folder / "run"));
  EXPECT_THAT(metrics["offline_recall"], SizeIs(1));
  EXPECT_THAT(metrics["p_view"], SizeIs(0));
}

// Its agents are the same and have the same first round whatever is learned from it.
TEST(Learning, ArmsPartOnlyAfterTheFirstRound) {
  const TempFolder folder;
  std::map<std::string, std::map<std::string, std::map<int, double>>> by_rule;
  for (const char* rule : {"nothing", "viewed", "unviewed", "random"}) {
    run_scenario(learning({{"retrain", {{"from", rule}}}}),
                 {.folder = folder / rule, .progress = Progress::Output::none});
    by_rule[rule] = round_metrics(RunReader(folder / rule));
  }
  for (const char* rule : {"viewed", "unviewed", "random"}) {
    EXPECT_EQ(by_rule[rule]["p_view"][0], by_rule["nothing"]["p_view"][0]);
    EXPECT_NE(by_rule[rule]["p_view"][1], by_rule["nothing"]["p_view"][1]) << rule;
    EXPECT_NE(by_rule[rule]["offline_recall"][1], by_rule["nothing"]["offline_recall"][1]) << rule;
  }
  EXPECT_NE(by_rule["viewed"]["p_view"][1], by_rule["unviewed"]["p_view"][1]);
}

}  // namespace
}  // namespace throng
