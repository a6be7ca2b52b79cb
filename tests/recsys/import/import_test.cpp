#include "recsys/import/import.h"

#include <gmock/gmock.h>

#include "recsys/data/dataset_folder.h"
#include "tests/recsys/import/import_support.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

class Import : public ImportTest {
 protected:
  Dataset import(std::string_view kind = "movielens") { return ImportTest::import(kind); }
  std::string failure(std::string_view kind = "movielens") { return ImportTest::failure(kind); }
};

class MovieLens100K : public Import {
 protected:
  MovieLens100K() {
    folder_.write("u.genre", "unknown|0\nComedy|1\nWar|2\n\n");
    folder_.write("u.user", "2|30|F|artist|00000\n10|31|M|other|A1B2C\n");
    folder_.write("u.item",
                  "9|Caf\xE9 War (1971)|01-Jan-1971||http://x|0|1|1\n"
                  "2|unknown||||1|0|0\n"
                  "30|Late (1990) (V)|01-Jan-1990||http://x|0|0|1\n");
    folder_.write("u.data", "10\t9\t4\t900\n2\t9\t5\t901\n10\t2\t1\t902\n");
  }
};

TEST_F(MovieLens100K, IsImportedInTheOrderOfItsIds) {
  const Dataset dataset = import();
  EXPECT_EQ(dataset.name, "MovieLens 100K");
  EXPECT_THAT(titles_of(dataset), ElementsAre("unknown", "Caf\xC3\xA9 War (1971)", "Late (1990) (V)"));
  EXPECT_EQ(dataset.catalogue.items[1].year, 1971);
  EXPECT_EQ(dataset.catalogue.items[2].year, 1990);
  EXPECT_EQ(dataset.catalogue.items[0].year, 0);
  EXPECT_THAT(genres_of(dataset, 0), IsEmpty());
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre("Comedy", "War"));
  EXPECT_EQ(dataset.users[1].external_id, "10");
  EXPECT_EQ(dataset.item_name, "movie");
  EXPECT_THAT(dataset.user_attributes, ElementsAre("age", "gender", "occupation"));
  EXPECT_THAT(dataset.users[0].attributes, ElementsAre("30", "female", "artist"));
  EXPECT_THAT(dataset.users[1].attributes, ElementsAre("31", "male", "")) << "\"other\" says nothing";
  EXPECT_THAT(dataset.interactions.items_of(UserId(1)), ElementsAre(ItemId(0), ItemId(1)));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(1, 4));
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(901));
}

TEST_F(MovieLens100K, NotesWhatItRead) {
  const Json provenance = import().provenance;
  EXPECT_EQ(provenance["kind"], "movielens");
  EXPECT_EQ(provenance["variant"], "100K");
  EXPECT_EQ(provenance["files"][0]["name"], "u.data");
  EXPECT_EQ(provenance["files"][0]["bytes"], 32);
  EXPECT_EQ(provenance["files"][0]["xxh128"].get<std::string>().size(), 32);
  EXPECT_EQ(provenance["skipped"], 0);
  EXPECT_THAT(provenance.dump(), ::testing::Not(HasSubstr(folder_.path().string())));
}

TEST_F(MovieLens100K, MayHaveHeaderLines) {
  const Dataset plain = import();
  folder_.write("u.data",
                "user-id\titem-id\trating\ttimestamp\n10\t9\t4\t900\n2\t9\t5\t901\n10\t2\t1\t902\n");
  folder_.write("u.user", "user-id|age|gender|occupation|zip\n2|30|F|artist|00000\n10|31|M|other|A1B2C\n");
  folder_.write(
      "u.item",
      "movie id|title|date|video|url|unknown|Comedy|War\n9|Caf\xE9 War (1971)||||0|1|1\n2|unknown||||1|0|0\n"
      "30|Late (1990) (V)||||0|0|1\n");
  Dataset headed = import();
  headed.provenance = plain.provenance;
  expect_equal(headed, plain);
}

TEST_F(MovieLens100K, AMalformedFirstLineIsNoHeader) {
  folder_.write("u.data", "x\ty\t4\t900\n10\t9\t4\t900\n");
  EXPECT_THAT(failure(), EndsWith("u.data:1: the user id \"x\" is not a number"));
  folder_.write("u.data", "10\t9\t4\t900\n");
  folder_.write("u.user", "x|30|F|artist|00000\n10|31|M|other|A1B2C\n");
  EXPECT_THAT(failure(), EndsWith("u.user:1: the user id \"x\" is not a number"));
  folder_.write("u.user", "10|31|M|other|A1B2C\n");
  folder_.write("u.item", "x|Late (1990)||||0|1|1\n");
  EXPECT_THAT(failure(), EndsWith("u.item:1: the item id \"x\" is not a number"));
}

TEST_F(MovieLens100K, NamesTheMalformedLine) {
  const auto failure_with = [&](const std::string& line) {
    folder_.write("u.data", "10\t9\t4\t900\n" + line + "\n");
    return failure();
  };
  EXPECT_THAT(failure_with("2\t9\t5"), EndsWith("u.data:2: not 4 fields: user, item, rating, time"));
  EXPECT_THAT(failure_with("2\tnine\t5\t1"), EndsWith("u.data:2: the item id \"nine\" is not a number"));
  EXPECT_THAT(failure_with("2\t9\t6\t1"),
              EndsWith("u.data:2: the rating \"6\" is not a number from 0.5 to 5"));
  EXPECT_THAT(failure_with("2\t9\t5\tnow"),
              EndsWith("u.data:2: the time \"now\" is neither a number nor a date"));
  EXPECT_THAT(failure_with("2\t8\t5\t1"), EndsWith("u.data:2: there is no item 8"));
  EXPECT_THAT(failure_with("3\t9\t5\t1"), EndsWith("u.data:2: there is no user 3"));
  EXPECT_THAT(failure_with("10\t9\t5\t1"), EndsWith("u.data:2: user 10 has rated this item before"));
  folder_.write("u.item", "9|A (1971)||||0|1|1\n9|B (1971)||||0|1|1\n");
  EXPECT_THAT(failure(), EndsWith("u.item:2: the item 9 occurs twice"));
  folder_.write("u.item", "9|A (1971)||||0|1|1\n10|B (1971)||||0|2|1\n");
  EXPECT_THAT(failure(), EndsWith("u.item:2: a genre flag is neither 0 nor 1"));
}

TEST_F(MovieLens100K, SkipsAndCountsAsManyMalformedLinesAsAllowed) {
  folder_.write("u.data", "10\t9\t4\t900\noops\n2\t9\t5\t901\n2\t9\t1\t902\n");
  const Imported imported = import_dataset("movielens", folder_.path(), {.max_bad = 2});
  EXPECT_EQ(imported.dataset.interactions.size(), 2);
  EXPECT_THAT(imported.dataset.interactions.ratings_of(UserId(0)), ElementsAre(5));
  ASSERT_EQ(imported.report.skipped.size(), 2);
  EXPECT_EQ(imported.report.skipped[1].file, "u.data");
  EXPECT_EQ(imported.report.skipped[1].line, 4);
  EXPECT_EQ(imported.dataset.provenance["skipped"], 2);
  EXPECT_EQ(imported.dataset.provenance["options"]["max_bad"], 2);
  EXPECT_THAT(failure_of([&] { import_dataset("movielens", folder_.path(), {.max_bad = 1}); }),
              AllOf(HasSubstr("u.data:4:"), HasSubstr("1 malformed lines were skipped before")));
}

TEST_F(MovieLens100K, FilesMustBeThereAndNotEmpty) {
  folder_.write("u.user", "");
  EXPECT_THAT(failure(), EndsWith("u.user: is empty"));
  folder_.write("u.user", "\n\n");
  EXPECT_THAT(failure(), EndsWith("u.user: has no users"));
  std::filesystem::remove(folder_ / "u.user");
  EXPECT_THAT(failure(), EndsWith("u.user: there is no such file"));
  folder_.write("u.user", "10|31|M|other|A1B2C\n");
  folder_.write("u.data", "user\titem\trating\ttime\n");
  EXPECT_THAT(failure(), EndsWith("u.data: has no ratings"));
}

TEST_F(Import, ReadsMovieLens1M) {
  folder_.write("movies.dat", "2::Zw\xF6lf: Nacht (1988)::Drama|Comedy\r\n1::A::B (1950)\r\n");
  folder_.write("users.dat", "1::F::18::3::11111\r\n7::M::45::4::22222\r\n");
  folder_.write("ratings.dat", "7::2::5::970000001\r\n");
  const Dataset dataset = import();
  EXPECT_EQ(dataset.name, "MovieLens 1M");
  EXPECT_THAT(titles_of(dataset), ElementsAre("A", "Zw\xC3\xB6lf: Nacht (1988)"));
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre("Comedy", "Drama"));
  EXPECT_EQ(dataset.users.size(), 2);
  EXPECT_THAT(dataset.users[0].attributes, ElementsAre("18 to 24", "female", "clerical or admin"));
  EXPECT_THAT(dataset.users[1].attributes, ElementsAre("45 to 49", "male", "college or graduate student"));
  EXPECT_THAT(dataset.interactions.times_of(UserId(1)), ElementsAre(970000001));
  std::filesystem::remove(folder_ / "users.dat");
  EXPECT_EQ(import().name, "MovieLens 1M");
  EXPECT_EQ(import().users.size(), 1) << "those who rated";
  EXPECT_THAT(import().user_attributes, IsEmpty());
  folder_.write("tags.dat", "");  // 10M has this one instead
  EXPECT_EQ(import().name, "MovieLens 10M");
  EXPECT_EQ(import().users.size(), 1);
  folder_.write("movies.dat", "2::Night (1988)\n");
  EXPECT_THAT(failure(), EndsWith("movies.dat:1: not 3 fields: item, title, genres"));
}

TEST_F(Import, ReadsMovieLensAsCsv) {
  folder_.write("movies.csv",
                "movieId,title,genres\n5,\"Night, The (2001)\",Drama|War\n40,\"\"\"Q\"\" (2002)\",(no genres "
                "listed)\n");
  folder_.write("ratings.csv", "userId,movieId,rating,timestamp\n30,5,0.5,7\n4,5,4.0,8\n30,40,3.5,9\n");
  const Dataset dataset = import();
  EXPECT_THAT(titles_of(dataset), ElementsAre("Night, The (2001)", "\"Q\" (2002)"));
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Drama", "War"));
  EXPECT_THAT(genres_of(dataset, 1), IsEmpty());
  EXPECT_EQ(dataset.users[0].external_id, "4");
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(0.5F, 3.5F));

  folder_.write("ratings.csv", "30,5,0.5,7\n");
  EXPECT_THAT(failure(),
              EndsWith("ratings.csv:1: the first line must name the columns userId, movieId and rating"));
  folder_.write("ratings.csv", "userId,movieId,rating,timestamp\n30,5,0.5,7\n30,5,1,8\n");
  EXPECT_THAT(failure(), EndsWith("ratings.csv:3: user 30 has rated this item before"));
}

class MovieLensCopies : public Import {
 protected:
  static constexpr const char* kMovies =
      "movieId,title,genres\n1,\"Film, The (1995)\",Comedy|Drama\n2,Other (1996),\n";
  static constexpr const char* kRatings =
      "userId,movieId,rating,timestamp\n1,1,3.5,1112486027\n2,2,4,1112486028\n";

  void expect_both_ratings() {
    const Dataset dataset = import();
    EXPECT_THAT(titles_of(dataset), ElementsAre("Film, The (1995)", "Other (1996)"));
    EXPECT_THAT(user_ids_of(dataset), ElementsAre("1", "2"));
    EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(3.5F));
    EXPECT_THAT(dataset.interactions.times_of(UserId(1)), ElementsAre(1112486028));
  }
};

TEST_F(MovieLensCopies, OfKaggleHaveOtherNamesQuotedColumnsAndDates) {
  folder_.write("movie.csv",
                "\"movieId\",\"title\",\"genres\"\n1,\"Film, The (1995)\",Comedy\n2,Other (1996),Drama\n");
  folder_.write("rating.csv",
                "\"userId\",\"movieId\",\"rating\",\"timestamp\"\n1,1,3.5,\"2005-04-02 "
                "23:53:47\"\n2,2,4.0,\"2005-04-02 "
                "23:53:48\"\n");
  expect_both_ratings();
}

TEST_F(MovieLensCopies, MayHaveOtherColumnsInAnotherOrder) {
  folder_.write("movies.csv",
                ",genres,Movie_ID,Title,imdb\n0,Comedy,1,\"Film, The (1995)\",7\n1,,2.0,Other (1996),8\n");
  folder_.write("ratings.csv",
                ",timestamp,Rating,user_id,item_id\n0,1112486027,3.5,1.0,1.0\n1,1112486028,4,2.0,2\n");
  expect_both_ratings();
  folder_.write("ratings.csv", "userId,movieId,rating\n1,1,3.5\n2,2,4\n");
  EXPECT_FALSE(import().interactions.columns().times);
  folder_.write("ratings.csv", "userId,movieId,stars\n1,1,3.5\n");
  EXPECT_THAT(failure(),
              EndsWith("ratings.csv:1: the first line must name the columns userId, movieId and rating"));
  folder_.write("ratings.csv", "userId,movieId,rating,timestamp\n1,1,3.5\n");
  EXPECT_THAT(failure(), EndsWith("ratings.csv:2: not 4 fields: user, item, rating, time"));
}

TEST_F(MovieLensCopies, MayBePackedWhateverTheirNames) {
  folder_.write("movies.csv.gz", gzipped(kMovies));
  folder_.write("ratings.csv.gz", gzipped(kRatings));
  expect_both_ratings();
  folder_.write("ratings.csv", gzipped(kRatings));
  expect_both_ratings();
  folder_.write("ratings.csv", "PK\x03\x04");
  EXPECT_THAT(failure(),
              EndsWith("ratings.csv: is a Zip archive (or a NumPy .npz, or a spreadsheet); unpack it first"));
}

TEST_F(MovieLensCopies, AreUnpackedFirstFromWhatIsNoGzip) {
  folder_.write("ml-25m.zip", "PK\x03\x04 ");
  EXPECT_THAT(failure(), EndsWith("; unpack ml-25m.zip first"));
  EXPECT_THAT(failure_of([&] { ImportTest::import("movielens", "ml-25m.zip"); }),
              HasSubstr("is a Zip archive"));
}

TEST_F(MovieLensCopies, MayLieInAFolderOfTheirOwn) {
  folder_.write("ml-latest/ml-latest/movies.csv", kMovies);
  folder_.write("ml-latest/ml-latest/ratings.csv", kRatings);
  expect_both_ratings();
  folder_.write("other/deep/ratings.csv", kRatings);
  EXPECT_THAT(failure(), AllOf(HasSubstr("has several folders that may be meant"), HasSubstr("other/deep")));
}

TEST_F(MovieLensCopies, OfHetRecHaveYearsAndGenresApart) {
  folder_.write("movies.dat",
                "id\ttitle\timdbID\tspanishTitle\timdbPictureURL\tyear\trtID\n2\tOther\t1\tOtra\thttp://"
                "x\t1996\tother\n"
                "1\tCaf\xE9\t2\tEl caf\xE9\thttp://y\t1995\tcafe\n");
  folder_.write("movie_genres.dat", "movieID\tgenre\n1\tComedy\n1\tDrama\n");
  folder_.write(
      "user_ratedmovies.dat",
      "userID\tmovieID\trating\tdate_day\tdate_month\tdate_year\tdate_hour\tdate_minute\tdate_second\n"
      "75\t1\t1\t29\t10\t2006\t23\t17\t6\n75\t2\t4.5\t1\t1\t2007\t0\t0\t0\n");
  const Dataset dataset = import();
  EXPECT_EQ(dataset.name, "MovieLens HetRec");
  EXPECT_THAT(titles_of(dataset), ElementsAre("Caf\xC3\xA9", "Other"));
  EXPECT_EQ(dataset.catalogue.items[1].year, 1996);
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Comedy", "Drama"));
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(1162163826, 1167609600));
  folder_.write("user_ratedmovies-timestamps.dat",
                "userID\tmovieID\trating\ttimestamp\n75\t1\t1\t1162160236000\n75\t2\t4.5\t1162160236000\n");
  EXPECT_THAT(import().interactions.times_of(UserId(0)), ElementsAre(1162160236, 1162160236));
}

TEST_F(Import, IdsMayBeAsLargeAs32Bits) {
  folder_.write("movies.csv", "movieId,title,genres\n4294967295,A,\n5000000,B,\n3,C,\n");
  folder_.write("ratings.csv",
                "userId,movieId,rating,timestamp\n4294967295,3,1,7\n9000000,5000000,2,8\n0,4294967295,3,9\n");
  const Dataset dataset = import();
  EXPECT_THAT(titles_of(dataset), ElementsAre("C", "B", "A"));
  EXPECT_EQ(dataset.users[2].external_id, "4294967295");
  EXPECT_THAT(dataset.interactions.items(), ElementsAre(ItemId(2), ItemId(1), ItemId(0)));
}

class Agent4Rec : public Import {
 protected:
  Agent4Rec() {
    folder_.write("movie_detail.csv",
                  "movie_id,title,genres,rating,summary\n0,Up (1999),Drama|War,4.5,\"Up, and away.\"\n"
                  "1,Down (1950),,2.25,A fall.\n2,Left,War,3,Gone.\n");
    folder_.write("user_statistic.csv", "user_id,activity,diversity,conformity\n0,1,2,3\n1,3,3,1\n");
    folder_.write(
        "all_personas_like_modify.csv",
        "taste,reason,high_rating,low_rating\n\" I enjoy war.|  I like ups. \", Because.,,\nx,y,z,w\n");
    folder_.write("train.txt", "0 2\n1 0 1\n");
    folder_.write("valid.txt", "0 0\n1\n");
    folder_.write("test.txt", "0 1\n");
  }
};

TEST_F(Agent4Rec, IsImportedWithItsSplitTraitsAndPersonas) {
  const Dataset dataset = import("agent4rec");
  EXPECT_THAT(titles_of(dataset), ElementsAre("Up (1999)", "Down (1950)", "Left"));
  EXPECT_EQ(dataset.catalogue.items[1].mean_rating, 2.25F);
  EXPECT_EQ(dataset.catalogue.items[0].summary, "Up, and away.");
  EXPECT_EQ(dataset.users[0].trait_groups, (TraitGroups{.activity = 1, .conformity = 3, .diversity = 2}));
  EXPECT_EQ(dataset.users[0].persona->taste, "I enjoy war.|  I like ups.");
  EXPECT_EQ(dataset.users[0].persona->low_rating, "");
  EXPECT_THAT(dataset.interactions.items_of(UserId(0)), ElementsAre(ItemId(0), ItemId(1), ItemId(2)));
  EXPECT_THAT(dataset.given_split, ElementsAre(SplitPart::validation, SplitPart::test, SplitPart::train,
                                               SplitPart::train, SplitPart::train));
  EXPECT_FALSE(dataset.interactions.columns().ratings);
}

TEST_F(Agent4Rec, NeedsNoPersonasButAsManyAsUsers) {
  std::filesystem::remove(folder_ / "all_personas_like_modify.csv");
  EXPECT_FALSE(import("agent4rec").users[0].persona.has_value());
  folder_.write("all_personas_like_modify.csv", "taste,reason,high_rating,low_rating\na,b,c,d\n");
  EXPECT_THAT(failure("agent4rec"), HasSubstr("has 1 rows, but there are 2 users"));
}

/// The folders of a clone, of which any from the top to the two at the bottom may be named.
TEST_F(Agent4Rec, IsFoundInAClone) {
  const Dataset flat = import("agent4rec");
  const auto move = [&](const std::string& name, const std::string& part) {
    const std::filesystem::path to = folder_ / "clone/datasets/ml-1m" / part;
    std::filesystem::create_directories(to);
    std::filesystem::rename(folder_ / name, to / name);
  };
  for (const char* list : {"train.txt", "valid.txt", "test.txt"}) move(list, "cf_data");
  for (const char* table : {"movie_detail.csv", "user_statistic.csv", "all_personas_like_modify.csv"})
    move(table, "simulation");
  folder_.write("clone/datasets/ml-1m/raw_data/movies.dat", "");
  folder_.write("clone/datasets/steam/cf_data/train.txt",
                "0 1\n");  // of another dataset, without a simulation
  const auto equals_flat = [&](const std::string& source) {
    Dataset dataset = ImportTest::import("agent4rec", source);
    dataset.provenance = flat.provenance;
    expect_equal(dataset, flat);
  };
  for (const char* source :
       {"clone", "clone/datasets", "clone/datasets/ml-1m", "clone/datasets/ml-1m/simulation",
        "clone/datasets/ml-1m/cf_data", "clone/datasets/ml-1m/simulation/"}) {
    SCOPED_TRACE(source);
    equals_flat(source);
  }
  EXPECT_EQ(import_kind_of(folder_ / "clone"), "agent4rec");
  folder_.write("clone/datasets/books/simulation/movie_detail.csv", "movie_id,title,genres,rating,summary\n");
  EXPECT_THAT(
      failure_of([&] { ImportTest::import("agent4rec", "clone"); }),
      AllOf(HasSubstr("several folders"), HasSubstr("ml-1m/simulation"), HasSubstr("books/simulation")));
  equals_flat("clone/datasets/ml-1m");
}

TEST_F(Agent4Rec, MayHaveColumnsOfSomebodysOwn) {
  folder_.write("movie_detail.csv",
                ",movie_id,title,genres,rating,summary\n0,0,Up,,4.5,s\n1,1,Down,,2,s\n2,2,Left,,3,s\n");
  EXPECT_THAT(titles_of(import("agent4rec")), ElementsAre("Up", "Down", "Left"));
}

TEST_F(Agent4Rec, SkipsALineWithAnyWrongItem) {
  folder_.write("test.txt", "0 1 9\n1 2 0\n1 2\n1 x\n5 1\n");
  const Imported imported = import_dataset("agent4rec", folder_.path(), {.max_bad = 9});
  std::vector<std::string> reasons;
  for (const BadLine& bad : imported.report.skipped) reasons.push_back(bad.reason);
  EXPECT_THAT(reasons, ElementsAre("there is no item 9",
                                   "item number 2 of the line is there before, in this file or another",
                                   "\"x\" is not a number", "there is no user 5"));
  EXPECT_THAT(imported.dataset.interactions.items_of(UserId(1)),
              ElementsAre(ItemId(0), ItemId(1), ItemId(2)));
  EXPECT_THAT(failure("agent4rec"), EndsWith("test.txt:1: there is no item 9"));
}

TEST_F(Agent4Rec, TraitsAreOneToThree) {
  folder_.write("user_statistic.csv", "user_id,activity,diversity,conformity\n0,1,2,3\n1,0,3,1\n");
  EXPECT_THAT(failure("agent4rec"), EndsWith("user_statistic.csv:3: a trait group is not 1, 2 or 3"));
}

class LightGcnLists : public Import {
 protected:
  LightGcnLists() {
    folder_.write("train.txt", "7 30 10\n2 20\n");
    folder_.write("test.txt", "7 20\n2\n5 10\n");
  }
};

TEST_F(LightGcnLists, AreImportedWithTheirSplitAsTheyComeWithoutLists) {
  const Dataset dataset = import("lightgcn");
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("30", "10", "20"));
  EXPECT_EQ(dataset.users.size(), 3U);
  EXPECT_EQ(dataset.users[2].external_id, "5");
  EXPECT_THAT(dataset.interactions.items_of(UserId(0)), ElementsAre(ItemId(0), ItemId(1), ItemId(2)));
  EXPECT_THAT(dataset.given_split, ElementsAre(SplitPart::train, SplitPart::train, SplitPart::test,
                                               SplitPart::train, SplitPart::test));
}

TEST_F(LightGcnLists, TakeExternalIdsAndOrderFromAListAndKnowNoOtherNumbers) {
  folder_.write("item_list.txt", "org_id remap_id freebase_id\nA 10 m.1\nB 20 m.2\nC 30 m.3\nD 40 m.4\n");
  folder_.write("valid.txt", "2 40\n");
  const Dataset dataset = import("lightgcn");
  EXPECT_THAT(item_ids_of(dataset), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(dataset.interactions.items_of(UserId(1)), ElementsAre(ItemId(1), ItemId(3)));
  EXPECT_EQ(dataset.given_split[4], SplitPart::validation);
  folder_.write("valid.txt", "2 50\n");
  EXPECT_THAT(failure("lightgcn"), EndsWith("valid.txt:1: there is no item 50"));
}

TEST_F(LightGcnLists, MayBePackedTabbedOrInAFolderBelow) {
  const Dataset plain = import("lightgcn");
  std::filesystem::remove(folder_ / "train.txt");
  std::filesystem::remove(folder_ / "test.txt");
  folder_.write("amazon/train.txt.gz", gzipped("7\t30 10\n2 20 \n"));
  folder_.write("amazon/test.txt", gzipped("7 20\n2\n5 10\n"));
  Dataset packed = import("lightgcn");
  packed.name = plain.name;
  packed.provenance = plain.provenance;
  expect_equal(packed, plain);
}

TEST_F(LightGcnLists, NameWhatIsWrongInAList) {
  folder_.write("item_list.txt", "org_id remap_id\nA 10\nB ten\n");
  EXPECT_THAT(failure("lightgcn"), EndsWith("item_list.txt:3: \"B ten\" is not an id and a number"));
  folder_.write("item_list.txt", "org_id remap_id\nA 10\nB 10\n");
  EXPECT_THAT(failure("lightgcn"), EndsWith("item_list.txt:3: the item 10 occurs twice"));
  folder_.write("item_list.txt", "org_id remap_id\nA 10\nA 20\n");
  EXPECT_THAT(failure("lightgcn"), EndsWith("item_list.txt:3: the id \"A\" occurs twice"));
}

TEST_F(Import, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(failure(),
              HasSubstr("is not a MovieLens dataset: neither it nor a folder in it has one of u.data, "));
  EXPECT_THAT(
      failure_of([&] { import("netflix"); }, ErrorKind::usage),
      EndsWith("there are: movielens, amazon, steam, lightgcn, agent4rec, recbole, triples, json, csv"));
  EXPECT_THAT(failure_of([&] { import_dataset("movielens", folder_ / "none", {}); }),
              EndsWith("none: there is no such file or folder"));
  folder_.write("u.data", "1\t2\t3\t4\n");
  EXPECT_THAT(failure_of([&] { import_dataset("movielens", folder_ / "u.data", {}); }),
              EndsWith("u.data: is a file; movielens is read from its folder"));
}

TEST_F(Import, SaysWhatItemsAreAsTheirNamesTellOrTheUserDoes) {
  std::filesystem::create_directories(folder_ / "amazon-book");
  std::filesystem::create_directories(folder_ / "mine");
  for (const char* name : {"amazon-book", "mine"}) {
    folder_.write(std::string(name) + "/train.txt", "1 2 3\n");
    folder_.write(std::string(name) + "/test.txt", "1 4\n");
  }
  EXPECT_EQ(import_dataset("lightgcn", folder_ / "amazon-book", {}).dataset.item_name, "book");
  EXPECT_EQ(import_dataset("lightgcn", folder_ / "mine", {}).dataset.item_name, "item");
  EXPECT_EQ(import_dataset("lightgcn", folder_ / "mine", {.item_name = "recipe"}).dataset.item_name,
            "recipe");
  folder_.write("Video_Games.csv", "AZ1AAAAAAAAAA,B000000001,5.0,7\n");
  EXPECT_EQ(import_dataset("amazon", folder_ / "Video_Games.csv", {}).dataset.item_name, "game");
  folder_.write("Tools.csv", "AZ1AAAAAAAAAA,B000000001,5.0,7\n");
  EXPECT_EQ(import_dataset("amazon", folder_ / "Tools.csv", {}).dataset.item_name, "product");
  folder_.write("steam.csv", "u,Half-Life,4.5,1\n");
  EXPECT_EQ(import_dataset("steam", folder_ / "steam.csv", {}).dataset.item_name, "game");
  EXPECT_THAT(failure_of([&] { import_dataset("lightgcn", folder_ / "mine", {.item_name = "a\nb"}); },
                         ErrorKind::usage),
              HasSubstr("--item-name \"a b\": expected one word or a few"));
}

TEST_F(Import, RealMovieLens100K) {
  THRONG_NEEDS_REAL_DATA("movielens-100k");
  const Dataset dataset = import_dataset("movielens", real_data("movielens-100k"), {}).dataset;
  EXPECT_EQ(dataset.users.size(), 943);
  EXPECT_EQ(dataset.catalogue.size(), 1682);
  EXPECT_EQ(dataset.interactions.size(), 100'000);
  std::vector<int> histogram(6);
  for (const Interaction& row : dataset.interactions.rows())
    ++histogram[static_cast<std::size_t>(row.rating)];
  EXPECT_THAT(histogram, ElementsAre(0, 6110, 11370, 27145, 34174, 21201));
  EXPECT_EQ(dataset.catalogue.genre_names.size(), 18);
  write_dataset_folder(dataset, folder_ / "out");
  expect_equal(read_dataset_folder(folder_ / "out"), dataset);
}

TEST_F(Import, RealAmazonBook) {
  THRONG_NEEDS_REAL_DATA("amazon-book");
  const Dataset dataset = import_dataset("lightgcn", real_data("amazon-book"), {}).dataset;
  EXPECT_EQ(dataset.name, "amazon-book");
  EXPECT_EQ(dataset.users.size(), 70'679);
  EXPECT_EQ(dataset.catalogue.size(), 24'915);
  EXPECT_EQ(dataset.interactions.size(), 846'434);
  EXPECT_EQ(dataset.catalogue.items[0].external_id, "0553092626");
}

TEST_F(Import, RealAgent4Rec) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  const Dataset dataset = import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset;
  EXPECT_EQ(dataset.users.size(), 1000);
  EXPECT_EQ(dataset.catalogue.size(), 3292);
  std::vector<int> parts(3);
  for (const SplitPart part : dataset.given_split) ++parts[static_cast<std::size_t>(part)];
  EXPECT_THAT(parts, ElementsAre(74'271, 55'486, 55'492));
  write_dataset_folder(dataset, folder_ / "out");
  expect_equal(read_dataset_folder(folder_ / "out"), dataset);
}

}  // namespace
}  // namespace throng
