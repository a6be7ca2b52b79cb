#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
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

/// What a user has met of the items a to z: a letter each.
struct UserOfLetters {
  std::string_view train;
  std::string_view validation;
  std::string_view test;
};

/// Writes a dataset of the items a to z, in this order, as a folder.
void write_letters(const TempFolder& folder, std::span<const UserOfLetters> users) {
  std::string items = "item_id\n";
  for (char item = 'a'; item <= 'z'; ++item) items += fmt::format("{}\n", item);
  std::string ids = "user_id\n";
  std::string interactions = "user_id,item_id,split\n";
  std::size_t count = 0;
  for (std::size_t user = 0; user < users.size(); ++user) {
    ids += fmt::format("{}\n", user);
    for (const auto& [part, letters] : {std::pair("train", users[user].train),
                                        {"validation", users[user].validation},
                                        {"test", users[user].test}}) {
      for (const char item : letters) interactions += fmt::format("{},{},{}\n", user, item, part);
      count += letters.size();
    }
  }
  folder.write("items.csv", items);
  folder.write("users.csv", ids);
  folder.write("interactions.csv", interactions);
  const Json counts{{"users", users.size()}, {"items", 26}, {"interactions", count}};
  Json description{
      {"name", "letters"}, {"format", 1}, {"provenance", Json::object()}, {"genres", Json::array()}};
  description["counts"] = counts;
  folder.write("dataset.json", description.dump());
}

/// The letters that each agent viewed in the first round.
std::vector<std::string> first_views(const std::filesystem::path& run) {
  std::vector<std::string> views;
  const SQLite::Database database(run / "run.db");
  SQLite::Statement row(
      database,
      "SELECT agent, external_id FROM impressions JOIN items USING (item) WHERE viewed AND round = 1 "
      "ORDER BY agent, page, position");
  while (row.executeStep()) {
    views.resize(static_cast<std::size_t>(row.getColumn(0).getInt()) + 1);
    views.back() += row.getColumn(1).getString();
  }
  return views;
}

double place_gain(int place) { return 1 / std::log2(place + 1); }

// Ranked by popularity, ties in the order of the alphabet, and every item shown is viewed, so that all follows by hand:
//
//            trained on                                             ranking
//   round 1  c 4 times, d 3, e to x 2, a, b, y, z 0                 cdefghijklmnopqrstuvwxabyz
//   round 2  c and d 5, e 4, f 3, a, b and g to x 2, y and z 0      cdefabghijklmnopqrstuvwxyz
//
//   tests    in round 1                                             in round 2
//   b, w     ranked without c: w is 20th, b 23rd                    without c, d, e: b is 3rd, w 20th
//   b, e     without d: e is 2nd, b 23rd                            without c, d, f: e is 1st, b 3rd
//   x, z     without c, and d, e of validation: x is 19th, z 23rd   the same: x is 21st, z 23rd
TEST(OfflineAccuracy, OfASecondRoundIsAsWorkedOutByHand) {
  const TempFolder folder;
  const std::string_view many = "cdefghijklmnopqrstuvwx";
  write_letters(folder,
                std::array<UserOfLetters, 5>{
                    {{"c", "", "bw"}, {"d", "", "be"}, {"c", "de", "xz"}, {many, "", ""}, {many, "", ""}}});
  Json json = Json::parse(R"({"name": "t", "seed": 1, "recommender": {"kind": "popularity"},
    "mind": {"kind": "statistical", "parameters": {"align_base": 20, "align_temperature": 0, "view_share": 10}},
    "session": {"items_per_page": 2, "max_pages": 1}, "rounds": 2, "retrain": {"every": "1d", "from": "viewed"}})");
  json["dataset"]["path"] = folder.path().string();
  run_scenario(parse_scenario(json, "s.json", {}),
               {.folder = folder / "run", .progress = Progress::Output::none});

  // Of the ranking the first two that are not in the training or test part: the last two agents have only rare ones left.
  ASSERT_THAT(first_views(folder / "run"), ElementsAre("de", "cf", "de", "ab", "ab"));
  auto metrics = round_metrics(RunReader(folder / "run"));
  EXPECT_DOUBLE_EQ(metrics["offline_recall"][0], (0.5 + 0.5 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(metrics["offline_recall"][1], (1 + 1 + 0) / 3.0);
  const double ideal = place_gain(1) + place_gain(2);
  EXPECT_DOUBLE_EQ(metrics["offline_ndcg"][0], (place_gain(20) + place_gain(2) + place_gain(19)) / ideal / 3);
  EXPECT_DOUBLE_EQ(metrics["offline_ndcg"][1],
                   (place_gain(3) + place_gain(20) + place_gain(1) + place_gain(3)) / ideal / 3);
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
