#include "recsys/eval/list_metrics.h"

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using Items = std::vector<ItemId>;

Catalogue catalogue_of(const std::vector<std::vector<unsigned>>& genres) {
  return testing::dataset_of(1, 4, genres, {}).catalogue;
}

TEST(GenreDistance, IsTheMeanJaccardDistanceOfAllPairs) {
  const Catalogue catalogue = catalogue_of({{0, 1}, {0, 1}, {1, 2}, {3}, {}});
  const auto distance = [&](const Items& items) { return genre_distance(items, catalogue); };
  EXPECT_EQ(distance({ItemId{0}, ItemId{1}}), 0.0);
  EXPECT_EQ(distance({ItemId{0}, ItemId{3}}), 1.0);
  EXPECT_DOUBLE_EQ(distance({ItemId{0}, ItemId{2}}).value(), 2.0 / 3) << "one of three genres is shared";
  EXPECT_DOUBLE_EQ(distance({ItemId{0}, ItemId{1}, ItemId{2}}).value(), (0 + 2 * 2.0 / 3) / 3);
  EXPECT_EQ(distance({ItemId{0}, ItemId{4}, ItemId{3}}), 1.0) << "items without genres are left out";
  EXPECT_EQ(distance({ItemId{0}, ItemId{4}}), std::nullopt);
}

TEST(ListMetrics, MatchAHandComputedExample) {
  const Catalogue catalogue = catalogue_of({{0}, {0}, {1}, {1}});
  const std::vector<std::uint32_t> popularity{10, 5, 2, 7};
  const Items first{ItemId{0}, ItemId{1}};
  const Items second{ItemId{0}, ItemId{2}};
  const std::vector<std::span<const ItemId>> rankings{first, second};
  const ListMetrics metrics = list_metrics(rankings, popularity, catalogue);
  EXPECT_DOUBLE_EQ(metrics.coverage, 3.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.mean_popularity, (10 + 5 + 10 + 2) / 4.0);
  // Times ranked, ascending: 0, 1, 1, 2; sum of (2 i - 5) x_i = 0 - 1 + 1 + 6.
  EXPECT_DOUBLE_EQ(metrics.gini, 6.0 / (4 * 4));
  EXPECT_EQ(metrics.genre_distance, 0.5) << "0 in the first ranking, 1 in the second";
}

TEST(ListMetrics, AreZeroWithoutRankingsAndKnowNoDistanceWithoutGenres) {
  const Catalogue catalogue = catalogue_of({{}, {}});
  const std::vector<std::uint32_t> popularity{3, 1};
  EXPECT_EQ(list_metrics({}, popularity, catalogue).coverage, 0);
  const Items both{ItemId{0}, ItemId{1}};
  const std::vector<std::span<const ItemId>> rankings{both};
  EXPECT_EQ(list_metrics(rankings, popularity, catalogue).genre_distance, std::nullopt);
  EXPECT_EQ(list_metrics(rankings, popularity, catalogue).gini, 0) << "every item is ranked once";
}

}  // namespace
}  // namespace throng
