#include "agents/taste.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using testing::two_camps;

class TwoCamps : public ::testing::Test {
 protected:
  /// The mean affinity of user 0 (an even one) to the unseen items of a camp.
  static double mean_affinity(const Dataset& dataset, const TasteSpace& space, unsigned camp) {
    double sum = 0;
    double count = 0;
    for (unsigned item = camp; item < dataset.catalogue.size(); item += 2) {
      if (dataset.interactions.contains(UserId(0), ItemId(item))) continue;
      sum += space.affinity(space.taste_of(UserId(0)), ItemId(item));
      ++count;
    }
    return sum / count;
  }
};

TEST_F(TwoCamps, AUserIsDrawnToUnseenItemsOfItsCamp) {
  const Dataset dataset = two_camps(60, 40);
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  EXPECT_GT(mean_affinity(dataset, space, 0), mean_affinity(dataset, space, 1) + 1);
}

TEST_F(TwoCamps, GenresAloneAreEnough) {
  Dataset dataset = two_camps(60, 40);
  // New items of both genres that nobody has met: they have no place in the latent space.
  for (unsigned genre : {0U, 1U}) {
    dataset.catalogue.items.push_back(
        {.external_id = "new" + std::to_string(genre), .genres = {GenreId(genre)}});
  }
  dataset.interactions = Interactions(60, 42, dataset.interactions.rows(), {.ratings = true});
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  EXPECT_GT(space.affinity(space.taste_of(UserId(0)), ItemId(40)),
            space.affinity(space.taste_of(UserId(0)), ItemId(41)));
}

TEST_F(TwoCamps, AffinityIsStandardised) {
  const Dataset dataset = two_camps(60, 40);
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  double sum = 0;
  double squares = 0;
  for (unsigned user = 0; user < 60; ++user) {
    for (unsigned item = 0; item < 40; ++item) {
      const double affinity = space.affinity(space.taste_of(UserId(user)), ItemId(item));
      sum += affinity;
      squares += affinity * affinity;
    }
  }
  EXPECT_NEAR(sum / 2400, 0, 0.05);
  EXPECT_NEAR(std::sqrt(squares / 2400), 1, 0.05);
}

TEST_F(TwoCamps, PerturbationMovesATasteByItsStrengthAndByAgent) {
  const Dataset dataset = two_camps(60, 40);
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  const Taste& taste = space.taste_of(UserId(0));
  const Draws draws(5);
  EXPECT_EQ(space.perturbed(taste, 0.3, draws, 7).latent, space.perturbed(taste, 0.3, draws, 7).latent);
  EXPECT_NE(space.perturbed(taste, 0.3, draws, 7).latent, space.perturbed(taste, 0.3, draws, 8).latent);
  const auto cosine = [&](double strength) {
    double sum = 0;
    for (std::uint32_t agent = 0; agent < 200; ++agent) {
      const Taste moved = space.perturbed(taste, strength, draws, agent);
      for (std::size_t d = 0; d < Taste::kDimensions; ++d) {
        sum += static_cast<double>(moved.latent[d]) * static_cast<double>(taste.latent[d]) / 200;
      }
    }
    return sum;
  };
  // A unit vector plus noise of length s: the cosine to where it was is about 1 / sqrt(1 + s^2).
  EXPECT_NEAR(cosine(0), 1, 1e-6);
  EXPECT_NEAR(cosine(0.3), 1 / std::sqrt(1.09), 0.02);
  EXPECT_NEAR(cosine(1), 1 / std::sqrt(2), 0.05);
}

TEST_F(TwoCamps, FavouriteGenresComeMostFrequentFirst) {
  const Dataset dataset =
      testing::dataset_of(1, 3, {{2}, {2, 0}, {1, 0}, {2}}, {{0, 0, 4}, {0, 1, 4}, {0, 2, 4}, {0, 3, 4}});
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  EXPECT_THAT(space.favourite_genres(UserId(0), 5),
              ::testing::ElementsAre(GenreId(2), GenreId(0), GenreId(1)));
  EXPECT_THAT(space.favourite_genres(UserId(0), 1), ::testing::ElementsAre(GenreId(2)));
}

TEST(TasteSpace, WithoutHistoryOrGenresEverythingIsNeutral) {
  const Dataset dataset = testing::dataset_of(2, 0, {{}, {}}, {});
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  EXPECT_DOUBLE_EQ(space.affinity(space.taste_of(UserId(1)), ItemId(0)), 0);
}

}  // namespace
}  // namespace throng
