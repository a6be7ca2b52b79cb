#include <gmock/gmock.h>

#include "recsys/import/importers.h"
#include "tests/recsys/import/import_support.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

class Steam : public ImportTest {};

TEST(RateByHours, GivesTheFifthOfTheHoursInWhichTheyLie) {
  std::vector<Interaction> rows;
  for (const float hours : {0.1F, 400.0F, 3.0F, 0.0F, 20.0F, 1.0F}) rows.push_back({.rating = hours});
  rate_by_hours(rows);
  std::vector<float> ratings;
  for (const Interaction& row : rows) ratings.push_back(row.rating);
  EXPECT_THAT(ratings, ElementsAre(1, 5, 3, 0.5F, 4, 2));
}

TEST(RateByHours, EqualHoursAreEqualRatingsInTheMiddleOfTheirRanks) {
  std::vector<Interaction> rows(10, {.rating = 2});
  rows.front().rating = 1;  // the other nine take up ranks 1 to 9 of 10
  rate_by_hours(rows);
  EXPECT_EQ(rows.front().rating, 1);
  EXPECT_EQ(rows.back().rating, 3);
}

TEST_F(Steam, PlayHours) {
  folder_.write("hours.csv",
                "user-id,game-title,value,\n7,\"One, Two\",10,1\n7,Solo,0.5,\n9,Solo,3,\n9,Solo,1,\n");
  const Dataset dataset = import("steam");
  EXPECT_EQ(dataset.name, "hours");
  EXPECT_EQ(dataset.ratings_are, "play time");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("7", "9"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("One, Two", "Solo"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(5, 1));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(3)) << "4 hours, between 0.5 and 10";
  EXPECT_EQ(dataset.provenance["repeated"], 1);
  EXPECT_FALSE(dataset.interactions.columns().times);
}

TEST_F(Steam, PlayHoursMayComeAsPurchasesAndPlay) {
  folder_.write("steam.csv", "7,Solo,purchase,1.0,0\n7,Solo,play,2.5,0\n7,Unplayed,purchase,1.0,0\n");
  const Dataset dataset = import("steam");
  EXPECT_THAT(titles_of(dataset), ElementsAre("Solo", "Unplayed"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(3, 0.5F));
}

TEST_F(Steam, PlayHoursFindTheirGamesByTitle) {
  folder_.write("hours.csv", "7,The Quest V Deep,10\n7,Solo,1\n");
  folder_.write(
      "steam_games.json",
      "{u'app_name': u'The Quest V: Deep\xE2\x84\xA2', u'genres': [u'Action', u'RPG'], u'release_date': "
      "u'2011-11-10', u'id': u'72850'}\n"
      "{'title': 'SOLO', 'tags': ['Puzzle'], 'release_date': 'Soon..'}\n");
  const Dataset dataset = import("steam");
  EXPECT_THAT(titles_of(dataset), ElementsAre("The Quest V Deep", "Solo"));
  EXPECT_THAT(genres_of(dataset, 0), ElementsAre("Action", "RPG"));
  EXPECT_THAT(genres_of(dataset, 1), ElementsAre("Puzzle"));
  EXPECT_EQ(dataset.catalogue.items[0].year, 2011);
  EXPECT_EQ(dataset.catalogue.items[1].year, 0);
}

TEST_F(Steam, Reviews) {
  folder_.write(
      "steam_reviews.json.gz",
      gzipped(
          "{u'username': u'Ann\\xe9', u'hours': u'1,024.5', u'product_id': u'10', u'date': u'2017-12-17', "
          "u'text': u\"it's good\"}\n"
          "{u'username': u'Bo', u'user_id': u'76561', u'product_id': u'20', u'date': u'2018-01-01'}\n"));
  folder_.write("steam_games.json.gz",
                gzipped("{u'id': u'20', u'app_name': u'Twenty', u'genres': [u'Indie']}\n"
                        "{u'app_name': u'Nowhere'}\n"));
  const Dataset dataset = import("steam");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("Ann\xC3\xA9", "76561"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("", "Twenty"));
  EXPECT_THAT(dataset.interactions.times_of(UserId(0)), ElementsAre(1513468800));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(3));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(0.5F)) << "no hours are stated";
}

TEST_F(Steam, UsersAndTheirItems) {
  folder_.write(
      "australian_users_items.json",
      "{'user_id': 'a', 'items_count': 2, 'items': [{'item_id': '10', 'item_name': \"Ten's\", "
      "'playtime_forever': 60, 'playtime_2weeks': 0}, {'item_id': '20', 'item_name': 'Twenty', "
      "'playtime_forever': 0}]}\n"
      "{'user_id': 'b', 'items_count': 0, 'items': []}\n"
      "{'user_id': 'c', 'items': [{'item_id': '20', 'item_name': 'Twenty', 'playtime_forever': 6}]}\n");
  const Dataset dataset = import("steam");
  EXPECT_THAT(user_ids_of(dataset), ElementsAre("a", "c"));
  EXPECT_THAT(titles_of(dataset), ElementsAre("Ten's", "Twenty"));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(0)), ElementsAre(4, 0.5F));
  EXPECT_THAT(dataset.interactions.ratings_of(UserId(1)), ElementsAre(2));
}

TEST_F(Steam, UsersAndTheirReviews) {
  folder_.write(
      "australian_user_reviews.json",
      "{'user_id': 'a', 'reviews': [{'item_id': '10', 'recommend': True, 'review': 'x'}, {'item_id': "
      "'20', 'recommend': False, 'review': ''}]}\n");
  EXPECT_THAT(import("steam").interactions.ratings_of(UserId(0)), ElementsAre(5, 1));
}

TEST_F(Steam, NamesTheMalformedLine) {
  folder_.write("hours.csv", "7,Solo,1\n7,Duo,-1\n");
  EXPECT_THAT(failure("steam"), EndsWith("hours.csv:2: the hours \"-1\" are not a number from 0"));
  folder_.write("hours.csv", "7,Solo,1\n7,Duo\n");
  EXPECT_THAT(failure("steam"), EndsWith("hours.csv:2: fewer than 3 fields: user, title, hours"));
  folder_.write("hours.csv", "7,Solo,1\n,Duo,2\n");
  EXPECT_THAT(failure("steam"), EndsWith("hours.csv:2: the user is empty"));
  folder_.write("hours.csv", "{'a': 1}\n");
  EXPECT_THAT(failure("steam"),
              EndsWith("hours.csv:1: there is none of \"items\", \"reviews\" and \"product_id\""));
}

TEST_F(Steam, RealPlayHours) {
  THRONG_NEEDS_REAL_DATA("steam");
  const Dataset dataset = import_dataset("steam", real_data("steam"), {}).dataset;
  EXPECT_EQ(dataset.users.size(), 9'418);
  EXPECT_EQ(dataset.catalogue.size(), 3'600);
  EXPECT_EQ(dataset.interactions.size(), 69'891);
  EXPECT_EQ(dataset.provenance["repeated"], 70'489 - 69'891);
  std::vector<double> fifths(6);
  for (const Interaction& row : dataset.interactions.rows()) ++fifths[static_cast<std::size_t>(row.rating)];
  for (std::size_t rating = 1; rating <= 5; ++rating)
    EXPECT_NEAR(fifths[rating], 69'891 / 5.0, 700) << rating;
  const Dataset core = import_dataset("steam", real_data("steam"), {.k_core = 5}).dataset;
  for (const std::uint32_t count : core.interactions.item_counts()) EXPECT_GE(count, 5);
}

}  // namespace
}  // namespace throng
