#include "recsys/data/interactions.h"

#include <stdexcept>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Interaction row(unsigned user, unsigned item, float rating = 0) {
  return {.user = UserId(user), .item = ItemId(item), .rating = rating};
}

TEST(Interactions, KeepsRowsByUserAndItemWithTheirColumns) {
  const Interactions interactions(3, 5, {row(2, 4, 1), row(0, 3, 2), row(0, 1, 5)}, {.ratings = true});
  EXPECT_THAT(interactions.items_of(UserId(0)), ElementsAre(ItemId(1), ItemId(3)));
  EXPECT_THAT(interactions.ratings_of(UserId(0)), ElementsAre(5.0F, 2.0F));
  EXPECT_THAT(interactions.items_of(UserId(1)), IsEmpty());
  EXPECT_THAT(interactions.times_of(UserId(0)), IsEmpty());
  EXPECT_TRUE(interactions.contains(UserId(2), ItemId(4)));
  EXPECT_FALSE(interactions.contains(UserId(2), ItemId(3)));
  EXPECT_THAT(interactions.item_counts(), ElementsAre(0, 1, 0, 1, 1));
}

TEST(Interactions, RejectsDuplicatesAndIdsOutOfRange) {
  EXPECT_THROW(Interactions(1, 2, {row(0, 1), row(0, 1)}, {}), std::invalid_argument);
  EXPECT_THROW(Interactions(1, 2, {row(1, 0)}, {}), std::invalid_argument);
  EXPECT_THROW(Interactions(1, 2, {row(0, 2)}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace throng
