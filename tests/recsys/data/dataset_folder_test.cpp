#include "recsys/data/dataset_folder.h"

#include <string>

#include <gmock/gmock.h>

#include "tests/recsys/data/data_support.h"

namespace throng {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

Dataset small_dataset() {
  Dataset dataset;
  dataset.name = "Small \"world\"";
  dataset.item_name = "graphic novel";
  dataset.user_attributes = {"age", "home_town"};
  dataset.provenance = Json{{"kind", "invented"}};
  dataset.catalogue.genre_names = {"Drama", "Sci-Fi"};
  dataset.catalogue.items = {{.external_id = "a 1",
                              .title = "One, Two (1999)",
                              .year = 1999,
                              .genres = {GenreId(1), GenreId(0)},
                              .summary = "He said \"no\".\nTwice.",
                              .mean_rating = 4.25F},
                             {.external_id = "b", .title = "Caf\xC3\xA9"}};
  dataset.users = {
      {.external_id = "x",
       .trait_groups = TraitGroups{.activity = 1, .conformity = 2, .diversity = 3},
       .persona =
           Persona{.taste = "I like | bars", .reason = "because", .high_rating = "", .low_rating = "x"},
       .attributes = {"24", "A, \"B\""}},
      {.external_id = "y", .attributes = {"", "C"}}};
  dataset.interactions = Interactions(2, 2,
                                      {{UserId(1), ItemId(0), 0.5F, -7},
                                       {UserId(0), ItemId(1), 4.5F, 1700000000},
                                       {UserId(0), ItemId(0), 3, 1}},
                                      {.ratings = true, .times = true});
  dataset.given_split = {SplitPart::train, SplitPart::test, SplitPart::validation};
  return dataset;
}

Dataset bare_dataset() {
  Dataset dataset;
  dataset.name = "bare";
  dataset.provenance = Json::object();
  dataset.catalogue.items = {{.external_id = "1"}};
  dataset.users = {{.external_id = "1"}};
  dataset.interactions = Interactions(1, 1, {{UserId(0), ItemId(0)}}, {});
  return dataset;
}

TEST(DatasetFolder, KeepsEverything) {
  const TempFolder folder;
  write_dataset_folder(small_dataset(), folder / "new/small");
  expect_equal(read_dataset_folder(folder / "new/small"), small_dataset());
  expect_equal(load_dataset((folder / "new/small").string()), small_dataset());
  write_dataset_folder(bare_dataset(), folder / "bare/");
  expect_equal(read_dataset_folder(folder / "bare"), bare_dataset());
}

TEST(DatasetFolder, IsWrittenOnlyToANewOrEmptyFolderAndLeavesNothingElse) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "out");
  write_dataset_folder(bare_dataset(), folder / "out");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  EXPECT_THAT(failure_of([&] { write_dataset_folder(small_dataset(), folder / "out"); }, ErrorKind::usage),
              HasSubstr("exists already"));
  expect_equal(read_dataset_folder(folder / "out"), bare_dataset());
}

TEST(DatasetFolder, LeavesNothingBehindIfItCannotBeWritten) {
  const TempFolder folder;
  folder.write("file", "");
  EXPECT_THAT(
      failure_of([&] { write_dataset_folder(bare_dataset(), folder / "file/out"); }, ErrorKind::usage),
      HasSubstr((folder / "file").string() + ": cannot be written"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

/// A folder written by hand, in which every test spoils one file.
class HandWritten : public ::testing::Test {
 protected:
  HandWritten() {
    folder_.write("items.csv", "title,item_id,genres\nUp,1,Drama\nDown,2,\n");
    folder_.write("users.csv", "user_id\nann\nbob\n");
    folder_.write("interactions.csv", "item_id,user_id,rating\n1,ann,4\n2,ann,3.5\n1,bob,5\n");
    folder_.write("dataset.json", R"({"name": "hand", "format": 1, "counts": {"users": 2, "items": 2,
                  "interactions": 3}, "genres": ["Drama"], "provenance": {}})");
  }

  std::string failure_with(const std::string& file, std::string_view text) {
    folder_.write(file, text);
    return failure_of([&] { read_dataset_folder(folder_.path()); });
  }

  TempFolder folder_;
};

TEST_F(HandWritten, ColumnsMayBeInAnyOrderAndAbsent) {
  const Dataset dataset = read_dataset_folder(folder_.path());
  EXPECT_EQ(dataset.catalogue.items[0].title, "Up");
  EXPECT_FALSE(dataset.catalogue.has_summaries());
  EXPECT_EQ(dataset.interactions.ratings_of(UserId(0))[1], 3.5F);
}

TEST_F(HandWritten, RatingsMayBeSomethingElse) {
  EXPECT_EQ(read_dataset_folder(folder_.path()).ratings_are, "");
  const auto description = [](const std::string& words) {
    return R"({"name": "hand", "format": 1, "ratings_are": )" + words +
           R"(, "counts": {"users": 2, "items": 2, "interactions": 3}, "genres": ["Drama"], "provenance": {}})";
  };
  folder_.write("dataset.json", description(R"("play time")"));
  const Dataset dataset = read_dataset_folder(folder_.path());
  EXPECT_EQ(dataset.ratings_are, "play time");
  const TempFolder folder;
  write_dataset_folder(dataset, folder / "out");
  EXPECT_EQ(read_dataset_folder(folder / "out").ratings_are, "play time");
  EXPECT_THAT(failure_with("dataset.json", description(R"("")")), HasSubstr("\"ratings_are\": expected"));
  EXPECT_THAT(failure_with("dataset.json", description("5")), HasSubstr("\"ratings_are\" must be a text"));
}

TEST_F(HandWritten, IdsAreTextsEvenIfTheyLookLikeNumbers) {
  folder_.write("items.csv", "item_id\n01\n1\n");
  folder_.write("users.csv", "user_id\n99999999999\n-1\n");
  folder_.write("interactions.csv", "user_id,item_id\n-1,1\n-1,01\n99999999999,1\n");
  const Dataset dataset = read_dataset_folder(folder_.path());
  EXPECT_EQ(dataset.interactions.items_of(UserId(1)).size(), 2);
  EXPECT_TRUE(dataset.interactions.contains(UserId(0), ItemId(1)));
}

TEST_F(HandWritten, InteractionsAreCheckedLineByLine) {
  const auto failure = [&](std::string_view row) {
    return failure_with("interactions.csv", "user_id,item_id,rating,time,split\nann,1,4,0,train\n" +
                                                std::string(row) + "\nbob,1,5,0,test\n");
  };
  EXPECT_THAT(failure("carl,2,3,0,test"), EndsWith("interactions.csv:3: unknown user_id \"carl\""));
  EXPECT_THAT(failure("ann,3,3,0,test"), EndsWith("interactions.csv:3: unknown item_id \"3\""));
  EXPECT_THAT(failure("ann,1,3,0,test"),
              EndsWith("interactions.csv:3: user \"ann\" and item \"1\" occur together twice"));
  EXPECT_THAT(failure("ann,2,5.5,0,test"), EndsWith(":3: the rating must be a number from 0.5 to 5"));
  EXPECT_THAT(failure("ann,2,,0,test"), EndsWith(":3: the rating must be a number from 0.5 to 5"));
  EXPECT_THAT(failure("ann,2,3,now,test"), EndsWith(":3: the time must be a whole number of seconds"));
  EXPECT_THAT(failure("ann,2,3,0,valid"), EndsWith(":3: the split must be train, validation or test"));
  EXPECT_THAT(failure("ann,2,3,0"), EndsWith(":3: 4 fields, but the header has 5"));
  EXPECT_THAT(failure("ann,\"2,3,0,test"), EndsWith(":3: a quoted field is not closed"));
}

TEST_F(HandWritten, ItemsAreCheckedLineByLine) {
  const auto failure = [&](std::string_view row) {
    return failure_with("items.csv",
                        "item_id,title,year,genres,mean_rating\n1,Up,,,\n" + std::string(row) + "\n");
  };
  EXPECT_THAT(failure("1,Up,,,"), EndsWith("items.csv:3: the item_id \"1\" occurs twice"));
  EXPECT_THAT(failure(",Up,,,"), EndsWith("items.csv:3: the item_id is empty"));
  EXPECT_THAT(failure("2,Up,soon,,"), EndsWith(":3: the year must be a number from 1 to 9999"));
  EXPECT_THAT(failure("2,Up,,Drama|Crime,"), EndsWith(":3: the genre \"Crime\" is not in dataset.json"));
  EXPECT_THAT(failure("2,Up,,Drama|Drama,"), EndsWith(":3: the genre \"Drama\" occurs twice"));
  EXPECT_THAT(failure("2,Up,,,9"), EndsWith(":3: the mean rating must be a number from 0.5 to 5"));
  EXPECT_THAT(failure("2,U\xFFp,,,"), EndsWith(":3: text is not valid UTF-8"));
}

TEST_F(HandWritten, UsersAreCheckedLineByLine) {
  EXPECT_THAT(failure_with("users.csv", "user_id,activity,conformity,diversity\nann,1,2,3\nbob,1,2,4\n"),
              EndsWith("users.csv:3: a trait group must be 1, 2 or 3"));
  EXPECT_THAT(failure_with("users.csv", "user_id,activity,conformity,diversity\nann,,,\nbob,1,,3\n"),
              EndsWith("users.csv:3: a trait group must be 1, 2 or 3"));
  EXPECT_THAT(failure_with("users.csv", "user_id,age\nann,3\n"),
              HasSubstr("users.csv:1: unknown column \"age\""));
}

TEST_F(HandWritten, FilesMustBeThereAndNotEmpty) {
  EXPECT_THAT(failure_with("users.csv", ""), EndsWith("users.csv: is empty; it needs a header line"));
  EXPECT_THAT(failure_with("users.csv", "user_id\n"), EndsWith("users.csv: has no users"));
  std::filesystem::remove(folder_ / "users.csv");
  EXPECT_THAT(failure_of([&] { read_dataset_folder(folder_.path()); }),
              EndsWith("users.csv: there is no such file"));
  EXPECT_THAT(failure_of([&] { read_dataset_folder(folder_ / "nothing"); }),
              EndsWith("nothing: there is no such dataset folder"));
}

TEST_F(HandWritten, TheDescriptionMustBeCompleteAndTrue) {
  const auto failure = [&](std::string_view counts, std::string_view genres = "[\"Drama\"]",
                           std::string_view more = "") {
    return failure_with("dataset.json", "{\"name\": \"hand\", \"format\": 1, \"counts\": " +
                                            std::string(counts) + ", \"genres\": " + std::string(genres) +
                                            ", \"provenance\": {}" + std::string(more) + "}");
  };
  const std::string right = R"({"users": 2, "items": 2, "interactions": 3})";
  EXPECT_THAT(failure(R"({"users": 2, "items": 2, "interactions": 4})"),
              EndsWith("dataset.json: \"counts\" states 4 interactions, but interactions.csv has 3"));
  EXPECT_THAT(failure(R"({"users": 2, "items": 2})"), HasSubstr("\"interactions\" is missing"));
  EXPECT_THAT(failure(R"({"users": -2, "items": 2, "interactions": 3})"),
              HasSubstr("\"users\" must be a count"));
  EXPECT_THAT(failure(right, "[\"Drama\", \"Drama\"]"), HasSubstr("the genre \"Drama\" occurs twice"));
  EXPECT_THAT(failure(right, "[7]"), HasSubstr("every genre must be a text"));
  EXPECT_THAT(failure(right, "[]", ", \"x\": 1"), HasSubstr("unknown key \"x\""));
  EXPECT_THAT(failure_with("dataset.json", "{\"name\": "), HasSubstr("dataset.json:1:"));
  EXPECT_THAT(failure_with("dataset.json", "[]"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(failure_with("dataset.json", "{\"format\": 2}"), HasSubstr("\"format\" must be 1"));
}

}  // namespace
}  // namespace throng
