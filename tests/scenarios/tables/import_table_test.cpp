#include <gmock/gmock.h>

#include "scenarios/tables/tables.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ImportText : public ::testing::Test {
 protected:
  ImportText() {
    folder_.write("r.csv", "u,i,r,t\na,10,4,900\na,12,0,900\na,11,5,-5\na,10,3,901\n");
    folder_.write("i.csv", "id,title\n10,Heat\n13,Casino\n");
  }
  Imported imported(ImportOptions options = {}) const {
    options.max_bad = 1;
    options.items = folder_ / "i.csv";
    options.csv = {.rating = "r", .time = "t", .title = "title", .items_id = "id"};
    return import_dataset("csv", folder_ / "r.csv", options);
  }
  TempFolder folder_;
};

TEST_F(ImportText, TellsWhatWasReadLeftOutAndOdd) {
  const std::string text = import_text(imported());
  EXPECT_THAT(text, HasSubstr("  read      r.csv: 4 rows\n            i.csv: 2 rows\n"));
  EXPECT_THAT(
      text,
      HasSubstr("  left out  1 row of r.csv, line 3: the rating \"0\" is not a number from 0.5 to 5\n"));
  EXPECT_THAT(
      text,
      HasSubstr("  items     1 of 2 items matched in i.csv; without a description: \"11\"; 1 of its 2 rows "
                "match no item: \"13\"\n"));
  EXPECT_THAT(text, HasSubstr("  ratings   3 to 5\n"));
  EXPECT_THAT(text, HasSubstr("  times     1969-12-31 to 1970-01-01 (so early that"));
  EXPECT_THAT(text, HasSubstr("1 row of r.csv: a time before 1970 or later than today (line 4: -5)\n"));
  EXPECT_THAT(text, HasSubstr("repeated  1 row of r.csv: a user and an item that another row has too"));
}

TEST_F(ImportText, TellsWhatFiltersLeftOut) {
  EXPECT_THAT(import_text(imported({.min_rating = 4})),
              HasSubstr("by min_rating: 0 users, 0 items, 2 interactions\n"));
  EXPECT_THAT(import_text(imported()), Not(HasSubstr("by min_rating")));
}

TEST_F(ImportText, IsJsonToo) {
  const Json json = import_json(imported());
  EXPECT_EQ(json["interactions"], 2);
  EXPECT_EQ(json["files"][0]["rows"], 4);
  EXPECT_EQ(json["files"][0]["odd_times"]["lines"], Json::array({4}));
  EXPECT_EQ(json["skipped"][0]["line"], 3);
  EXPECT_EQ(json["matches"][0]["matched"], 1);
  EXPECT_EQ(json["matches"][0]["without_description"], Json::array({"11"}));
}

}  // namespace
}  // namespace throng
