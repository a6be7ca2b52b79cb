#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "tests/recsys/import/import_support.h"

namespace throng {
namespace {

class RecBole : public ImportTest {
 protected:
  RecBole() {
    folder_.write("ml/ml.inter",
                  "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n"
                  "186\t302\t3.5\t891717742.0\n196\t302\t1\t881251577\n");
    folder_.write(
        "ml/ml.item",
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "242\tKolya\t1996\tComedy Children's\n302\tL.A. Confidential\t1997\tCrime\n7\tNobody's\t\t\n");
    folder_.write("ml/ml.user", "user_id:token\tage:token\n196\t49\n");
  }
};

TEST_F(RecBole, AtomicFilesAreImportedWithTitlesYearsAndGenres) {
  const Dataset dataset = import("recbole");
  EXPECT_EQ(dataset.name, "ml");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("196", "186"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("Kolya", "L.A. Confidential"));
  EXPECT_EQ(dataset.catalogue.items[1].year, 1997);
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Children's", "Comedy"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(3.5F));
  EXPECT_THAT(dataset.interactions.times_of(UserId(1)), ElementsAre(891717742));
  EXPECT_EQ(dataset.provenance["kind"], "recbole");
  EXPECT_EQ(import_kind_of(folder_ / "ml"), "recbole");
  Dataset by_file = import("recbole", "ml/ml.inter");
  by_file.provenance = dataset.provenance;
  expect_equal(by_file, dataset);
}

TEST_F(RecBole, SequencesMayHaveCommas) {
  folder_.write("ml/ml.item",
                "item_id:token\tname:token_seq\tgenre:token_seq\n242\tKimi no Na wa.\tDrama, Slice of "
                "Life\n302\tGintama\t\n");
  EXPECT_THAT(import("recbole").catalogue.genre_names, ElementsAre("Drama", "Slice of Life"));
}

TEST_F(RecBole, NeedsNeitherItemsNorRatingsNorTimes) {
  std::filesystem::remove(folder_ / "ml/ml.item");
  folder_.write("ml/ml.inter", "session_id:token\titem_id:token\n1\t10\n1\t11\n");
  const Dataset dataset = import("recbole");
  EXPECT_EQ(dataset.interactions.size(), 2);
  EXPECT_FALSE(dataset.interactions.columns().ratings);
  EXPECT_FALSE(dataset.catalogue.has_titles());
}

TEST_F(RecBole, SaysWhatIsWrong) {
  folder_.write("ml/ml.inter", "user_id:token\trating:float\n1\t10\n");
  EXPECT_THAT(
      failure("recbole"),
      EndsWith("ml.inter: has no column item_id or item or iid (there are: user_id:token, rating:float)"));
  folder_.write("ml/ml.inter", "1\t10\n");
  EXPECT_THAT(failure("recbole"), HasSubstr("has no header of names and types"));
  folder_.write("ml/ml.inter", "user_id:token\titem_id:token\trating:float\n1\t10\t9\n");
  EXPECT_THAT(failure("recbole"), EndsWith("ml.inter:2: the rating \"9\" is not a number from 0.5 to 5"));
  EXPECT_THAT(import("recbole", "", {.csv = {.rating_range = {.low = 1, .high = 10}}}).interactions.size(),
              1);
  folder_.write("ml/ml.train.inter", "user_id:token\titem_id:token\n1\t10\n");
  EXPECT_THAT(failure("recbole"), AllOf(HasSubstr("has several .inter files"), HasSubstr("ml.train.inter")));
}

class Triples : public ImportTest {
 protected:
  Dataset import_text(const std::string& text) {
    folder_.write("ratings.txt", text);
    return import("triples", "ratings.txt");
  }
};

/// LibRec (blanks), Cornac and NCF (tabs), Surprise and MyMediaLite (any), MovieLens (::).
TEST_F(Triples, HaveWhateverSeparates) {
  const Dataset blanks = import_text("1 10 2\n1 11 4.5\n2  10 1 \n");
  EXPECT_THAT(user_ids_of(blanks), ElementsAre("1", "2"));
  EXPECT_THAT(blanks.interactions.ratings_of(UserId(0)), ElementsAre(2, 4.5F));
  EXPECT_FALSE(blanks.interactions.columns().times);
  for (const char* text :
       {"1\t10\t2\n1\t11\t4.5\n2\t10\t1\n", "1,10,2\n1,11,4.5\n2,10,1\n", "1;10;2\n1;11;4.5\n2;10;1\n",
        "1::10::2\n1::11::4.5\n2::10::1\n", "userId,itemId,rating\n1,10,2\n1,11,4.5\n2,10,1\n",
        "u i r\n1 10 2\n1 11 4.5\n2 10 1\n"}) {
    SCOPED_TRACE(text);
    Dataset other = import_text(text);
    other.provenance = blanks.provenance;
    expect_equal(other, blanks);
  }
}

TEST_F(Triples, MayLackRatingsAndHaveTimes) {
  EXPECT_FALSE(import_text("a x\na y\n").interactions.columns().ratings);
  EXPECT_THAT(import_text("a\tx\t4\t964982703\na\ty\t5\t964982704\n").interactions.times_of(UserId(0)),
              ElementsAre(964982703, 964982704));
  EXPECT_THAT(import_text("a\tx\t4\t964982703\n").interactions.times_of(UserId(0)), ElementsAre(964982703));
  folder_.write("ratings.txt", "a x 4 964982703\na y 5 soon\n");
  EXPECT_THAT(failure("triples", "ratings.txt"), HasSubstr("ratings.txt:2: the time \"soon\" is neither"));
  folder_.write("ratings.txt", "one\ntwo\n");
  EXPECT_THAT(failure("triples", "ratings.txt"), HasSubstr("has no rows of user, item, rating and time"));
}

class JsonRecords : public ImportTest {
 protected:
  static CsvFormat format() {
    return {.user = "user.id",
            .item = "book",
            .rating = "stars",
            .time = "at",
            .title = "name",
            .genres = "tags"};
  }
};

TEST_F(JsonRecords, AreImportedByTheirKeys) {
  folder_.write(
      "a.jsonl",
      R"json({"user": {"id": 7.0}, "book": "b1", "stars": 4, "at": "2014-07-31T23:59:01+08:00", "name": "A (1999)", "tags": ["x", "y"]}
{"user": {"id": 8}, "book": 10.0, "stars": "3.5", "at": {"$date": 1406822341000}, "name": null, "tags": "y|z", "more": 1}
)json");
  const Dataset dataset = import("json", "a.jsonl", {.csv = format()});
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("7", "8"));
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("b1", "10"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("A (1999)", ""));
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre("y", "z"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(3.5F));
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(1406822341));
  EXPECT_THAT(dataset.interactions.times_of(UserId(1)), ElementsAre(1406822341));
  EXPECT_EQ(dataset.provenance["kind"], "json");
  CsvFormat wrong = format();
  wrong.user = "user";
  EXPECT_THAT(
      failure_of([&] { import("json", "a.jsonl", {.csv = wrong}); }, ErrorKind::usage),
      EndsWith("a.jsonl: there is no key \"user\"; there are: user.id, book, stars, at, name, tags, more"));
}

TEST_F(JsonRecords, MayBeDescribedByAnotherFileOfEitherForm) {
  folder_.write("data/a.json", R"([{"u": 1, "i": 10}, {"u": 2, "i": 11}, {"u": 3}])");
  folder_.write("items.csv", "id,title\n10,Heat\n11,Casino\n");
  folder_.write("items.jsonl",
                "{\"id\": \"10\", \"title\": \"Heat\"}\n{\"id\": \"11\", \"title\": \"Casino\"}\n");
  for (const char* items : {"items.csv", "items.jsonl"}) {
    const ImportOptions options{.max_bad = 1,
                                .items = folder_ / items,
                                .csv = {.user = "u", .item = "i", .title = "title", .items_id = "id"}};
    const Imported imported = import_dataset("json", folder_ / "data", options);
    EXPECT_THAT(titles_of(imported.dataset), ElementsAre("Heat", "Casino"));
    ASSERT_EQ(imported.report.skipped.size(), 1U);
    EXPECT_EQ(imported.report.skipped[0].reason, "the item is empty");
  }
}

}  // namespace
}  // namespace throng
