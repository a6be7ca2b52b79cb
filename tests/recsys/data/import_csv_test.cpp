#include <gmock/gmock.h>

#include "tests/recsys/data/import_support.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class Csv : public ImportTest {
 protected:
  Dataset import_csv(const CsvFormat& format, const std::string& items = "") {
    return import("csv", "", {.items = items.empty() ? "" : folder_ / items, .csv = format});
  }
  std::string failure_with(const CsvFormat& format, ErrorKind kind = ErrorKind::data) {
    return failure_of([&] { import_csv(format); }, kind);
  }
};

TEST_F(Csv, ColumnsGoByNameOrNumber) {
  folder_.write("plays.csv",
                "when,score,who,what,name,tags\n900,4,ann,x,\"Ex, the (1999)\",Pop|Rock\n901,2,bo,y,Why,\n"
                "902,5,ann,y,Why,Rock\n");
  const CsvFormat by_name{
      .user = "who", .item = "what", .rating = "score", .time = "when", .title = "name", .genres = "tags"};
  const Dataset dataset = import_csv(by_name);
  EXPECT_EQ(dataset.name, "plays");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("ann", "bo"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("Ex, the (1999)", "Why"));
  EXPECT_EQ(dataset.catalogue.items[0].year, 1999);
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Pop", "Rock"));
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre()) << "the item's first row counts";
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(4, 5));
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(900, 902));
  const CsvFormat by_number{
      .user = "3", .item = "4", .rating = "2", .time = "1", .title = "5", .genres = "6"};
  Dataset again = import_csv(by_number);
  again.provenance = dataset.provenance;
  expect_equal(again, dataset);
}

TEST_F(Csv, NeedsOnlyUsersAndItems) {
  folder_.write("pairs.csv", "a,x\nb,x\na,x\n");
  const Dataset dataset = import_csv({.header = false});
  EXPECT_EQ(dataset.interactions.size(), 2);
  EXPECT_FALSE(dataset.interactions.columns().ratings);
  EXPECT_FALSE(dataset.interactions.columns().times);
  EXPECT_EQ(dataset.provenance["repeated"], 1);
}

TEST_F(Csv, HasAnySeparator) {
  folder_.write("a.csv", "user\titem\nann\tthe \"x\"\n");
  EXPECT_THAT(item_ids_of(import_csv({.separator = "\t"})), ElementsAre("the \"x\""));
  folder_.write("a.csv", "ann::x::4\n");
  EXPECT_EQ(import_csv({.rating = "3", .separator = "::", .header = false}).interactions.size(), 1);
  folder_.write("a.csv", "user;item\nann;\"x;\"\"y\"\"\"\n");
  EXPECT_THAT(item_ids_of(import_csv({.separator = ";"})), ElementsAre("x;\"y\""));
}

TEST_F(Csv, RatingsOfAnotherScaleAreMappedToOneToFive) {
  folder_.write("a.csv", "u,i,r\na,x,1\na,y,10\na,z,5.5\n");
  EXPECT_THAT(
      import_csv({.rating = "r", .rating_range = {.low = 1, .high = 10}}).interactions.ratings_of(UserId(0)),
      ElementsAre(1, 5, 3));
  EXPECT_THAT(failure_with({.rating = "r"}),
              EndsWith("a.csv:3: the rating \"10\" is not a number from 0.5 to 5"));
}

TEST_F(Csv, TimesAreSecondsMillisecondsOrDates) {
  folder_.write("a.csv",
                "u,i,t\na,1,1588687728\na,2,1588687728923\na,3,2014-07-31\na,4,2014-07-31 "
                "01:02\na,5,2014-07-31T01:02:03Z\n");
  EXPECT_THAT(import_csv({.time = "t"}).interactions.times_of(UserId(0)),
              ElementsAre(1588687728, 1588687728, 1406764800, 1406768520, 1406768523));
  folder_.write("a.csv", "u,i,t\na,1,2014-02-30\n");
  EXPECT_THAT(failure_with({.time = "t"}),
              EndsWith("a.csv:2: the time \"2014-02-30\" is neither a number nor a date"));
}

TEST_F(Csv, AnotherFileMayDescribeTheItems) {
  folder_.write("data/plays.csv.gz", gzipped("u,i\na,x\na,y\n"));
  folder_.write("items.csv", "artist,id,kinds\n\"Ex\nand Co\",x,pop/rock\nNobody,z,jazz\n");
  const Dataset dataset =
      import("csv", "data",
             {.items = folder_ / "items.csv",
              .csv = {.title = "artist", .genres = "kinds", .items_id = "id", .genre_separator = "/"}});
  EXPECT_THAT(titles_of(dataset), ElementsAre("Ex\nand Co", ""));
  EXPECT_THAT(dataset.catalogue.genre_names, ElementsAre("pop", "rock"));
}

TEST_F(Csv, IsUnicode) {
  folder_.write("a.csv", "\xEF\xBB\xBFn\xC3\xBCtzer,ding\nJos\xC3\xA9,\xE6\x97\xA5\xE6\x9C\xAC\n");
  const Dataset dataset = import_csv({.user = "n\xC3\xBCtzer", .item = "ding"});
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("Jos\xC3\xA9"));
  folder_.write("a.csv", "u,i\nJos\xE9,x\n");
  EXPECT_THAT(failure_with({}), HasSubstr("a.csv:2: the user \"Jos"));
}

TEST_F(Csv, SaysWhichColumnsThereAre) {
  folder_.write("a.csv", "who,what\na,x\n");
  EXPECT_THAT(failure_with({.user = "user"}, ErrorKind::usage),
              EndsWith("a.csv: there is no column \"user\"; there are: who, what"));
  EXPECT_THAT(failure_with({.user = "who", .header = false}, ErrorKind::usage),
              EndsWith("a.csv: there is no column \"who\"; without a header line they go by number, from 1"));
  EXPECT_THAT(failure_with({.user = "3", .header = false}), EndsWith("a.csv:1: 2 fields, but 3 are needed"));
  folder_.write("a.csv", "who,what,when\na,x,1\nb\n");
  EXPECT_THAT(failure_with({.time = "when"}), EndsWith("a.csv:3: 1 fields, but 3 are needed"));
  folder_.write("a.csv", "who,what\n");
  EXPECT_THAT(failure_with({}), EndsWith("a.csv: has no interactions"));
}

}  // namespace
}  // namespace throng
