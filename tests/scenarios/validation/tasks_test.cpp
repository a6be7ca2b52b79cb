// The tasks beside taste discrimination.
#include "scenarios/validation/tasks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/algorithm/string/replace.hpp>
#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "recsys/import/import.h"
#include "scenarios/validation/rating_baselines.h"
#include "tests/support/real_data.h"
#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

Scenario demo_scenario_of(const Json& changes = Json::object()) {
  Json json{{"name", "t"},
            {"seed", 5},
            {"dataset", {{"path", "demo"}}},
            {"population", {{"agents", 400}}},
            {"mind", {{"kind", "statistical"}}},
            {"recommender", {{"kind", "popularity"}}}};
  json.merge_patch(changes);
  return parse_scenario(std::move(json), "test", {});
}

class ValidationTasks : public ::testing::Test {
 protected:
  double value(const TaskResult& result, const std::string& setting, const std::string& who,
               const std::string& metric) const {
    const auto found = std::ranges::find_if(result.figures, [&](const Figure& of) {
      return of.setting == setting && of.who == who && of.metric == metric;
    });
    if (found == result.figures.end())
      throw Failure(ErrorKind::unexpected, "there is no " + setting + ", " + who + ", " + metric);
    return found->value;
  }

  FitObserver quiet_;
  Scenario scenario_ = demo_scenario_of();
  TrainingWorld world_{scenario_, load_dataset("demo"), quiet_};
};

// Ratings 5 and 3 of item 0, 4 of item 1: mean 4. Item 0: (1 - 1) / 12 = 0, item 1: 0 / 11. User 0 with 5 and 4: 1 / 7; user 1
// with 3: -1 / 6.
TEST(RatingBiases, AreShrunkenMeans) {
  const Dataset dataset = testing::dataset_of(3, 1, {{0}, {0}, {0}}, {{0, 0, 5}, {0, 1, 4}, {1, 0, 3}});
  const RatingBiases biases(dataset.interactions);
  EXPECT_DOUBLE_EQ(biases.mean(), 4);
  EXPECT_DOUBLE_EQ(biases.item_mean(ItemId{0}), 4);
  EXPECT_DOUBLE_EQ(biases.item_mean(ItemId{2}), 4) << "nobody has rated it";
  EXPECT_DOUBLE_EQ(biases.of(UserId{0}, ItemId{1}), 4 + 1.0 / 7);
  EXPECT_DOUBLE_EQ(biases.of(UserId{1}, ItemId{2}), 4 - 1.0 / 6);
  EXPECT_DOUBLE_EQ(biases.of(UserId{2}, ItemId{0}), 4);
  const Dataset liked = testing::dataset_of(2, 1, {{0}, {0}}, {{0, 0, 5}, {1, 0, 5}, {1, 1, 2}});
  EXPECT_DOUBLE_EQ(RatingBiases(liked.interactions).of(UserId{0}, ItemId{0}),
                   4 + 2.0 / 12 + (1 - 2.0 / 12) / 6);
}

TEST_F(ValidationTasks, PutRatingsBesideBiases) {
  const TaskResult result = validate_ratings(world_, {});
  EXPECT_THAT(result.notes, IsEmpty());
  const auto rmse = [&](const std::string& who) { return value(result, "test", who, "rmse"); };
  EXPECT_LT(rmse("biases"), rmse("item mean"));
  EXPECT_LT(rmse("item mean"), rmse("global mean"));
  EXPECT_GT(rmse("biases, whole stars"), rmse("biases"));
  EXPECT_GT(rmse("agents"), 0.5);
  EXPECT_LT(rmse("agents"), 2);
  EXPECT_LT(value(result, "test", "agents", "mae"), rmse("agents"));
  EXPECT_GT(value(result, "test", "agents", "rated_share"), 0.1);
  EXPECT_LT(value(result, "test", "agents", "wasserstein"),
            value(result, "test", "agents", "wasserstein_per_user"))
      << "all users together are easier to match than each";
}

TEST_F(ValidationTasks, SayThatThereAreNoRatings) {
  Dataset dataset = load_dataset("demo");
  std::vector<Interaction> rows = dataset.interactions.rows();
  dataset.interactions = Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows), {});
  TrainingWorld world(scenario_, std::move(dataset), quiet_);
  EXPECT_THAT([&] { validate_ratings(world, {}); },
              ThrowsMessage<Failure>(HasSubstr("has none to compare with")));
}

TEST_F(ValidationTasks, CompareTheOrderOfRecommenders) {
  const TaskResult result =
      validate_recommenders(world_, {"random", "popularity", "ease"}, scenario_.session, {}, quiet_);
  EXPECT_LT(value(result, "random", "held-out items", "ndcg@20"),
            value(result, "popularity", "held-out items", "ndcg@20"));
  EXPECT_LT(value(result, "random", "agents", "p_like"), value(result, "popularity", "agents", "p_like"));
  EXPECT_LT(value(result, "random", "items shown", "popularity"),
            value(result, "popularity", "items shown", "popularity"));
  EXPECT_GT(value(result, "order", "agents", "tau_p_like"), 0);
  EXPECT_LE(value(result, "order", "agents", "tau_p_like"), 1);
  EXPECT_THAT([&] { validate_recommenders(world_, {"remote"}, scenario_.session, {}, quiet_); },
              ThrowsMessage<Failure>(HasSubstr("\"remote\" is none of random")));
}

TEST_F(ValidationTasks, TellTraitsFromTheirAbsence) {
  const TaskResult result = validate_traits(scenario_, world_, {}, quiet_);
  EXPECT_THAT(result.notes, IsEmpty());
  const auto spread = [&](const std::string& who) {
    return value(result, "activity 3", who, "interactions") -
           value(result, "activity 1", who, "interactions");
  };
  EXPECT_GT(spread("users"), 1) << "who has met much meets much";
  EXPECT_GT(spread("agents"), 1);
  EXPECT_LT(std::abs(spread("agents without it")), spread("agents") / 2);
  EXPECT_GT(value(result, "diversity 3", "users", "genres"), value(result, "diversity 1", "users", "genres"));
}

/// What 40 users of the demo world were recorded to say: on both pages of two items the first aligns and is rated, the second not.
std::string recorded_lines(const Dataset& dataset) {
  std::string lines;
  for (std::size_t agent = 0; agent < 40; ++agent) {
    Json pages = Json::array();
    for (std::size_t page = 0; page < 2; ++page) {
      const std::array<const Item*, 2> items{&dataset.catalogue.items[(2 * agent + 5 * page) % 100],
                                             &dataset.catalogue.items[(2 * agent + 5 * page) % 100 + 1]};
      pages.push_back(
          {{"page", page + 1},
           {"recommended", {items[0]->external_id, items[1]->external_id}},
           {"reaction", "FILM: " + items[0]->title + "; ALIGN: yes; REASON: a\nFILM: " + items[1]->title +
                            "; ALIGN: no; REASON: b\nFILM: " + items[0]->title + "; RATING: 5; FEELING: c"},
           {"decision", "[NEXT]"}});
    }
    lines += Json{{"agent", dataset.users[agent].external_id}, {"pages", pages}}.dump() + "\n";
  }
  return lines + R"({"agent": "nobody we know", "pages": []})" + "\n";
}

TEST_F(ValidationTasks, CompareWithRecordedAgentsPageByPage) {
  const TempFolder folder;
  const Dataset dataset = load_dataset("demo");
  folder.write("t.jsonl", recorded_lines(dataset));
  const TaskResult result = validate_transcripts(scenario_, dataset, {folder / "t.jsonl"}, {}, quiet_);
  EXPECT_THAT(result.notes,
              ElementsAre(HasSubstr("1 recorded agents"), HasSubstr("nobody was recorded twice")));
  for (const char* aspect : {"aligned", "viewed"}) {
    for (const char* metric : {"accuracy", "kappa", "auc"})
      EXPECT_EQ(value(result, aspect, "position alone", metric), 1) << "the first item, whatever it is";
    EXPECT_EQ(value(result, aspect, "always yes", "accuracy"), 0.5);
    EXPECT_EQ(value(result, aspect, "always yes", "kappa"), 0);
    EXPECT_EQ(value(result, aspect, "recorded", "share"), 0.5);
    EXPECT_GT(value(result, aspect, "agents", "share"), 0.1);
    EXPECT_LT(std::abs(value(result, aspect, "agents", "kappa")), 0.4) << "which is unlike ours";
  }
  folder.write("strangers.jsonl", R"({"agent": "nobody we know", "pages": []})");
  EXPECT_THAT([&] { validate_transcripts(scenario_, dataset, {folder / "strangers.jsonl"}, {}, quiet_); },
              ThrowsMessage<Failure>(HasSubstr("no agent of it is a user")));
}

TEST_F(ValidationTasks, CompareWithWholeSessionsAndWithASecondRecording) {
  const TempFolder folder;
  const Dataset dataset = load_dataset("demo");
  const std::string first = recorded_lines(dataset);
  folder.write("t.jsonl", first);
  // The second time the other item of each page is said yes to.
  std::string second = first;
  for (auto [from, to] :
       {std::pair{"ALIGN: yes", "ALIGN: maybe"}, {"ALIGN: no", "ALIGN: yes"}, {"ALIGN: maybe", "ALIGN: no"}})
    boost::replace_all(second, from, to);
  folder.write("again.jsonl", second);
  const TaskResult same =
      validate_transcripts(scenario_, dataset, {folder / "t.jsonl", folder / "t.jsonl"}, {}, quiet_);
  EXPECT_EQ(value(same, "aligned", "second recording", "kappa"), 1);
  EXPECT_EQ(value(same, "viewed", "second recording", "accuracy"), 1);
  const TaskResult other =
      validate_transcripts(scenario_, dataset, {folder / "t.jsonl", folder / "again.jsonl"}, {}, quiet_);
  EXPECT_EQ(value(other, "aligned", "second recording", "kappa"), -1);
  EXPECT_EQ(value(other, "viewed", "second recording", "kappa"), 1) << "the ratings are as they were";

  // Everybody recorded saw two pages of two items and rated one of each with 5.
  EXPECT_EQ(value(other, "N_exit", "recorded", "mean"), 2);
  EXPECT_EQ(value(other, "P_view", "recorded", "mean"), 0.5);
  EXPECT_EQ(value(other, "exit pages", "chance", "divergence"), 0) << "there is nothing to resample";
  EXPECT_GT(value(other, "exit pages", "agents", "divergence"), 0.05);
  EXPECT_NEAR(value(other, "P_view", "agents", "difference"), value(other, "P_view", "agents", "mean") - 0.5,
              1e-12);
}

TEST_F(ValidationTasks, ExpectedRatingsLoseTheChanceOfSingleOnes) {
  Json mind{
      {"kind", "statistical"},
      {"parameters", {{"conformity_weight", {1, 1, 1}}, {"rating_noise", {1, 1, 1}}, {"own_habit", 1}}}};
  TrainingWorld world(demo_scenario_of({{"mind", mind}}), load_dataset("demo"), quiet_);
  const TaskResult result = validate_ratings(world, {});
  const double single = value(result, "test", "agents", "rmse");
  const double expected = value(result, "test", "agents, mean of 1000", "rmse");
  EXPECT_LT(expected, 0.9 * single);
  EXPECT_LT(expected, value(result, "test", "item mean", "rmse")) << "users have habits";
}

TEST_F(ValidationTasks, ComeNearWhatIsKnownOfRealData) {
  THRONG_NEEDS_REAL_DATA("movielens-100k");
  THRONG_TOO_SLOW_UNDER_TSAN();
  TrainingWorld world(scenario_, import_dataset("movielens", real_data("movielens-100k"), {}).dataset,
                      quiet_);
  const TaskResult result = validate_ratings(world, {});
  // Koren's biases are known to reach about 0.94 on random splits of MovieLens 100K with more to train on.
  EXPECT_NEAR(value(result, "test", "biases", "rmse"), 0.95, 0.03);
}

}  // namespace
}  // namespace throng
