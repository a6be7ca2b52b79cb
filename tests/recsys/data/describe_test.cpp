#include "recsys/data/describe.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Dataset rated_dataset() {
  Dataset dataset;
  dataset.users.resize(2);
  dataset.catalogue.items.resize(4);
  dataset.catalogue.items[0].mean_rating = 0.5F;
  dataset.interactions =
      Interactions(2, 4, {{UserId(0), ItemId(0), 5}, {UserId(0), ItemId(2), 2}, {UserId(1), ItemId(2), 3}},
                   {.ratings = true});
  return dataset;
}

TEST(MeanRatings, AreTheSourcesElseTheItemsElseNone) {
  Dataset dataset = rated_dataset();
  EXPECT_THAT(dataset.mean_ratings(), ElementsAre(1, 0, 2.5F, 0));  // what is shown is 1 to 5, or nothing
  dataset.interactions = Interactions(2, 4, {{UserId(0), ItemId(0)}}, {});
  EXPECT_THAT(dataset.mean_ratings(), ElementsAre(1, 0, 0, 0));
}

TEST(Describe, CountsAndSaysWhatIsMissing) {
  const DatasetDescription description = describe(rated_dataset());
  EXPECT_EQ(description.users, 2);
  EXPECT_EQ(description.items, 4);
  EXPECT_EQ(description.interactions, 3);
  EXPECT_DOUBLE_EQ(description.density, 3.0 / 8);
  EXPECT_THAT(description.rating_histogram, ElementsAre(0, 1, 1, 0, 1));
  EXPECT_THAT(description.most_popular, ElementsAre(ItemId(2), ItemId(0), ItemId(1), ItemId(3)));
  EXPECT_DOUBLE_EQ(description.popularity_gini, (1.0 * 1 + 3.0 * 2) / (4 * 3));
  EXPECT_THAT(description.missing, Contains(HasSubstr("No times")));
  EXPECT_THAT(description.missing, Not(Contains(HasSubstr("not ratings"))));
  Dataset played = rated_dataset();
  played.ratings_are = "play time";
  EXPECT_THAT(describe(played).missing,
              Contains(HasSubstr("The ratings are play time, not ratings: prompts tell of none but the means "
                                 "that the dataset states.")));
  for (Item& item : played.catalogue.items) item.mean_rating.reset();
  EXPECT_THAT(describe(played).missing, Contains(HasSubstr("not ratings: prompts tell of none.")));
  EXPECT_THAT(description.missing, Contains(HasSubstr("No titles")));
  EXPECT_THAT(description.missing, Not(Contains(HasSubstr("No ratings"))));
}

TEST(Describe, SpreadsInteractionsOverUsersAndItems) {
  const DatasetDescription description = describe(rated_dataset());
  EXPECT_THAT(description.per_user.histogram,
              ElementsAre(CountBucket{0, 0, 0}, CountBucket{1, 1, 1}, CountBucket{2, 3, 1}));
  EXPECT_THAT(description.per_item.histogram,
              ElementsAre(CountBucket{0, 0, 2}, CountBucket{1, 1, 1}, CountBucket{2, 3, 1}));
  EXPECT_EQ(description.per_item.least, 0);
  EXPECT_EQ(description.per_item.greatest, 2);
  EXPECT_DOUBLE_EQ(description.per_item.mean, 3.0 / 4);
  EXPECT_DOUBLE_EQ(description.per_item.median, 0.5);
}

TEST(Describe, HistogramsDoubleTheirBuckets) {
  const CountSpread spread = spread_of({9, 1, 4, 7, 8, 16, 3});
  EXPECT_THAT(spread.histogram,
              ElementsAre(CountBucket{0, 0, 0}, CountBucket{1, 1, 1}, CountBucket{2, 3, 1},
                          CountBucket{4, 7, 2}, CountBucket{8, 15, 2}, CountBucket{16, 31, 1}));
  EXPECT_EQ(spread.median, 7);
  EXPECT_EQ(spread_of({0xFFFFFFFF}).histogram.back(), (CountBucket{0x80000000, 0xFFFFFFFF, 1}));
}

TEST(Describe, AnEmptyDatasetIsNoDisaster) {
  const DatasetDescription description = describe(Dataset{});
  EXPECT_EQ(description.density, 0);
  EXPECT_EQ(description.popularity_gini, 0);
}

}  // namespace
}  // namespace throng
