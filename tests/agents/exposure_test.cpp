// Every figure of docs/metrics.md on a case made by hand.
#include "agents/exposure.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::DoubleEq;
using ::testing::Optional;

std::vector<ItemId> items(std::initializer_list<unsigned> numbers) {
  std::vector<ItemId> list;
  for (const unsigned number : numbers) list.push_back(ItemId(number));
  return list;
}

/// Items 0 and 1 carry genre 0, item 1 also genre 1, item 2 genre 1, item 3 nothing. Of three users all met item 0, user 0 item 1 as
/// well, user 1 item 2, nobody item 3.
class ExposureTest : public ::testing::Test {
 protected:
  ItemsFigures of(std::initializer_list<unsigned> list) const {
    return figures_of(items(list), world_.history_genres(AgentId(0)), world_);
  }
  static std::optional<double> at(const ItemsFigures& figures, ItemsFigure figure) {
    return figures[static_cast<std::size_t>(figure)];
  }
  void add(Exposure& exposure, unsigned agent, std::initializer_list<unsigned> list) const {
    exposure.add(AgentId(agent), items(list), world_.history_genres(AgentId(agent)), world_);
  }

  Dataset dataset_ = testing::dataset_of(3, 2, {{0}, {0, 1}, {1}, {}},
                                         {{0, 0, 4}, {1, 0, 4}, {2, 0, 3}, {0, 1, 5}, {1, 2, 4}});
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
  Population population_{dataset_, space_, {}, Draws(1)};
  ExposureWorld world_{dataset_.catalogue, dataset_.interactions, space_, population_};
};

TEST_F(ExposureTest, GenresOfAnAgentsItems) {
  const ItemsFigures figures = of({0, 1, 2});
  EXPECT_THAT(at(figures, ItemsFigure::top_genre_share), Optional(DoubleEq(2.0 / 3)))
      << "each genre stands on two of three";
  EXPECT_THAT(at(figures, ItemsFigure::distinct_genres), Optional(DoubleEq(2)));
  EXPECT_THAT(at(figures, ItemsFigure::genre_entropy), Optional(DoubleEq(1))) << "half and half is one bit";
  EXPECT_THAT(at(of({0}), ItemsFigure::genre_entropy), Optional(DoubleEq(0)));
}

TEST_F(ExposureTest, DistancesWithinAnAgentsItems) {
  // 0 and 1 share one of two genres, 1 and 2 as well, 0 and 2 none.
  EXPECT_THAT(at(of({0, 1, 2}), ItemsFigure::genre_distance), Optional(DoubleEq((0.5 + 0.5 + 1) / 3)));
  EXPECT_EQ(at(of({0}), ItemsFigure::genre_distance), std::nullopt);
  EXPECT_EQ(at(of({0}), ItemsFigure::factor_distance), std::nullopt);

  double cosines = 0;
  for (const auto& [a, b] : {std::pair{0U, 1U}, {0U, 2U}, {1U, 2U}}) {
    double product = 0;
    double of_a = 0;
    double of_b = 0;
    for (std::size_t d = 0; d < Taste::kDimensions; ++d) {
      const double x = space_.embedding(ItemId(a))[d];
      const double y = space_.embedding(ItemId(b))[d];
      product += x * y;
      of_a += x * x;
      of_b += y * y;
    }
    cosines += of_a > 0 && of_b > 0 ? product / std::sqrt(of_a * of_b) : 0;
  }
  EXPECT_NEAR(at(of({0, 1, 2}), ItemsFigure::factor_distance).value(), 1 - cosines / 3, 1e-9)
      << "pair by pair";
  EXPECT_THAT(at(of({3, 3}), ItemsFigure::factor_distance), Optional(DoubleEq(1)))
      << "nobody met it: it has no direction";
}

// -log2 of (3 + 1) / 4, (1 + 1) / 4, (0 + 1) / 4.
TEST_F(ExposureTest, NoveltyIsMeanSelfInformation) {
  EXPECT_THAT(at(of({0, 1, 3}), ItemsFigure::novelty), Optional(DoubleEq((0 + 1 + 2) / 3.0)));
}

// The history, items 0 and 1, is of genre 0 by three quarters.
TEST_F(ExposureTest, CalibrationErrorIsTheDivergenceFromTheHistory) {
  EXPECT_THAT(world_.history_genres(AgentId(0)), ::testing::ElementsAre(0.75, 0.25));
  EXPECT_NEAR(at(of({0, 1}), ItemsFigure::calibration_error).value(), 0, 1e-12);
  EXPECT_THAT(at(of({0, 1, 2}), ItemsFigure::calibration_error),
              Optional(DoubleEq(0.75 * std::log2(0.75 / 0.5025) + 0.25 * std::log2(0.25 / 0.4975))));
  EXPECT_THAT(at(of({3}), ItemsFigure::calibration_error),
              Optional(::testing::DoubleNear(std::log2(100), 1e-9)));
}

TEST_F(ExposureTest, OverAgentsAndItems) {
  Exposure exposure(4);
  add(exposure, 0, {0, 1, 2});
  add(exposure, 1, {1});
  add(exposure, 2, {});
  EXPECT_THAT(exposure.mean(ItemsFigure::top_genre_share), Optional(DoubleEq((2.0 / 3 + 1) / 2)));
  EXPECT_THAT(exposure.mean(ItemsFigure::genre_distance), Optional(DoubleEq(2.0 / 3)))
      << "only one agent has pairs";
  EXPECT_THAT(exposure.mean(ItemsFigure::distinct_genres), Optional(DoubleEq(2)));
  EXPECT_DOUBLE_EQ(exposure.coverage(), 3.0 / 4);
  // Gini of 0, 1, 1, 2: sum of (2i - n - 1) x_i = (-1) 1 + 1 * 1 + 3 * 2 = 6, over n sum = 16.
  EXPECT_DOUBLE_EQ(exposure.gini(), 6.0 / 16);
  EXPECT_EQ(Exposure(4).mean(ItemsFigure::novelty), std::nullopt);
}

TEST_F(ExposureTest, SimilarityIsTheMeanCosineOfPairs) {
  Exposure two(4);
  add(two, 0, {0, 0, 1});
  EXPECT_EQ(two.similarity(), std::nullopt);
  add(two, 1, {0});
  EXPECT_NEAR(two.similarity().value(), 2 / std::sqrt(5), 1e-12) << "(2, 1) and (1, 0)";
  add(two, 2, {3});
  EXPECT_NEAR(two.similarity().value(), 2 / std::sqrt(5) / 3, 1e-12) << "two pairs of three share nothing";
}

TEST_F(ExposureTest, TraitGroupsHaveMeansOfTheirOwn) {
  Exposure exposure(4);
  double sum = 0;
  add(exposure, 0, {0, 1});
  add(exposure, 1, {2});
  for (std::size_t group = 0; group < 3; ++group) {
    const std::optional<double> mean = exposure.mean(ItemsFigure::distinct_genres, group);
    const auto members = [&](unsigned agent) {
      return population_.traits_of(AgentId(agent)).activity == group + 1;
    };
    const double expected = members(0) && members(1) ? 1.5 : members(0) ? 2 : 1;
    if (members(0) || members(1)) {
      EXPECT_THAT(mean, Optional(DoubleEq(expected))) << trait_group_name(group);
    } else {
      EXPECT_EQ(mean, std::nullopt) << trait_group_name(group);
    }
    sum += mean.value_or(0);
  }
  EXPECT_GT(sum, 0);
  EXPECT_EQ(trait_group_name(0), "activity_1");
  EXPECT_EQ(trait_group_name(8), "diversity_3");
}

TEST_F(ExposureTest, OfWhatWasRecommendedViewedAndLikedWithoutDegradedPages) {
  SessionRecord session{.agent = AgentId(0)};
  PageRecord& page = session.pages.emplace_back();
  page.decision = Decision{};
  for (const unsigned item : {0U, 1U, 2U}) page.impressions.push_back({.item = ItemId(item)});
  add_view(page.actions, 1, 5, Feeling::pleased);
  add_view(page.actions, 3, 3, Feeling::indifferent);
  session.pages.emplace_back().impressions.push_back({.item = ItemId(3)});  // nothing could be made of it
  Exposures exposures(4);
  exposures.add(session, world_);
  EXPECT_DOUBLE_EQ(exposures.recommended.coverage(), 3.0 / 4);
  EXPECT_DOUBLE_EQ(exposures.viewed.coverage(), 2.0 / 4);
  EXPECT_DOUBLE_EQ(exposures.liked.coverage(), 1.0 / 4);
}

TEST_F(ExposureTest, MergedFromPartsIsThatOfAll) {
  Exposure all(4);
  Exposure first(4);
  Exposure second(4);
  for (Exposure* exposure : {&all, &first}) add(*exposure, 0, {0, 1, 2});
  for (Exposure* exposure : {&all, &second}) add(*exposure, 1, {1});
  first.merge(second);
  for (const RoundFigure& figure : round_figures())
    EXPECT_NEAR(figure.value(first).value(), figure.value(all).value(), 1e-12) << figure.name;
}

// More than 64 genres do not fit into a word.
TEST(ExposureWorldTest, ManyGenresAreComparedAsLists) {
  Dataset dataset = testing::dataset_of(1, 70, {{0, 69}, {69}, {3}}, {{0, 0, 4}});
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  const Population population(dataset, space, {}, Draws(1));
  const ExposureWorld world(dataset.catalogue, dataset.interactions, space, population);
  EXPECT_THAT(world.genre_distance(items({0, 1, 2})), Optional(DoubleEq((0.5 + 1 + 1) / 3)));
}

}  // namespace
}  // namespace throng
