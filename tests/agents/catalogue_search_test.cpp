#include "agents/pages/catalogue_search.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Catalogue films() {
  Catalogue catalogue{.genre_names = {"Comedy", "Drama", "Sci-Fi"}, .items = {}};
  const auto add = [&](const char* title, const std::vector<unsigned>& genres) {
    Item item{.external_id = title, .title = title};
    for (const unsigned genre : genres) item.genres.push_back(GenreId(genre));
    catalogue.items.push_back(item);
  };
  add("Night of the Long Sea (1990)", {1});
  add("The Sea Comedy (1991)", {0});
  add("Amélie (2001)", {0, 1});
  add("Solaris (1972)", {1, 2});
  add("The Dramatic Exit", {});
  add("A Film (2003)", {});
  return catalogue;
}

class CatalogueSearchTest : public ::testing::Test {
 protected:
  std::vector<ItemId> find(std::string_view query, std::size_t most = 10,
                           std::vector<unsigned> not_shown = {}) const {
    return search_.find(query, most, [&](ItemId item) {
      return std::ranges::find(not_shown, static_cast<unsigned>(item)) == not_shown.end();
    });
  }

  CatalogueSearch search_{films(), std::vector<std::uint32_t>{5, 2, 9, 2, 2, 7}};
};

TEST_F(CatalogueSearchTest, AGenreBringsItsItemsTheMostPopularFirst) {
  EXPECT_THAT(find("Comedy"), ElementsAre(ItemId(2), ItemId(1)));
  EXPECT_THAT(find("sci-fi"), ElementsAre(ItemId(3)));
  EXPECT_THAT(find("some good comedies, like that"), ElementsAre(ItemId(2), ItemId(1)));
  EXPECT_THAT(find("comedy films"), ElementsAre(ItemId(2), ItemId(1)));
}

TEST_F(CatalogueSearchTest, ItemsWithMoreOfTheWordsComeFirst) {
  EXPECT_THAT(find("sea comedy"), ElementsAre(ItemId(1), ItemId(2), ItemId(0)));
  EXPECT_THAT(find("AMELIE"), ElementsAre(ItemId(2))) << "case and accents aside";
  EXPECT_THAT(find("drama"), ElementsAre(ItemId(2), ItemId(0), ItemId(3), ItemId(4)))
      << "by the first letters; ties by id";
}

TEST_F(CatalogueSearchTest, BringsOnlyWhatMayBeShownAndNoMoreThanAsked) {
  EXPECT_THAT(find("drama", 2, {2}), ElementsAre(ItemId(0), ItemId(3)));
  EXPECT_THAT(find("sea comedy", 10, {1, 2}), ElementsAre(ItemId(0)));
}

TEST_F(CatalogueSearchTest, WhatNobodyHasIsNotFound) {
  for (const char* query : {"western", "", "the", "films", "\xFF\xFE", "   "})
    EXPECT_THAT(find(query), IsEmpty()) << query;
}

}  // namespace
}  // namespace throng
