#include "recsys/data/filters.h"

#include <map>

#include <gmock/gmock.h>

#include "recsys/data/demo_world.h"
#include "tests/recsys/import/import_support.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

/// The k-core by its definition: whole rounds of leaving out, until nothing changes.
std::vector<Interaction> core_by_definition(std::vector<Interaction> rows, std::size_t k) {
  for (bool changed = true; changed;) {
    std::map<UserId, std::size_t> users;
    std::map<ItemId, std::size_t> items;
    for (const Interaction& row : rows) ++users[row.user], ++items[row.item];
    changed = std::erase_if(rows, [&](const Interaction& row) {
                return users[row.user] < k || items[row.item] < k;
              }) > 0;
  }
  return rows;
}

TEST(KCore, IsThatOfItsDefinition) {
  const Dataset world = make_synthetic_world(120, 300);
  for (const std::size_t k : {1U, 5U, 12U, 25U}) {
    const Dataset core = k_core(world, k);
    const auto expected = core_by_definition(world.interactions.rows(), k);
    const auto rows = core.interactions.rows();
    ASSERT_EQ(rows.size(), expected.size()) << k;
    for (std::size_t n = 0; n < rows.size(); ++n) {
      EXPECT_EQ(core.users[index(rows[n].user)], world.users[index(expected[n].user)]);
      EXPECT_EQ(core.catalogue[rows[n].item], world.catalogue[expected[n].item]);
      EXPECT_EQ(rows[n].rating, expected[n].rating);
    }
  }
  EXPECT_LT(k_core(world, 12).interactions.size(), world.interactions.size());
  EXPECT_GT(k_core(world, 12).interactions.size(), 0);
}

class Filters : public ImportTest {
 protected:
  Filters() { folder_.write("a.csv", "u,i,r\na,x,5\na,y,4\nb,x,4\nb,y,2\nc,x,5\nc,z,5\n"); }
  const CsvFormat format_{.rating = "r"};
};

TEST_F(Filters, LeaveOutWhatHasTooFew) {
  const Dataset dataset = import("csv", "", {.k_core = 2, .csv = format_});
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("a", "b")) << "c is left with one item when z is gone";
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("x", "y"));
  EXPECT_EQ(dataset.interactions.size(), 4);
  EXPECT_EQ(dataset.provenance["options"]["k_core"], 2);
  EXPECT_EQ(dataset.provenance["left_out"]["k_core"],
            Json::parse(R"({"users": 1, "items": 1, "interactions": 2})"));
}

TEST_F(Filters, ThresholdsKeepUsersAndItemsAndComeBeforeTheCore) {
  const Dataset dataset = import("csv", "", {.min_rating = 4, .csv = format_});
  EXPECT_EQ(dataset.interactions.size(), 5);
  EXPECT_EQ(dataset.users.size(), 3);
  EXPECT_EQ(dataset.provenance["left_out"]["min_rating"]["interactions"], 1);
  EXPECT_THAT(failure("csv", "", {.min_rating = 4, .k_core = 2, .csv = format_}),
              EndsWith("no interaction is left"));
}

TEST_F(Filters, AThresholdNeedsRatings) {
  EXPECT_THAT(failure_of([&] { import("csv", "", {.min_rating = 4}); }, ErrorKind::usage),
              EndsWith("the dataset has none"));
}

TEST_F(Filters, KeepTheGivenSplit) {
  const TempFolder lists;
  lists.write("train.txt", "1 10 20\n2 10 30\n");
  lists.write("test.txt", "1 40\n2 20\n");
  const Dataset dataset = import_dataset("lightgcn", lists.path(), {.k_core = 2}).dataset;
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("10", "20"));
  EXPECT_THAT(dataset.given_split,
              ElementsAre(SplitPart::train, SplitPart::train, SplitPart::train, SplitPart::test));
}

}  // namespace
}  // namespace throng
