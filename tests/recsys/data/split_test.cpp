#include "recsys/data/split.h"

#include <gmock/gmock.h>

#include "tests/recsys/data/data_support.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Dataset dataset_of(std::size_t users, std::size_t items, std::vector<Interaction> rows,
                   InteractionColumns columns = {.ratings = true, .times = true}) {
  Dataset dataset;
  dataset.users.resize(users);
  dataset.catalogue.items.resize(items);
  dataset.interactions = Interactions(users, items, std::move(rows), columns);
  return dataset;
}

/// Every user has met every item.
Dataset full(unsigned users, unsigned items) {
  std::vector<Interaction> rows;
  for (unsigned user = 0; user < users; ++user) {
    for (unsigned item = 0; item < items; ++item) rows.push_back({UserId(user), ItemId(item), 3, item});
  }
  return dataset_of(users, items, rows);
}

TEST(RatioSplit, GivesEveryUserTheShares) {
  const Split split = split_dataset(full(20, 10), {});
  for (unsigned user = 0; user < 20; ++user) {
    EXPECT_EQ(split.train.items_of(UserId(user)).size(), 4);
    EXPECT_EQ(split.validation.items_of(UserId(user)).size(), 3);
    EXPECT_EQ(split.test.items_of(UserId(user)).size(), 3);
    for (unsigned item = 0; item < 10; ++item) {
      EXPECT_EQ(split.train.contains(UserId(user), ItemId(item)) +
                    split.validation.contains(UserId(user), ItemId(item)) +
                    split.test.contains(UserId(user), ItemId(item)),
                1);
    }
  }
  EXPECT_EQ(split.train.num_items(), 10);
  EXPECT_TRUE(split.train.columns().ratings);
}

TEST(RatioSplit, KeepsAtLeastOneInteractionInTrain) {
  const Split split = split_dataset(full(1, 1), {});
  EXPECT_EQ(split.train.size(), 1);
  EXPECT_EQ(split_dataset(full(1, 1), {.train = 0, .validation = 0, .test = 1}).test.size(), 1);
}

TEST(RatioSplit, DependsOnTheSeedAndTheUserAlone) {
  const Split split = split_dataset(full(20, 10), {.seed = 1});
  EXPECT_TRUE(split.train.rows() == split_dataset(full(20, 10), {.seed = 1}).train.rows());
  EXPECT_FALSE(split.train.rows() == split_dataset(full(20, 10), {.seed = 2}).train.rows());
  const Split of_more = split_dataset(full(30, 10), {.seed = 1});
  EXPECT_THAT(of_more.train.items_of(UserId(7)),
              ::testing::ElementsAreArray(split.train.items_of(UserId(7))));
}

TEST(LeaveLastOut, TakesTheLastByTimeAndTiesByItem) {
  const Dataset dataset = dataset_of(3, 4,
                                     {{UserId(0), ItemId(0), 3, 9},
                                      {UserId(0), ItemId(1), 3, 5},
                                      {UserId(0), ItemId(2), 3, 9},
                                      {UserId(0), ItemId(3), 3, 1},
                                      {UserId(1), ItemId(2), 3, 4},
                                      {UserId(1), ItemId(1), 3, 8},
                                      {UserId(2), ItemId(0), 3, 1}});
  const Split split = split_dataset(dataset, {.kind = SplitKind::leave_last_out});
  EXPECT_THAT(split.test.items_of(UserId(0)), ElementsAre(ItemId(2)));
  EXPECT_THAT(split.validation.items_of(UserId(0)), ElementsAre(ItemId(0)));
  EXPECT_THAT(split.train.items_of(UserId(0)), ElementsAre(ItemId(1), ItemId(3)));
  EXPECT_THAT(split.train.items_of(UserId(1)), ElementsAre(ItemId(2)));
  EXPECT_THAT(split.validation.items_of(UserId(1)), IsEmpty());
  EXPECT_THAT(split.test.items_of(UserId(1)), ElementsAre(ItemId(1)));
  EXPECT_THAT(split.train.items_of(UserId(2)), ElementsAre(ItemId(0)));
}

TEST(GivenSplit, IsThatOfTheDataset) {
  Dataset dataset =
      dataset_of(1, 3, {{UserId(0), ItemId(0), 2}, {UserId(0), ItemId(1), 4}, {UserId(0), ItemId(2), 5}});
  dataset.given_split = {SplitPart::test, SplitPart::train, SplitPart::validation};
  const Split split = split_dataset(dataset, {.kind = SplitKind::given});
  EXPECT_THAT(split.train.items_of(UserId(0)), ElementsAre(ItemId(1)));
  EXPECT_THAT(split.validation.items_of(UserId(0)), ElementsAre(ItemId(2)));
  EXPECT_THAT(split.test.items_of(UserId(0)), ElementsAre(ItemId(0)));
  EXPECT_EQ(split_dataset(dataset, {.kind = SplitKind::given, .positive_threshold = 3.0F}).test.size(), 0);
}

TEST(Split, KeepsOnlyPositiveRatings) {
  const Dataset dataset =
      dataset_of(1, 3, {{UserId(0), ItemId(0), 2}, {UserId(0), ItemId(1), 4}, {UserId(0), ItemId(2), 3.5F}});
  const Split split =
      split_dataset(dataset, {.train = 1, .validation = 0, .test = 0, .positive_threshold = 4.0F});
  EXPECT_THAT(split.train.items_of(UserId(0)), ElementsAre(ItemId(1)));
}

TEST(Split, DropsUntilOnlyTheCoreIsLeft) {
  // Users 0 and 1 and items 0 and 1 hold each other; user 2 falls, then item 2, which only users 1 and 2 have
  // met.
  const Dataset dataset = dataset_of(3, 3,
                                     {{UserId(0), ItemId(0)},
                                      {UserId(0), ItemId(1)},
                                      {UserId(1), ItemId(0)},
                                      {UserId(1), ItemId(1)},
                                      {UserId(1), ItemId(2)},
                                      {UserId(2), ItemId(2)}});
  const Split split = split_dataset(dataset, {.train = 1, .validation = 0, .test = 0, .k_core = 2});
  EXPECT_EQ(split.train.size(), 4);
  EXPECT_THAT(split.train.items_of(UserId(1)), ElementsAre(ItemId(0), ItemId(1)));
  EXPECT_EQ(split.train.num_users(), 3);
  EXPECT_EQ(split.train.num_items(), 3);
}

TEST(Split, SaysWhatTheDatasetLacks) {
  const Dataset bare = dataset_of(1, 1, {{UserId(0), ItemId(0)}}, {});
  const auto failure = [&](const SplitOptions& options) {
    return failure_of([&] { split_dataset(bare, options); }, ErrorKind::usage);
  };
  EXPECT_THAT(failure({.kind = SplitKind::leave_last_out}), HasSubstr("needs times"));
  EXPECT_THAT(failure({.kind = SplitKind::given}), HasSubstr("came without a split"));
  EXPECT_THAT(failure({.positive_threshold = 4.0F}), HasSubstr("needs ratings"));
  EXPECT_THAT(failure({.train = 0.8, .validation = 0.3, .test = 0.3}), HasSubstr("sum to 1"));
  EXPECT_THAT(failure({.train = 1.5, .validation = -0.5, .test = 0}), HasSubstr("not be negative"));
}

}  // namespace
}  // namespace throng
