#include "recsys/import/import_report.h"

#include <gmock/gmock.h>

#include "tests/recsys/import/import_support.h"

namespace throng {
namespace {

class ImportReportTest : public ImportTest {
 protected:
  ImportReport report(std::string_view kind, const std::string& file = "",
                      const ImportOptions& options = {}) {
    return import_dataset(kind, folder_ / file, options).report;
  }
  /// That of `ratings` whose items `items` describes.
  IdMatch match_of(const std::string& ratings, const std::string& items) {
    folder_.write("r.csv", "user,item\n" + ratings);
    folder_.write("i.csv", "item,title\n" + items);
    const ImportReport read =
        report("csv", "r.csv", {.items = folder_ / "i.csv", .csv = {.title = "title", .items_id = "item"}});
    EXPECT_EQ(read.matches.size(), 1U);
    return read.matches.front();
  }
};

TEST_F(ImportReportTest, CountsTheRowsOfEveryFileWithoutHeadersAndBlankLines) {
  folder_.write("u.genre", "unknown|0\nWar|1\n\n");
  folder_.write("u.user", "user-id|age|gender|occupation|zip\n2|30|F|artist|00000\n");
  folder_.write("u.item", "movie id|title|date|video|url|unknown|War\n9|A||||0|1\n8|B||||0|1\n");
  folder_.write("u.data", "user\titem\trating\ttime\n2\t9\t4\t900\n\n2\t8\t4\t901\n");
  std::vector<std::pair<std::string, std::size_t>> rows;
  for (const FileRead& file : report("movielens").files) rows.emplace_back(file.name, file.rows);
  EXPECT_THAT(rows, ElementsAre(std::pair("u.data", 2), std::pair("u.genre", 2), std::pair("u.item", 2),
                                std::pair("u.user", 1)));
}

TEST_F(ImportReportTest, GathersLinesThatAreMalformedInTheSameWay) {
  folder_.write("r.csv", "u,i,r\na,x,0\nb,y,5\nc\nc,x,0\nd,x,10\ne,x,11\n");
  const ImportReport read = report("csv", "r.csv", {.max_bad = 9, .csv = {.rating = "r"}});
  const auto groups = alike(read.skipped);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].count, 4U);
  EXPECT_EQ(groups[0].first.reason, "the rating \"0\" is not a number from 0.5 to 5");
  EXPECT_THAT(groups[0].lines, ElementsAre(2, 5, 6));
  EXPECT_EQ(groups[1].first.line, 4U);
  EXPECT_EQ(read.files[0].rows, 6U);
}

TEST_F(ImportReportTest, NamesTimesBefore1970AndInTheFuture) {
  folder_.write("r.csv", "u,i,t\na,x,-5\na,y,0\na,z,2000\na,v,2001\n");
  const auto odd = [&](const ImportOptions& options) {
    return report("csv", "r.csv", options).files[0].of(Oddity::time);
  };
  const Occurrences both = odd({.now = 2000, .csv = {.time = "t"}});
  EXPECT_EQ(both.count, 2U);
  EXPECT_THAT(both.lines, ElementsAre(2, 5));
  EXPECT_EQ(both.example, "-5");
  EXPECT_EQ(odd({.csv = {.time = "t"}}).count, 1U) << "no time is too late without a now";
}

TEST_F(ImportReportTest, NamesTheLinesOfRepeatedPairs) {
  folder_.write("r.csv", "u,i\na,x\nb,x\n\na,x\na,x\n");
  const Occurrences repeated = report("csv", "r.csv").files[0].of(Oddity::repeat);
  EXPECT_EQ(repeated.count, 2U);
  EXPECT_THAT(repeated.lines, ElementsAre(5, 6));
}

TEST_F(ImportReportTest, SaysHowTheIdsOfTwoFilesMeet) {
  const IdMatch match = match_of("a,x\na,y\nb,z\n", "x,X\nv,V\nw,W\n");
  EXPECT_EQ(match.file, "i.csv");
  EXPECT_EQ(match.items, 3U);
  EXPECT_EQ(match.met, 1U);
  EXPECT_EQ(match.described, 3U);
  EXPECT_EQ(match.idle, 2U);
  EXPECT_THAT(match.missing, ElementsAre("y", "z"));
  EXPECT_THAT(match.unused, ElementsAre("v", "w"));
  EXPECT_THAT(match.hint, IsEmpty());
}

TEST_F(ImportReportTest, SaysHowIdsThatDoNotMeetWould) {
  EXPECT_THAT(match_of("a,0195153448\n", "195153448,A\n").hint,
              HasSubstr("1 of 1 would meet without zeros at the start"));
  EXPECT_THAT(match_of("a,b00x\na,b00y\n", "B00X,A\nB00Y,B\n").hint, HasSubstr("capital letters"));
  EXPECT_THAT(match_of("a,978-0-19\n", "978019,A\n").hint, HasSubstr("punctuation"));
  EXPECT_THAT(match_of("a,http://shop/item/7\n", "7,A\n").hint, HasSubstr("before the last"));
}

TEST_F(ImportReportTest, DescribesWhatBecameOfMetadataBesideReviews) {
  folder_.write("Toys.json", R"({"reviewerID": "A", "asin": "B1", "overall": 4, "unixReviewTime": 900})");
  folder_.write("meta_Toys.json",
                "{\"asin\": \"B2\", \"title\": \"T\"}\n{\"asin\": \"B1\", \"title\": \"U\"}\n");
  const ImportReport read = report("amazon");
  ASSERT_EQ(read.matches.size(), 1U);
  EXPECT_EQ(read.matches[0].met, 1U);
  EXPECT_THAT(read.matches[0].unused, ElementsAre("B2"));
  EXPECT_EQ(read.files[1].rows, 2U);
}

}  // namespace
}  // namespace throng
