#include <gmock/gmock.h>

#include "tests/recsys/import/import_support.h"

namespace throng {
namespace {

class Amazon : public ImportTest {};

TEST_F(Amazon, ReviewsOf2014WithTheirMetadataInPythonsNotation) {
  folder_.write(
      "reviews_Toys_5.json.gz",
      gzipped(
          R"({"reviewerID": "AZ1", "asin": "B000000002", "overall": 4.0, "unixReviewTime": 900})"
          "\n"
          R"({"reviewerID": "AZ2", "asin": "B000000001", "overall": 5.0, "unixReviewTime": 901, "reviewText": "caf\u00e9"})"
          "\n"));
  folder_.write("meta_Toys.json.gz", gzipped("{'asin': 'B000000009', 'title': 'Unsold'}\n"
                                             "{'asin': 'B000000001', 'title': \"Rock &amp; 'Roll'\", "
                                             "'categories': [['Toys', 'Games'], ['Toys', 'Dice']]}\n"
                                             "{'asin': 'B000000002', 'categories': [['Toys']]}\n"));
  const Dataset dataset = import("amazon");
  EXPECT_EQ(dataset.name, "reviews_Toys_5");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("AZ1", "AZ2"));
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("B000000002", "B000000001")) << "in the order of the reviews";
  EXPECT_THAT(titles_of(dataset), ElementsAre("", "Rock & 'Roll'"));
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Toys")) << "there is nothing below it";
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre("Dice", "Games"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(4));
  EXPECT_THAT(dataset.interactions.times_of(UserId(1)), ElementsAre(901));
  EXPECT_EQ(dataset.provenance["kind"], "amazon");
  EXPECT_EQ(dataset.provenance["files"][1]["name"], "meta_Toys.json.gz");
}

TEST_F(Amazon, ReviewsOf2018) {
  folder_.write(
      "Toys.json",
      R"({"overall": 2.0, "verified": true, "asin": "B000000001", "reviewerID": "AZ1", "unixReviewTime": 900})");
  folder_.write("meta_Toys.json",
                R"({"category": ["Toys", "Dice"], "title": "Dice", "asin": "B000000001", "price": "$2"})");
  const Dataset dataset = import("amazon");
  EXPECT_THAT(titles_of(dataset), ElementsAre("Dice"));
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Dice"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(2));
}

TEST_F(Amazon, ReviewsOf2023HaveMillisecondsParentsAndMeanRatings) {
  folder_.write(
      "Toys.jsonl",
      R"({"rating": 5.0, "asin": "B0000000XX", "parent_asin": "B000000001", "user_id": "AZ1", "timestamp": 1588687728923})"
      "\n"
      R"({"rating": 1.0, "asin": "B0000000XY", "parent_asin": "B000000001", "user_id": "AZ1", "timestamp": 1588687728000})");
  folder_.write("meta_Toys.jsonl",
                R"({"parent_asin": "B000000001", "title": "Dice", "average_rating": 4.3, "categories": []})");
  const Dataset dataset = import("amazon");
  EXPECT_EQ(dataset.catalogue.items[0].mean_rating, 4.3F);
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(1588687728));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(1)) << "of equal times the last";
  EXPECT_EQ(dataset.provenance["repeated"], 1);
}

TEST_F(Amazon, OfSeveralReviewsOfAnItemTheLatestCounts) {
  folder_.write("Toys.csv", "A0000000000001,B000000001,2.0,905\nA0000000000001,B000000001,4.0,903\n");
  EXPECT_THAT(import("amazon").interactions.ratings_of(UserId(0)), ElementsAre(2));
}

TEST_F(Amazon, RatingsOnlyHaveTheUserFirstOrTheItem) {
  folder_.write("ratings_Toys.csv",
                "A2SUAM1J3GNN3B,0000013714,4.0,1353369600\nAPOZ15IEYQRRR,0000013714,5.0,7\n");
  const Dataset user_first = import("amazon");
  folder_.write("ratings_Toys.csv",
                "0000013714,A2SUAM1J3GNN3B,4.0,1353369600\n0000013714,APOZ15IEYQRRR,5.0,7\n");
  const Dataset item_first = import("amazon");
  for (const Dataset* dataset : {&user_first, &item_first}) {
    EXPECT_THAT(user_ids_of(*dataset), ElementsAre("A2SUAM1J3GNN3B", "APOZ15IEYQRRR"));
    EXPECT_THAT(item_ids_of(*dataset), ElementsAre("0000013714"));
    EXPECT_THAT(dataset->interactions.times_of(UserId(0)), ElementsAre(1353369600));
  }
}

TEST_F(Amazon, RatingsOnlyOf2023HaveAHeader) {
  folder_.write("Toys.csv.gz",
                gzipped("user_id,parent_asin,rating,timestamp\nAZ1,B000000001,5.0,1588687728923\n"));
  const Dataset dataset = import("amazon", "Toys.csv.gz");
  EXPECT_EQ(dataset.name, "Toys");
  EXPECT_EQ(dataset.interactions.size(), 1);
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(1588687728));
}

TEST_F(Amazon, NamesTheMalformedLine) {
  const auto failure_with = [&](const std::string& line) {
    folder_.write("Toys.json", R"({"reviewerID": "A", "asin": "B", "overall": 4, "unixReviewTime": 1})"
                               "\n\n" +
                                   line + "\n");
    return failure("amazon");
  };
  EXPECT_THAT(failure_with(R"({"reviewerID": "A", "asin": "B")"), HasSubstr("Toys.json:3: not JSON:"));
  EXPECT_THAT(failure_with("{\"reviewerID\": \"\xFF\"}"), HasSubstr("Toys.json:3: not JSON:"));
  EXPECT_THAT(failure_with("[1]"), EndsWith("Toys.json:3: the line is no object"));
  EXPECT_THAT(failure_with(R"({"asin": "B", "overall": 4, "unixReviewTime": 1})"),
              EndsWith("Toys.json:3: there is no \"reviewerID\" or \"user_id\""));
  EXPECT_THAT(failure_with(R"({"reviewerID": "A", "asin": "B", "overall": 6, "unixReviewTime": 1})"),
              EndsWith("Toys.json:3: the rating 6 is not from 0.5 to 5"));
  EXPECT_THAT(failure_with(R"({"reviewerID": "A", "asin": "B", "overall": 4})"),
              EndsWith("Toys.json:3: there is no number \"unixReviewTime\" or \"timestamp\""));
  EXPECT_THAT(failure_with("{'reviewerID': u'A', 'asin': }"),
              EndsWith("Toys.json:3: not a value at byte 30"));
  const Imported imported = import_dataset("amazon", folder_.path(), {.max_bad = 1});
  EXPECT_EQ(imported.report.skipped.size(), 1);
  EXPECT_EQ(imported.dataset.interactions.size(), 1);
}

TEST_F(Amazon, LineNumbersGoOnThroughTheBlocksOfAGzipFile) {
  std::string text;
  constexpr int lines = 60'000;  // several blocks
  for (int n = 1; n <= lines; ++n) text += "A00000000" + std::to_string(10'000 + n) + ",B000000001,4.0,900\n";
  folder_.write("Toys.csv.gz", gzipped(text) + gzipped("A1,B000000001,oops,900\n"));
  EXPECT_THAT(failure("amazon"),
              EndsWith("Toys.csv.gz:60001: the rating \"oops\" is not a number from 0.5 to 5"));
  EXPECT_EQ(import_dataset("amazon", folder_.path(), {.max_bad = 1}).dataset.interactions.size(), lines);
}

TEST_F(Amazon, ABrokenGzipFileIsAnError) {
  const std::string whole = gzipped(std::string(2000, 'x'));
  folder_.write("Toys.csv.gz", whole.substr(0, whole.size() - 9));
  EXPECT_THAT(failure("amazon"), EndsWith("Toys.csv.gz: the gzip file is truncated"));
  std::string spoilt = whole;
  spoilt[spoilt.size() - 6] ^= 1;
  folder_.write("Toys.csv.gz", spoilt);
  EXPECT_THAT(failure("amazon"), HasSubstr("Toys.csv.gz: the gzip file is broken: incorrect data check"));
  folder_.write("Toys.csv.gz", whole + "rest");
  EXPECT_THAT(failure("amazon"), HasSubstr("Toys.csv.gz: the gzip file is"));
}

TEST_F(Amazon, OneOfSeveralFilesMustBeNamed) {
  folder_.write("meta_Toys.json", R"({"asin": "B000000001", "title": "Dice"})");
  EXPECT_THAT(failure("amazon"), EndsWith("has no CSV or JSON file of interactions"));
  folder_.write("Toys.csv", "AZ1AAAAAAAAAA,B000000001,5.0,7\n");
  folder_.write("Books.csv", "AZ1AAAAAAAAAA,B000000001,5.0,7\n");
  EXPECT_THAT(failure("amazon"),
              HasSubstr("several files that may hold the interactions (Books.csv, Toys.csv)"));
  EXPECT_THAT(titles_of(import("amazon", "Toys.csv")), ElementsAre("Dice"));
  EXPECT_THAT(titles_of(import("amazon", "Books.csv")), ElementsAre("")) << "other metadata are not its";
  EXPECT_THAT(titles_of(import("amazon", "Books.csv", {.items = folder_ / "meta_Toys.json"})),
              ElementsAre("Dice"));
}

TEST_F(Amazon, OfThousandsOfCategoriesTheMostCommonAreGenres) {
  std::string ratings;
  std::string metadata;
  for (int n = 0; n < 100; ++n) {
    const std::string asin = "B0000000" + std::to_string(10 + n);
    ratings += "AZ1AAAAAAAAAA," + asin + ",5.0,7\n";
    metadata +=
        R"({"asin": ")" + asin + R"(", "category": ["Toys", "Common", "Rare )" + std::to_string(n) + "\"]}\n";
  }
  folder_.write("Toys.csv", ratings);
  folder_.write("meta_Toys.json", metadata);
  const Dataset dataset = import("amazon");
  EXPECT_EQ(dataset.catalogue.genre_names.size(), 40);
  EXPECT_EQ(dataset.catalogue.genre_names[0], "Common");
  EXPECT_EQ(dataset.catalogue.genre_names[1], "Rare 0");
  EXPECT_THAT(genres_of(dataset, 99), ElementsAre("Common"));
}

TEST_F(Amazon, ReviewsMayStandInOneArrayOrOverSeveralLines) {
  constexpr const char* kLines =
      "{\"reviewerID\": \"A1\", \"asin\": \"B1\", \"overall\": 5.0, \"unixReviewTime\": 900}\n"
      "{\"reviewerID\": \"A}2\", \"asin\": \"B\\\"2\", \"overall\": 4.0, \"unixReviewTime\": 901, \"x\": "
      "{\"y\": [1]}}\n";
  folder_.write("Toys.json", kLines);
  const Dataset lines = import("amazon");
  for (const std::string text :
       {"[{\"reviewerID\": \"A1\", \"asin\": \"B1\", \"overall\": 5.0, \"unixReviewTime\": "
        "900},{\"reviewerID\": \"A}2\", "
        "\"asin\": \"B\\\"2\", \"overall\": 4.0, \"unixReviewTime\": 901, \"x\": {\"y\": [1]}}]",
        "[\n  {\n    \"reviewerID\": \"A1\",\n    \"asin\": \"B1\",\n    \"overall\": 5,\n    "
        "\"unixReviewTime\": 900\n  },\n"
        "  {\"reviewerID\": \"A}2\", \"asin\": \"B\\\"2\", \"overall\": 4, \"unixReviewTime\": 901}\n]\n",
        "{\"reviewerID\": \"A1\", \"asin\": \"B1\",\n \"overall\": 5, \"unixReviewTime\": 900}\n"
        "{\"reviewerID\": \"A}2\", \"asin\": \"B\\\"2\", \"overall\": 4, \"unixReviewTime\": 901}\n"}) {
    folder_.write("Toys.json", text);
    Dataset other = import("amazon");
    other.provenance = lines.provenance;
    expect_equal(other, lines);
  }
  folder_.write("Toys.json", "[\n{\"reviewerID\": \"A1\", \"asin\": \"B1\", \"overall\": 5,\n");
  EXPECT_THAT(failure("amazon"), EndsWith("Toys.json:2: not JSON: the object is not closed"));
}

}  // namespace
}  // namespace throng
