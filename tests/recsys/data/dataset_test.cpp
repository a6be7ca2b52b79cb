#include "recsys/data/dataset.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

Dataset one_rating() {
  Dataset dataset;
  dataset.name = "small";
  dataset.catalogue.genre_names = {"Drama"};
  dataset.catalogue.items = {{.external_id = "a", .title = "A"}, {.external_id = "b", .title = "B"}};
  dataset.users = {{.external_id = "u"}};
  dataset.interactions =
      Interactions(1, 2, {{.user = UserId(0), .item = ItemId(1), .rating = 4}}, {.ratings = true});
  return dataset;
}

TEST(DatasetDigest, IgnoresNameAndProvenance) {
  Dataset renamed = one_rating();
  renamed.name = "other";
  renamed.provenance = {{"kind", "test"}};
  EXPECT_EQ(dataset_digest(renamed), dataset_digest(one_rating()));
}

TEST(DatasetDigest, SeesEveryOtherChange) {
  const Hash128 digest = dataset_digest(one_rating());
  Dataset changed = one_rating();
  changed.catalogue.items[0].title = "A!";
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.catalogue.items[1].genres = {GenreId(0)};
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.users[0].trait_groups = TraitGroups{};
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.interactions =
      Interactions(1, 2, {{.user = UserId(0), .item = ItemId(1), .rating = 5}}, {.ratings = true});
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.given_split = {SplitPart::test};
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.item_name = "book";
  EXPECT_NE(dataset_digest(changed), digest);
  changed = one_rating();
  changed.ratings_are = "play time";
  EXPECT_NE(dataset_digest(changed), digest);
  EXPECT_TRUE(one_rating().has_ratings());
  EXPECT_FALSE(changed.has_ratings());
  changed = one_rating();
  changed.user_attributes = {"age"};
  changed.users[0].attributes = {"24"};
  EXPECT_NE(dataset_digest(changed), digest);
}

TEST(PluralOf, IsThatOfItemNames) {
  EXPECT_EQ(plural_of("movie"), "movies");
  EXPECT_EQ(plural_of("story"), "stories");
  EXPECT_EQ(plural_of("toy"), "toys");
  EXPECT_EQ(plural_of("box"), "boxes");
  EXPECT_EQ(plural_of("dish"), "dishes");
  EXPECT_EQ(plural_of("TV series"), "TV series");
}

}  // namespace
}  // namespace throng
