#include "agents/session.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Views the first `viewed_items` items of every page with rating 4 and leaves after page `exit_page`. What it says is not
/// understood in the steps and on the pages that it is told to be unclear about.
class ScriptedMind : public Mind {
 public:
  ScriptedMind(std::size_t viewed_items, std::uint16_t exit_page)
      : viewed_items_(viewed_items), exit_page_(exit_page) {}

  Task<std::optional<Reaction>> react(Actor& /*self*/, const Situation& situation,
                                      std::span<const ShownItem> page) override {
    pages_remembered.push_back(situation.memory.pages().size());
    if (is_unclear(Step::react, situation)) co_return std::nullopt;
    Reaction reaction{.satisfaction = 0.5};
    reaction.aligned.resize(page.size());
    for (std::size_t i = 0; i < std::min(viewed_items_, page.size()); ++i) {
      reaction.aligned[i] = true;
      add_view(reaction.actions, i + 1, 4, Feeling::pleased);
    }
    co_return reaction;
  }
  Task<std::optional<Decision>> decide(Actor& /*self*/, const Situation& situation) override {
    if (is_unclear(Step::decide, situation)) co_return std::nullopt;
    if (situation.found) found_on.push_back(situation.page);
    Decision decision{.satisfaction = 0.5, .fatigue = 0.1, .exits = situation.page == exit_page_};
    if (const auto search = searches.find(situation.page); search != searches.end())
      decision.search = search->second;
    co_return decision;
  }
  Task<std::optional<Reflection>> reflect(Actor& /*self*/, const Situation& situation) override {
    if (!situation.memory.calls_for_reflection({.importance = 6})) co_return std::nullopt;
    co_return Reflection{.satisfaction = 0.25};
  }
  Task<std::optional<Interview>> interview(Actor& /*self*/, const Situation& situation) override {
    interviewed_at = situation.page;
    situation.notes.sayings.push_back(
        {.page = situation.page, .about = Saying::About::interview, .text = "fine"});
    if (is_unclear(Step::interview, situation)) co_return std::nullopt;
    co_return Interview{.score = 9};
  }

  std::vector<std::size_t> pages_remembered;  ///< before each page
  std::uint16_t interviewed_at = 0;           ///< the page of its situation
  std::set<std::pair<Step, std::uint16_t>> unclear;
  std::map<std::uint16_t, std::string> searches;  ///< after which page for what
  std::vector<std::uint16_t> found_on;            ///< pages that it was told have what it searched for

 private:
  bool is_unclear(Step step, const Situation& situation) const {
    if (!unclear.contains({step, situation.page})) return false;
    situation.notes.unusable.push_back({.page = situation.page, .step = step, .reply = "?", .gave_up = true});
    return true;
  }

  std::size_t viewed_items_;
  std::uint16_t exit_page_;
};

SessionRecord run(ScriptedMind& mind, const SessionOptions& options, std::size_t ranked_items,
                  const CatalogueSearch* catalogue = nullptr, bool second_is_advert = false) {
  const Profile profile;
  const std::vector<float> mean_ratings(200, 2.5F);
  const std::string no_words;
  const std::vector<ItemId> met{ItemId(102)};
  const std::vector<std::span<const ItemId>> not_found{met};
  std::vector<ShownItem> items;
  for (std::uint32_t i = 0; i < ranked_items; ++i)
    items.push_back({.item = ItemId(100 - i),
                     .mean_rating = 3.5F,
                     .advert = second_is_advert && i == 1 ? &no_words : nullptr});
  Memory memory;
  SessionRecord record{.agent = AgentId(1), .round = 0};
  Scheduler scheduler(Window{.end = VirtualTime(std::chrono::days(1))});
  const SessionContext context{.options = options,
                               .profile = profile,
                               .items = items,
                               .mind = mind,
                               .catalogue = catalogue,
                               .mean_ratings = mean_ratings,
                               .not_found = not_found};
  scheduler.spawn(AgentId(1), VirtualTime(std::chrono::hours(1)),
                  [&](Actor& self) { return run_session(self, context, memory, record); });
  scheduler.run();
  EXPECT_EQ(scheduler.unfinished(), 0U);
  return record;
}

std::vector<ItemId> shown_on(const PageRecord& page) {
  std::vector<ItemId> items;
  for (const Impression& impression : page.impressions) items.push_back(impression.item);
  return items;
}

TEST(Session, ServesTheRankingPageByPageUntilTheExit) {
  ScriptedMind mind(1, 2);
  const SessionRecord record = run(mind, {.items_per_page = 3, .max_pages = 5}, 20);
  ASSERT_EQ(record.pages.size(), 2U);
  EXPECT_THAT(shown_on(record.pages[0]), ElementsAre(ItemId(100), ItemId(99), ItemId(98)));
  EXPECT_THAT(shown_on(record.pages[1]), ElementsAre(ItemId(97), ItemId(96), ItemId(95)));
  EXPECT_TRUE(record.pages[1].decision->exits);
  EXPECT_EQ(record.interview->score, 9);
  EXPECT_THAT(mind.pages_remembered, ElementsAre(0, 1));
}

TEST(Session, EndsAtTheLastPageAndWhenTheRankingEnds) {
  ScriptedMind mind(1, 99);
  EXPECT_EQ(run(mind, {.items_per_page = 3, .max_pages = 4}, 20).pages.size(), 4U);
  const SessionRecord record = run(mind, {.items_per_page = 3, .max_pages = 4}, 5);
  ASSERT_EQ(record.pages.size(), 2U);
  EXPECT_EQ(record.pages[1].impressions.size(), 2U);
  EXPECT_TRUE(run(mind, {}, 0).pages.empty());
}

// A page takes 20 s and 30 s for each viewed item.
TEST(Session, TakesVirtualTimeForPagesAndViews) {
  ScriptedMind mind(2, 2);
  const SessionRecord record = run(mind, {.items_per_page = 4, .max_pages = 5}, 20);
  EXPECT_EQ(format_time(record.started), "0d 01:00:00");
  EXPECT_EQ(format_time(record.pages[1].shown_at), "0d 01:01:20");
  EXPECT_EQ(format_time(record.ended), "0d 01:02:40");
  EXPECT_LE(record.ended - record.started, longest_session({.items_per_page = 4, .max_pages = 5}));
}

TEST(Session, ReflectsWhenEnoughHasGathered) {
  ScriptedMind mind(3, 99);  // importance 3 a page: after every second page
  const SessionRecord record = run(mind, {.items_per_page = 4, .max_pages = 4}, 20);
  EXPECT_FALSE(record.pages[0].reflection.has_value());
  ASSERT_TRUE(record.pages[1].reflection.has_value());
  EXPECT_DOUBLE_EQ(record.pages[1].reflection->satisfaction, 0.25);
  EXPECT_FALSE(record.pages[2].reflection.has_value());
  EXPECT_TRUE(record.pages[3].reflection.has_value());
}

TEST(Session, GoesOnAfterADegradedPageAndRemembersOnlyWhatTheAgentSaid) {
  ScriptedMind mind(1, 99);
  mind.unclear = {{Step::react, 1}, {Step::decide, 3}};
  const SessionRecord record = run(mind, {.items_per_page = 3, .max_pages = 4}, 20);
  std::vector<bool> degraded;
  for (const PageRecord& page : record.pages) degraded.push_back(page.degraded());
  EXPECT_THAT(degraded, ElementsAre(true, false, true, false));
  EXPECT_THAT(record.pages[0].actions, IsEmpty());
  EXPECT_EQ(count_of(record.pages[2].actions, ActionKind::view), 1U) << "it said so before it became unclear";
  EXPECT_THAT(mind.pages_remembered, ElementsAre(0, 0, 1, 2));
  EXPECT_FALSE(record.abandoned());
  EXPECT_EQ(record.interview->score, 9);
}

TEST(Session, EndsWithoutAnInterviewAfterTwoDegradedPagesInARow) {
  ScriptedMind mind(1, 99);
  mind.unclear = {{Step::decide, 2}, {Step::react, 3}};
  const SessionRecord record = run(mind, {.items_per_page = 3, .max_pages = 5}, 20);
  EXPECT_EQ(record.pages.size(), 3U);
  EXPECT_TRUE(record.abandoned());
  EXPECT_FALSE(record.interview.has_value());
  EXPECT_EQ(mind.interviewed_at, 0);
}

// Whether it leaves, stays to the end, or has seen all there is: its words are about pages that there are.
TEST(Session, PutsTheInterviewOnTheLastPageVisited) {
  for (const auto& [exit_page, items, last] : {std::tuple{2, 20, 2}, {99, 20, 4}, {99, 5, 2}, {99, 0, 0}}) {
    ScriptedMind mind(1, static_cast<std::uint16_t>(exit_page));
    mind.unclear = {{Step::interview, last}, {Step::interview, last + 1}};
    const SessionRecord record =
        run(mind, {.items_per_page = 3, .max_pages = 4}, static_cast<std::size_t>(items));
    ASSERT_EQ(record.notes.sayings.size(), 1U);
    EXPECT_EQ(record.notes.sayings[0].page, last);
    ASSERT_EQ(record.notes.unusable.size(), 1U);
    EXPECT_EQ(record.notes.unusable[0].page, last);
    EXPECT_EQ(mind.interviewed_at, exit_page == 2 ? 2 : last + 1)
        << "the address of its draws is pinned by digests";
  }
}

/// Items 0 to 199, of which 97 to 104 are called "wanted"; the lower the number the more popular.
CatalogueSearch two_hundred_items() {
  Catalogue catalogue;
  std::vector<std::uint32_t> popularity;
  for (unsigned item = 0; item < 200; ++item) {
    catalogue.items.push_back({.title = item >= 97 && item <= 104 ? "wanted" : "other"});
    popularity.push_back(200 - item);
  }
  return {catalogue, popularity};
}

// The ranking is 100, 99, ...; the agent has met 102 before.
TEST(Session, ASearchBringsAPageAndTheRankingGoesOnAfterIt) {
  const CatalogueSearch catalogue = two_hundred_items();
  ScriptedMind mind(1, 99);
  mind.searches = {{1, "wanted"}, {3, "no such thing"}};
  const SessionRecord record = run(mind, {.items_per_page = 2, .max_pages = 4}, 8, &catalogue);
  ASSERT_EQ(record.pages.size(), 4U);
  EXPECT_THAT(shown_on(record.pages[0]), ElementsAre(ItemId(100), ItemId(99)));
  EXPECT_THAT(shown_on(record.pages[1]), ElementsAre(ItemId(97), ItemId(98)))
      << "neither shown nor met before";
  EXPECT_THAT(shown_on(record.pages[2]), ElementsAre(ItemId(96), ItemId(95))) << "without what was found";
  EXPECT_THAT(shown_on(record.pages[3]), ElementsAre(ItemId(94), ItemId(93))) << "nothing was found";
  std::vector<std::string> results;
  for (const PageRecord& page : record.pages) results.push_back(page.results_of);
  EXPECT_THAT(results, ElementsAre("", "wanted", "", ""));
  EXPECT_EQ(record.pages[1].impressions[0].mean_rating, 2.5F);
  EXPECT_THAT(mind.found_on, ElementsAre(2));
}

TEST(Session, TheDigestSeesWhatWasSearchedFor) {
  const CatalogueSearch catalogue = two_hundred_items();
  const auto digest = [&](std::map<std::uint16_t, std::string> searches, const CatalogueSearch* where) {
    ScriptedMind mind(1, 99);
    mind.searches = std::move(searches);
    return run(mind, {.items_per_page = 2, .max_pages = 3}, 8, where).digest;
  };
  const Hash128 none = digest({}, &catalogue);
  EXPECT_EQ(none, digest({}, nullptr)) << "that one could search changes nothing";
  const Hash128 nothing_found = digest({{1, "x"}}, &catalogue);
  EXPECT_NE(nothing_found, none);
  EXPECT_NE(nothing_found, digest({{1, "y"}}, &catalogue));
  EXPECT_NE(digest({{1, "wanted"}}, &catalogue), digest({{1, "wanted"}}, nullptr));
  EXPECT_NE(digest({{3, "wanted"}}, &catalogue), none) << "on the last page it comes to nothing";
}

// Its figures are those of an advert with words, to be compared with.
TEST(Session, AnAdvertWithoutWordsIsKnownAsOne) {
  ScriptedMind mind(1, 2);
  const SessionOptions options{.items_per_page = 2, .max_pages = 3};
  const SessionRecord with = run(mind, options, 8, nullptr, true);
  const SessionRecord without = run(mind, options, 8);
  EXPECT_THAT(with.pages[0].words, ElementsAre(WordsBeside{.position = 2, .text = ""}));
  EXPECT_TRUE(with.pages[1].words.empty());
  EXPECT_EQ(shown_on(with.pages[0]), shown_on(without.pages[0]));
  EXPECT_NE(with.digest, without.digest);
}

TEST(Session, TheDigestSeesWhatTheAgentDid) {
  ScriptedMind one_view(1, 2);
  ScriptedMind two_views(2, 2);
  ScriptedMind stays_longer(1, 3);
  const auto digest = [](ScriptedMind& mind) { return run(mind, {}, 20).digest; };
  EXPECT_EQ(digest(one_view), digest(one_view));
  EXPECT_NE(digest(one_view), digest(two_views));
  EXPECT_NE(digest(one_view), digest(stays_longer));
}

}  // namespace
}  // namespace throng
