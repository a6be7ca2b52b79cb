#include <gmock/gmock.h>

#include "tests/recsys/import/import_support.h"

namespace throng {
namespace {

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
  EXPECT_THAT(
      failure_with({.time = "t"}),
      EndsWith(
          "a.csv:2: the time \"2014-02-30\" is neither a number nor a date that can be read one way only"));
  folder_.write("a.csv", "u,i,t\na,1,31/07/2014 01:02\n");
  EXPECT_THAT(import_csv({.time = "t", .time_format = "%d/%m/%Y %H:%M"}).interactions.times_of(UserId(0)),
              ElementsAre(1406768520));
  EXPECT_THAT(failure_with({.time = "t", .time_format = "%m/%d/%Y"}),
              EndsWith("the time \"31/07/2014 01:02\" is not written as \"%m/%d/%Y\""));
}

TEST_F(Csv, IdsThatWereWrittenAsFloatsMeetThoseThatWereNot) {
  folder_.write("data/r.csv", "u,i\n1.0,10.0\n1,11.00\n2.0, 1e+05\n3,x.0\n3,1.50\n3,007\n");
  folder_.write("items.csv", "id,title\n10,A\n11.0,B\n100000,C\n");
  const Imported imported = import_dataset(
      "csv", folder_ / "data", {.items = folder_ / "items.csv", .csv = {.title = "title", .items_id = "id"}});
  EXPECT_THAT(user_ids_of(imported.dataset), ElementsAre("1", "2", "3"));
  EXPECT_THAT(item_ids_of(imported.dataset), ElementsAre("10", "11", "100000", "x.0", "1.50", "007"));
  EXPECT_THAT(titles_of(imported.dataset), ElementsAre("A", "B", "C", "", "", ""));
  const Occurrences floats = imported.report.files[0].of(Oddity::float_id);
  EXPECT_EQ(floats.count, 3U) << "rows";
  EXPECT_EQ(floats.example, "1.0");
  EXPECT_EQ(imported.report.matches[0].met, 3U);
}

TEST_F(Csv, YearsAndGenresMayBeWrittenAsPandasDoes) {
  folder_.write("a.csv", "u,i,t,y,g\na,1,Heat,1995.0,\"['Crime', 'Film noir']\"\na,2,Up (2009),,[]\n");
  const Dataset dataset = import_csv({.title = "t", .year = "y", .genres = "g", .genre_separator = ","});
  EXPECT_EQ(dataset.catalogue.items[0].year, 1995);
  EXPECT_EQ(dataset.catalogue.items[1].year, 2009);
  EXPECT_THAT(dataset.catalogue.genre_names, ElementsAre("Crime", "Film noir"));
}

TEST_F(Csv, IdsThatASpreadsheetRoundedAreNamed) {
  folder_.write("a.csv", "u,i\na,9.78E+12\nb,b\n");
  const ImportReport report = import_dataset("csv", folder_ / "a.csv", {}).report;
  EXPECT_THAT(report.files[0].of(Oddity::rounded_id).lines, ElementsAre(2));
}

TEST_F(Csv, ARatingThatIsTooLowNeedNotBeOnTheScale) {
  folder_.write("a.csv", "u,i,r\na,x,0\na,y,10\nb,z,5\n");
  const Imported imported =
      import_dataset("csv", folder_ / "a.csv",
                     {.min_rating = 1, .csv = {.rating = "r", .rating_range = {.low = 1, .high = 10}}});
  EXPECT_EQ(imported.dataset.interactions.size(), 2);
  EXPECT_THAT(item_ids_of(imported.dataset), ElementsAre("x", "y", "z")) << "as with other filters";
  EXPECT_EQ(imported.dataset.provenance["left_out"]["min_rating"]["interactions"], 1);
  EXPECT_THAT(imported.report.files[0].of(Oddity::low_rating).lines, ElementsAre(2));
  const Dataset from_8 = import(
      "csv", "a.csv", {.min_rating = 8, .csv = {.rating = "r", .rating_range = {.low = 0, .high = 10}}});
  EXPECT_THAT(from_8.interactions.ratings_of(UserId(0)), ElementsAre(5));
}

TEST_F(Csv, TextsThatAreNotUtf8AreReadAsWindows1252) {
  folder_.write("data/r.csv", "u,i\nJos\xE9,caf\xE9\nJos\xE9,y\n");
  folder_.write("items.csv", "id;title;tags\ncaf\xE9;Tee\x92s \x96 Garden;k\xF6ln\ny;ok;\n");
  const ImportOptions options{.items = folder_ / "items.csv",
                              .csv = {.title = "2", .genres = "3", .items_id = "1"}};
  ImportOptions own = options;
  own.items.clear();
  own.csv.title.clear();
  own.csv.genres.clear();
  EXPECT_THAT(user_ids_of(import("csv", "data", own)), ElementsAre("Jos\xC3\xA9"));
  folder_.write("data/r.csv", "u;i\nJos\xE9;caf\xE9\nJos\xE9;y\n");
  ImportOptions semicolons = options;
  semicolons.csv.separator = ";";
  const Imported imported = import_dataset("csv", folder_ / "data", semicolons);
  EXPECT_THAT(titles_of(imported.dataset), ElementsAre("Tee\xE2\x80\x99s \xE2\x80\x93 Garden", "ok"));
  EXPECT_THAT(imported.dataset.catalogue.genre_names, ElementsAre("k\xC3\xB6ln"));
  EXPECT_EQ(imported.report.files[0].of(Oddity::encoding).count, 2U) << "rows";
  EXPECT_THAT(imported.report.files[1].of(Oddity::encoding).lines, ElementsAre(2));
}

TEST_F(Csv, OtherEncodingsAreReadAsNamedOrMarked) {
  folder_.write("a.csv", "u,i,t\na,1,\xB1\xB1\xBE\xA9\n");
  EXPECT_THAT(titles_of(import("csv", "a.csv", {.encoding = "GBK", .csv = {.title = "t"}})),
              ElementsAre("\xE5\x8C\x97\xE4\xBA\xAC"));
  EXPECT_THAT(failure("csv", "a.csv", {.encoding = "ASCII"}),
              EndsWith("a.csv: byte 11 does not go on as ASCII"));
  EXPECT_THAT(failure_of([&] { import("csv", "a.csv", {.encoding = "Klingon"}); }, ErrorKind::usage),
              HasSubstr("there is no encoding \"Klingon\""));
  std::string utf16("\xFF\xFE", 2);
  for (const char c : std::string("u,i\na,caf")) utf16 += {c, '\0'};
  utf16 += std::string("\xE9\0\n\0", 4);
  folder_.write("a.csv", utf16);
  const Imported imported = import_dataset("csv", folder_ / "a.csv", {});
  EXPECT_THAT(item_ids_of(imported.dataset), ElementsAre("caf\xC3\xA9"));
  EXPECT_EQ(imported.report.files[0].encoding, "UTF-16");
  folder_.write("a.csv", gzipped(utf16));
  EXPECT_THAT(item_ids_of(import("csv", "a.csv", {.encoding = "UTF-16"})), ElementsAre("caf\xC3\xA9"));
}

TEST_F(Csv, BackslashesMayEscapeQuotes) {
  folder_.write(
      "a.csv",
      "u;i;t\n\"a\";\"1\";\"The \\\"Good\\\" Apprentice\"\n\"a\";\"2\";\"ends \\\"\"\n\"a\";\"3\";\"C:\\\"\n"
      "\"a\";\"4\";\"say \"\"so\"\"\"\n\"a\";5;\"two\n\\\\ \\\"lines\\\"\"\na;6;plain\n");
  const Imported imported =
      import_dataset("csv", folder_ / "a.csv", {.csv = {.title = "t", .separator = ";"}});
  EXPECT_THAT(titles_of(imported.dataset), ElementsAre("The \"Good\" Apprentice", "ends \"", "C:\\",
                                                       "say \"so\"", "two\n\\ \"lines\"", "plain"));
  folder_.write("a.csv", "u;i;t\n\"a\";\"1\";\"a \"wrong\" \\ quote\"\n");
  EXPECT_THAT(failure("csv", "a.csv", {.csv = {.separator = ";"}}),
              EndsWith("a.csv:2: a quote in the wrong place"));
}

TEST_F(Csv, SaysWhatAForeignFileIs) {
  folder_.write("a.csv", "PAR1\x15\x04");
  EXPECT_THAT(failure("csv", "a.csv"), HasSubstr("is a Parquet file"));
  folder_.write("a.csv", "PK\x03\x04 ");
  EXPECT_THAT(failure("csv", "a.csv"), HasSubstr("is a Zip archive"));
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
