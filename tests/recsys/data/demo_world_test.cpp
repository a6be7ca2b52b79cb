#include "recsys/data/demo_world.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "recsys/data/describe.h"
#include "recsys/data/split.h"
#include "tests/recsys/data/data_support.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

const Dataset& demo() {
  static const Dataset dataset = make_demo_world();
  return dataset;
}

TEST(DemoWorld, IsTheSameEveryTime) {
  expect_equal(make_demo_world(), demo());
  expect_equal(load_dataset("demo"), demo());
}

TEST(DemoWorld, HasFilmsWithEverythingAPageShows) {
  EXPECT_THAT(demo().catalogue.size(), AllOf(Ge(300), Le(600)));
  std::set<std::string> titles;
  for (const Item& item : demo().catalogue.items) {
    EXPECT_TRUE(item.title.ends_with(" (" + std::to_string(item.year) + ")")) << item.title;
    EXPECT_FALSE(item.genres.empty()) << item.title;
    EXPECT_FALSE(item.summary.empty()) << item.title;
    EXPECT_TRUE(titles.insert(item.title).second) << item.title << " occurs twice";
  }
}

TEST(DemoWorld, HasALongTailOfUsers) {
  std::vector<std::size_t> counts;
  for (unsigned user = 0; user < demo().users.size(); ++user) {
    counts.push_back(demo().interactions.items_of(UserId(user)).size());
  }
  std::sort(counts.begin(), counts.end());
  EXPECT_EQ(counts.size(), 1000);
  EXPECT_GE(counts.front(), 20);
  EXPECT_THAT(counts[500], AllOf(Ge(40), Le(60)));
  EXPECT_THAT(counts.back(), AllOf(Ge(150), Le(200)));
}

TEST(DemoWorld, HasRatingsLikePeoples) {
  const DatasetDescription description = describe(demo());
  double sum = 0;
  for (std::size_t rating = 1; rating <= 5; ++rating) {
    const auto count = static_cast<double>(description.rating_histogram[rating - 1]);
    EXPECT_GT(count, 0.01 * static_cast<double>(description.interactions));
    sum += static_cast<double>(rating) * count;
  }
  EXPECT_NEAR(sum / static_cast<double>(description.interactions), 3.6, 0.1);
  EXPECT_GT(description.popularity_gini, 0.3);
}

/// How far each user's ratings are from the films' mean ratings, on average, ascending.
std::vector<double> deviations() {
  const auto means = demo().mean_ratings();
  std::vector<double> deviations;
  for (unsigned user = 0; user < demo().users.size(); ++user) {
    const auto items = demo().interactions.items_of(UserId(user));
    const auto ratings = demo().interactions.ratings_of(UserId(user));
    double sum = 0;
    for (std::size_t i = 0; i < items.size(); ++i) sum += std::abs(ratings[i] - means[index(items[i])]);
    deviations.push_back(sum / static_cast<double>(items.size()));
  }
  std::sort(deviations.begin(), deviations.end());
  return deviations;
}

TEST(DemoWorld, HasConformistsAndOthers) {
  const auto sorted = deviations();
  EXPECT_GT(sorted[900], 1.3 * sorted[100]);
}

TEST(DemoWorld, PopularFilmsAreRatedHigher) {
  const auto counts = demo().interactions.item_counts();
  const auto means = demo().mean_ratings();
  std::vector<std::uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
  const auto mean_of = [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += means[order[i]];
    return sum / static_cast<double>(end - begin);
  };
  EXPECT_GT(mean_of(0, 100), mean_of(order.size() - 100, order.size()) + 0.2);
}

/// Recall in the first 20 of a ranking by `score(user, item)`, training items left out.
template <class Score>
double recall_at_20(const Split& split, Score score) {
  double sum = 0;
  for (unsigned user = 0; user < demo().users.size(); ++user) {
    std::vector<std::pair<double, unsigned>> ranking;
    for (unsigned item = 0; item < demo().catalogue.size(); ++item) {
      if (!split.train.contains(UserId(user), ItemId(item))) ranking.emplace_back(-score(user, item), item);
    }
    std::partial_sort(ranking.begin(), ranking.begin() + 20, ranking.end());
    const auto hits = std::count_if(ranking.begin(), ranking.begin() + 20, [&](const auto& entry) {
      return split.test.contains(UserId(user), ItemId(entry.second));
    });
    sum += static_cast<double>(hits) / static_cast<double>(split.test.items_of(UserId(user)).size());
  }
  return sum / static_cast<double>(demo().users.size());
}

TEST(DemoWorld, TasteCanBeLearnt) {
  const Split split = split_dataset(demo(), {});
  const auto counts = split.train.item_counts();
  const std::size_t items = counts.size();
  std::vector<double> together(items * items, 0);  // how many users have met both films
  for (unsigned user = 0; user < demo().users.size(); ++user) {
    for (const ItemId a : split.train.items_of(UserId(user))) {
      for (const ItemId b : split.train.items_of(UserId(user))) together[index(a) * items + index(b)] += 1;
    }
  }
  const double popular = recall_at_20(split, [&](unsigned, unsigned item) { return counts[item]; });
  const double neighbours = recall_at_20(split, [&](unsigned user, unsigned item) {
    double score = 0;
    for (const ItemId met : split.train.items_of(UserId(user))) {
      score += together[index(met) * items + item] / std::sqrt(10.0 + counts[index(met)] * counts[item]);
    }
    return score;
  });
  EXPECT_GT(neighbours, 1.4 * popular);
}

TEST(DemoWorld, FitsTheDatasetFolder) {
  const TempFolder folder;
  write_dataset_folder(demo(), folder / "demo");
  expect_equal(read_dataset_folder(folder / "demo"), demo());
}

}  // namespace
}  // namespace throng
