#include "scenarios/causal/item_variables.h"

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using testing::session_of;

/// Of item `item`: exposures, views, sum of ratings.
std::vector<std::size_t> counts(const ObservedItem& item) {
  return {item.exposures, item.views, item.ratings};
}

using Counts = std::vector<std::size_t>;

TEST(ObservedItems, CountWhatAgentsViewed) {
  std::vector<ObservedItem> items(4);
  observe(session_of(0, {{{0, 0}, {1, 5}, {2, 3}}, {{3, 0}, {1, 2}}}, 5), Assignment::stated, items);
  EXPECT_EQ(counts(items[0]), (Counts{1, 0, 0}));
  EXPECT_EQ(counts(items[1]), (Counts{2, 2, 7}));
  EXPECT_EQ(counts(items[2]), (Counts{1, 1, 3}));
  EXPECT_EQ(counts(items[3]), (Counts{1, 0, 0}));
}

TEST(ObservedItems, ByPlaceGoToThePagesFirstItems) {
  std::vector<ObservedItem> items(4);
  observe(session_of(0, {{{0, 0}, {1, 5}, {2, 3}}, {{3, 0}, {1, 2}}}, 5), Assignment::by_place, items);
  EXPECT_EQ(counts(items[0]), (Counts{1, 1, 5}));
  EXPECT_EQ(counts(items[1]), (Counts{2, 1, 3}));
  EXPECT_EQ(counts(items[2]), (Counts{1, 0, 0}));
  EXPECT_EQ(counts(items[3]), (Counts{1, 1, 2}));
}

TEST(ObservedItems, LeaveOutDegradedPagesAndSearches) {
  std::vector<ObservedItem> items(3);
  SessionRecord session = session_of(0, {{{0, 5}}, {{1, 5}}, {{2, 5}}}, 5);
  session.pages[0].decision.reset();
  session.pages[1].results_of = "sea";
  observe(session, Assignment::stated, items);
  EXPECT_EQ(counts(items[0]), (Counts{0, 0, 0}));
  EXPECT_EQ(counts(items[1]), (Counts{0, 0, 0}));
  EXPECT_EQ(counts(items[2]), (Counts{1, 1, 5}));
}

TEST(ObservedItems, OfARunAreThoseOfItsReports) {
  const TempFolder folder;
  testing::write_small_run(folder);
  const RunReader run(folder.path());
  const std::vector<ObservedItem> items = observed_items(run, Assignment::stated);
  const std::vector<ItemFigures> figures = run.items();
  ASSERT_EQ(items.size(), figures.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(items[i].id, figures[i].external_id);
    EXPECT_EQ(items[i].quality, figures[i].mean_rating);
    EXPECT_EQ(items[i].popularity, figures[i].interactions);
    EXPECT_EQ(items[i].exposures, figures[i].shown);
    EXPECT_EQ(items[i].views, figures[i].viewed);
    if (items[i].views > 0) {
      EXPECT_EQ(variable_named("rating")->of(items[i]), figures[i].given_rating);
    }
  }
  EXPECT_EQ(counts(items[0]), (Counts{2, 1, 5}));
}

TEST(ObservedItems, OfTranscriptsAreThoseOfTheRecord) {
  Dataset dataset = testing::three_items();
  dataset.catalogue.items[0].title = "Harbour, The (1988)";
  dataset.catalogue.items[1].title = "Paper Moon Rising (2003)";
  const TempFolder folder;
  folder.write(
      "t.jsonl",
      R"({"agent": 0, "pages": [{"recommended": [0, 1], "decision": "[EXIT]", "reaction": )"
      R"("MOVIE: The Harbour; ALIGN: No; REASON: a\nMOVIE: Paper Moon Rising; ALIGN: Yes; REASON: b\n)"
      R"(NUM: 1; WATCH: Paper Moon Rising; REASON: c\nMOVIE: Paper Moon Rising; RATING: 4; FEELING: d"}]})"
      "\n");
  const std::vector<ObservedItem> stated = observed_items(folder / "t.jsonl", dataset, Assignment::stated);
  EXPECT_EQ(counts(stated[0]), (Counts{1, 0, 0}));
  EXPECT_EQ(counts(stated[1]), (Counts{1, 1, 4}));
  EXPECT_EQ(counts(stated[2]), (Counts{0, 0, 0}));
  EXPECT_EQ(stated[0].popularity, 2U);
  EXPECT_DOUBLE_EQ(stated[0].quality.value(), 4.5);
  EXPECT_EQ(stated[2].quality, std::nullopt) << "nobody has rated it";
  const std::vector<ObservedItem> by_place =
      observed_items(folder / "t.jsonl", dataset, Assignment::by_place);
  EXPECT_EQ(counts(by_place[0]), (Counts{1, 1, 4}));
  EXPECT_EQ(counts(by_place[1]), (Counts{1, 0, 0}));
}

TEST(ItemVariables, HaveNoValueWhereNothingHappened) {
  const ObservedItem unseen;
  EXPECT_EQ(variable_named("quality")->of(unseen), std::nullopt);
  EXPECT_EQ(variable_named("rating")->of(unseen), std::nullopt);
  EXPECT_EQ(variable_named("view_share")->of(unseen), std::nullopt);
  EXPECT_EQ(variable_named("popularity")->of(unseen), 0);
  const ObservedItem seen{.quality = 4.2, .popularity = 3, .exposures = 8, .views = 2, .ratings = 9};
  EXPECT_EQ(variable_named("quality")->of(seen), 4.2);
  EXPECT_EQ(variable_named("exposure")->of(seen), 8);
  EXPECT_EQ(variable_named("views")->of(seen), 2);
  EXPECT_EQ(variable_named("view_share")->of(seen), 0.25);
  EXPECT_EQ(variable_named("rating")->of(seen), 4.5);
  EXPECT_EQ(variable_named("luck"), nullptr);
}

}  // namespace
}  // namespace throng
