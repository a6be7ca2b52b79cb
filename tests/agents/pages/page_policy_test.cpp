#include "agents/pages/page_policy.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <gmock/gmock.h>

#include "agents/memory/memory.h"
#include "agents/pages/advert.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// A catalogue of 50 items; the ranking is 10, 11, ... 15, two to a page; item 3 must not be shown.
class PagePolicyTest : public ::testing::Test {
 protected:
  static constexpr SessionOptions kSession{.items_per_page = 2, .max_pages = 3};

  std::vector<ShownItem> pages(const Json& policy_list, unsigned agent = 0) const {
    PagePolicies policies = make_page_policies(policy_list, kSession).value();
    for (const auto& policy : policies) policy->prepare(world());
    // The words are the policies', which go.
    std::vector<ShownItem> shown = arranged(ranking_, request(agent), policies);
    words_.clear();
    adverts_.clear();
    for (const ShownItem& item : shown) {
      words_.push_back(item.advert == nullptr ? "" : *item.advert);
      if (item.advert != nullptr) adverts_.push_back(static_cast<unsigned>(item.item));
    }
    return shown;
  }
  PageWorld world() const {
    return {.catalogue = dataset_.catalogue, .train = train_, .mean_ratings = mean_ratings_};
  }
  std::vector<unsigned> items(const Json& policy_list, unsigned agent = 0) const {
    std::vector<unsigned> numbers;
    for (const ShownItem& shown : pages(policy_list, agent))
      numbers.push_back(static_cast<unsigned>(shown.item));
    return numbers;
  }
  PageRequest request(unsigned agent) const {
    return {.agent = AgentId(agent),
            .mean_ratings = mean_ratings_,
            .ranked = ranked_,
            .draws = draws_,
            .places = places_,
            .history = history_,
            .memory = &memory_};
  }
  static std::string fault(const Json& policy_list) {
    const auto made = make_page_policies(policy_list, kSession);
    return made ? "" : made.error().message;
  }
  static Json list(std::initializer_list<Json> policies) { return Json(Json::array_t(policies)); }
  static Json explore(double share) { return list({Json{{"kind", "explore"}, {"share", share}}}); }
  static Json advert(unsigned item, int page, int position) {
    return {{"kind", "advert"},
            {"item", std::to_string(item)},
            {"words", "Now!"},
            {"page", page},
            {"position", position}};
  }

  Dataset dataset_ = testing::dataset_of(1, 0, std::vector<std::vector<unsigned>>(50), {});
  std::vector<float> mean_ratings_ = std::vector<float>(50, 3.5F);
  std::vector<ItemId> ranking_{ItemId(10), ItemId(11), ItemId(12), ItemId(13), ItemId(14), ItemId(15)};
  std::vector<ItemId> seen_{ItemId(3)};
  RankingRequest ranked_{.excluded = {seen_}};
  std::size_t places_ = 6;
  std::vector<ItemId> history_;
  Memory memory_;
  Interactions train_{1, 50, {}, {}};
  Draws draws_{7};
  mutable std::vector<std::string> words_;
  mutable std::vector<unsigned> adverts_;
};

TEST_F(PagePolicyTest, WithoutOnePagesShowTheRanking) {
  EXPECT_THAT(items(Json::array()), ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_FLOAT_EQ(pages(Json::array())[0].mean_rating, 3.5F);
}

TEST_F(PagePolicyTest, AnAdvertTakesItsPlaceAndTheOthersFollow) {
  EXPECT_THAT(items(list({advert(40, 2, 1)})), ElementsAre(10, 11, 40, 12, 13, 14));
  EXPECT_THAT(words_, ElementsAre("", "", "Now!", "", "", ""));
  EXPECT_THAT(items(list({advert(14, 1, 2)})), ElementsAre(10, 14, 11, 12, 13, 15))
      << "it stands nowhere twice";
  EXPECT_THAT(items(list({advert(11, 3, 2)})), ElementsAre(10, 12, 13, 14, 15, 11));
}

// The control of an advert: the same item at the same place. Placed items are known without their words.
TEST_F(PagePolicyTest, AnAdvertWithoutWordsStandsWhereItStoodWithThem) {
  Json silent = advert(40, 2, 1);
  silent.erase("words");
  EXPECT_EQ(items(list({silent})), items(list({advert(40, 2, 1)})));
  EXPECT_THAT(adverts_, ElementsAre(40));
  items(list({silent}));
  EXPECT_THAT(adverts_, ElementsAre(40));
  EXPECT_THAT(words_, Each(""));
}

TEST_F(PagePolicyTest, AnAdvertOfNoItemIsOfWhatStandsThereAnyway) {
  const Json policy = Json::parse(R"({"kind": "advert", "words": "Now!", "page": [1, 3], "position": 2})");
  EXPECT_THAT(items(list({policy})), ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_THAT(adverts_, ElementsAre(11, 15));
  EXPECT_THAT(words_, ElementsAre("", "Now!", "", "", "", "Now!"));
}

TEST_F(PagePolicyTest, NobodyIsShownAnAdvertForWhatMustNotBeShown) {
  EXPECT_THAT(items(list({advert(3, 1, 1)})), ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_THAT(words_, Each(""));
}

TEST_F(PagePolicyTest, PoliciesGoOnFromWhatTheOnesBeforeMade) {
  EXPECT_THAT(items(list({advert(40, 1, 1), advert(41, 1, 1)})), ElementsAre(41, 40, 10, 11, 12, 13));
  EXPECT_THAT(words_, ElementsAre("Now!", "Now!", "", "", "", ""));
}

// 600 places with probability 0.25: 150 draws, of which 43 of 49 are of items that are not ranked; their standard deviation is 10.
TEST_F(PagePolicyTest, ExplorationGivesItsShareOfPlacesToOtherItems) {
  std::multiset<unsigned> explored;
  for (unsigned agent = 0; agent < 100; ++agent) {
    const std::vector<unsigned> shown = items(explore(0.25), agent);
    EXPECT_THAT(shown, AllOf(SizeIs(6), Not(Contains(3))));
    EXPECT_THAT(std::set(shown.begin(), shown.end()), SizeIs(6)) << "no item stands twice";
    std::ranges::copy_if(shown, std::inserter(explored, explored.end()),
                         [](unsigned item) { return item < 10 || item > 15; });
  }
  EXPECT_NEAR(static_cast<double>(explored.size()), 150.0 * 43 / 49, 40);
  EXPECT_GT(std::set(explored.begin(), explored.end()).size(), 35U) << "drawn from the whole catalogue";
}

TEST_F(PagePolicyTest, ExplorationIsDecidedByTheSeedAndTheAgent) {
  EXPECT_EQ(items(explore(0.5), 1), items(explore(0.5), 1));
  EXPECT_NE(items(explore(0.5), 1), items(explore(0.5), 2));
  EXPECT_THAT(items(explore(0)), ElementsAre(10, 11, 12, 13, 14, 15));
}

TEST_F(PagePolicyTest, WhereAllHasBeenSeenExplorationEnds) {
  for (unsigned item = 0; item < 50; ++item) {
    if (item < 10 || item > 15) seen_.push_back(ItemId(item));
  }
  std::ranges::sort(seen_);
  ranked_.excluded = {seen_};
  const std::vector<unsigned> shown = items(explore(1));
  EXPECT_THAT(shown, Each(AllOf(::testing::Ge(10U), ::testing::Le(15U))));
  EXPECT_THAT(shown, SizeIs(6));
}

// Three to a page would be 6 orders; two are shown first or second half of the time: of 300 pages 150 with deviation 9.
TEST_F(PagePolicyTest, ShufflingLeavesEachPageItsItems) {
  const Json shuffle = list({Json{{"kind", "shuffle"}}});
  int swapped = 0;
  for (unsigned agent = 0; agent < 100; ++agent) {
    const std::vector<unsigned> shown = items(shuffle, agent);
    ASSERT_THAT(shown, SizeIs(6));
    for (std::size_t first = 0; first < shown.size(); first += 2) {
      EXPECT_THAT((std::set{shown[first], shown[first + 1]}), ElementsAre(10 + first, 11 + first));
      if (shown[first] == 11 + first) ++swapped;
    }
  }
  EXPECT_NEAR(swapped, 150, 36);
  EXPECT_EQ(items(shuffle, 7), items(shuffle, 7));
  ranking_.resize(3);
  EXPECT_EQ(items(shuffle)[2], 12U) << "alone on its page";
}

TEST_F(PagePolicyTest, OptionsAreCheckedAndSpelledOut) {
  const auto fault_of = [](const char* policy) { return fault(list({Json::parse(policy)})); };
  EXPECT_THAT(fault_of(R"({"kind": "adverts"})"),
              AllOf(HasSubstr("/0/kind"), HasSubstr("advert, explore, shuffle, mmr")));
  EXPECT_THAT(fault_of(R"({"share": 1})"), HasSubstr("/0/kind: missing"));
  EXPECT_THAT(fault(list({advert(4, 1, 1), explore(2)[0]})), HasSubstr("/1/share: got 2"));
  EXPECT_THAT(fault(list({advert(4, 4, 1)})), AllOf(HasSubstr("/0/page: got 4"), HasSubstr("3")));
  EXPECT_THAT(fault(list({advert(4, 1, 3)})), HasSubstr("/0/position: got 3"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "page": [2, 1]})"), HasSubstr("/0/page: got [2,1]"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "page": []})"), HasSubstr("integer from 1 to 3"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "item": ""})"), HasSubstr("/0/item: got"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "item": "4", "page": [1, 2]})"),
              HasSubstr("/0/item: one item stands at one place"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "item": {"rating": "good"}})"),
              AllOf(HasSubstr("/0/item/rating"), HasSubstr("any, low, high")));
  EXPECT_THAT(fault_of(R"({"kind": "shuffle", "share": 1})"), HasSubstr("/0/share"));
  EXPECT_THAT(fault_of(R"({"kind": "explore", "shares": 1})"), HasSubstr("/0/shares"));
  const Json default_share = list({Json{{"kind", "explore"}}});
  EXPECT_EQ(make_page_policies(default_share, kSession).value()[0]->options(), explore(0.1)[0]);
  PagePolicies unknown = make_page_policies(list({advert(99, 1, 1)}), kSession).value();
  EXPECT_THROW(unknown[0]->prepare(world()), Failure);
  for (
      const char* advert_options :
      {R"({"kind": "advert", "item": "4", "words": "Now!", "page": 2, "position": 1})",
       R"({"kind": "advert", "page": [1, 2], "position": [1, 2]})",
       R"({"kind": "advert", "item": {"popularity": "high", "rating": "any", "at_least": 3}, "page": 1, "position": 1})"}) {
    const Json options = Json::parse(advert_options);
    EXPECT_EQ(make_page_policies(list({options}), kSession).value()[0]->options(), options);
  }
}

// --- Adverts of a class ------------------------------------------------------------------------------------

/// Item n of 50 has n training interactions, and the displayed rating 1 + (7 n mod 50) / 12.5; nobody has rated items 48 and 49. Of at
/// least 18 interactions are 18 to 47: 30 items, thirds of 10.
class AdvertsOfAClass : public PagePolicyTest {
 protected:
  AdvertsOfAClass() {
    std::vector<Interaction> rows;
    for (unsigned item = 0; item < 50; ++item) {
      for (unsigned user = 0; user < item; ++user)
        rows.push_back({.user = UserId(user), .item = ItemId(item)});
      mean_ratings_[item] = item < 48 ? 1 + static_cast<float>(7 * item % 50) / 12.5F : 0;
    }
    train_ = Interactions(50, 50, std::move(rows), {});
  }
  std::vector<unsigned> items_of_class(ItemClass::Third popularity, ItemClass::Third rating) const {
    std::vector<unsigned> numbers;
    for (const ItemId item : items_of({.popularity = popularity, .rating = rating, .at_least = 18}, world()))
      numbers.push_back(static_cast<unsigned>(item));
    return numbers;
  }
};

// By hand: 7 n mod 50 of 18, 19, ... 47 is 26 33 40 47 4 11 18 25 32 39 46 3 10 17 24 31 38 45 2 9 16 23 30 37 44 1 8 15 22 29; the
// ten lowest are 1 to 16, the ten highest 32 to 47.
TEST_F(AdvertsOfAClass, AreOfThirdsByInteractionsAndByRatings) {
  using Third = ItemClass::Third;
  EXPECT_THAT(items_of_class(Third::low, Third::any), ElementsAre(18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  EXPECT_THAT(items_of_class(Third::high, Third::any), ElementsAre(38, 39, 40, 41, 42, 43, 44, 45, 46, 47));
  EXPECT_THAT(items_of_class(Third::any, Third::low), ElementsAre(22, 23, 29, 30, 36, 37, 38, 43, 44, 45));
  EXPECT_THAT(items_of_class(Third::low, Third::high), ElementsAre(19, 20, 21, 26, 27));
  EXPECT_THAT(items_of_class(Third::high, Third::low), ElementsAre(38, 43, 44, 45));
  EXPECT_THAT(items_of_class(Third::any, Third::any), SizeIs(30));
}

TEST_F(AdvertsOfAClass, AreDrawnForEachAgentAndPlace) {
  Json policy = Json::parse(
      R"({"kind": "advert", "item": {"popularity": "high", "rating": "low", "at_least": 18}, "page": [1, 2, 3]})");
  std::multiset<unsigned> drawn;
  for (unsigned agent = 0; agent < 100; ++agent) {
    const std::vector<unsigned> shown = items(list({policy}), agent);
    ASSERT_THAT(adverts_, SizeIs(3));
    EXPECT_THAT(adverts_, ElementsAre(shown[0], shown[2], shown[4]));
    EXPECT_THAT(std::set(shown.begin(), shown.end()), SizeIs(6)) << "no item stands twice";
    drawn.insert(adverts_.begin(), adverts_.end());
    const std::vector<unsigned> silent = adverts_;
    policy["words"] = "Now!";
    EXPECT_EQ(items(list({policy}), agent), shown) << "words move nothing";
    policy.erase("words");
  }
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()), (std::set<unsigned>{38, 43, 44, 45}));
  for (const unsigned item : {38U, 43U, 44U, 45U})
    EXPECT_NEAR(static_cast<double>(drawn.count(item)), 75, 20) << item;
}

TEST_F(AdvertsOfAClass, AgentsWhoHaveSeenThemAllHaveNone) {
  seen_ = {ItemId(38), ItemId(43), ItemId(44)};
  ranked_.excluded = {seen_};
  const Json policy = Json::parse(
      R"({"kind": "advert", "item": {"popularity": "high", "rating": "low", "at_least": 18}, "page": [1, 2]})");
  EXPECT_THAT(items(list({policy})), ElementsAre(45, 10, 11, 12, 13, 14)) << "one is left, for one place";
  EXPECT_THAT(adverts_, ElementsAre(45));
}

TEST_F(AdvertsOfAClass, AClassWithoutItemsIsSaid) {
  PagePolicies none =
      make_page_policies(
          list({Json::parse(R"({"kind": "advert", "item": {"popularity": "low", "at_least": 46}})")}),
          kSession)
          .value();
  try {
    none[0]->prepare(world());
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("/item: no item"), HasSubstr("\"at_least\":46")));
  }
}

// --- Re-ranking --------------------------------------------------------------------------------------------

/// Items 0 and 1 are of genre 0, item 2 of genre 1, item 3 of both, item 4 of none; ranked 0, 1, ... 4; two places.
class Reranking : public PagePolicyTest {
 protected:
  Reranking() {
    dataset_ = testing::dataset_of(3, 2, {{0}, {0}, {1}, {0, 1}, {}},
                                   {{0, 0, 4}, {1, 0, 4}, {2, 0, 4}, {0, 1, 4}, {1, 1, 3}, {0, 2, 5}});
    train_ = dataset_.interactions;
    mean_ratings_.assign(5, 3.5F);
    ranking_ = {ItemId(0), ItemId(1), ItemId(2), ItemId(3), ItemId(4)};
    ranked_.excluded.clear();
    places_ = 2;
  }
};

// After item 0: 1 has 0.5 * 0.8 - 0.5 * 1, 2 has 0.5 * 0.6 - 0, 3 has 0.5 * 0.4 - 0.5 * 0.5, 4 has 0.5 * 0.2 - 0.
TEST_F(Reranking, MaximalMarginalRelevanceAvoidsWhatIsAlike) {
  const auto mmr = [](double lambda) { return list({Json{{"kind", "mmr"}, {"lambda", lambda}}}); };
  EXPECT_THAT(items(mmr(0.5)), ElementsAre(0, 2));
  EXPECT_THAT(items(mmr(1)), ElementsAre(0, 1));
  places_ = 3;  // after 0 and 2 all but item 4 resemble something by a half at least
  EXPECT_THAT(items(mmr(0.1)), ElementsAre(0, 2, 4));
}

// Item 0 has three interactions, 1 two, 2 one, the others none: 4, 3, 2, 0, 0 of 5 items have fewer.
TEST_F(Reranking, APopularityDiscountPrefersTheLessPopular) {
  const auto discount = [](double strength) {
    return list({Json{{"kind", "popularity_discount"}, {"strength", strength}}});
  };
  EXPECT_THAT(items(discount(0)), ElementsAre(0, 1));
  EXPECT_THAT(items(discount(1)), ElementsAre(3, 4)) << "equal ones as ranked";
  // 0.55 * (1, 0.8, 0.6, 0.4, 0.2) - 0.45 * (0.8, 0.6, 0.4, 0, 0) = 0.19, 0.17, 0.15, 0.22, 0.11
  EXPECT_THAT(items(discount(0.45)), ElementsAre(3, 0));
}

TEST_F(Reranking, CalibrationShowsGenresAsTheHistoryHasThem) {
  const auto calibration = [](double lambda) {
    return list({Json{{"kind", "calibration"}, {"lambda", lambda}}});
  };
  history_ = {ItemId(0), ItemId(2)};  // half and half
  EXPECT_THAT(items(calibration(0)), ElementsAre(0, 1));
  EXPECT_THAT(items(calibration(0.99)), ElementsAre(3, 4))
      << "the item of both genres, and one that has none";
  history_ = {ItemId(2)};
  EXPECT_THAT(items(calibration(0.99)), ElementsAre(2, 4)) << "nothing of the other genre";
  history_.clear();
  EXPECT_THAT(items(calibration(0.99)), ElementsAre(0, 1));
}

TEST_F(Reranking, ACapOnRepeatsKeepsBackWhatHasBeenShown) {
  const auto cap = [](int times) { return list({Json{{"kind", "repeat_cap"}, {"times", times}}}); };
  const std::vector<RememberedItem> page{{.item = ItemId(0)}, {.item = ItemId(1)}};
  memory_.remember(RememberedPage{.page = 1}, page);
  EXPECT_THAT(items(cap(1)), ElementsAre(2, 3));
  EXPECT_THAT(items(cap(2)), ElementsAre(0, 1));
  places_ = 4;
  EXPECT_THAT(items(cap(1)), ElementsAre(2, 3, 4, 0)) << "they come last";
}

// What a policy does not look at is there for the next one.
TEST_F(Reranking, APolicyTakesNoCandidatesFromThoseAfterIt) {
  const Json discount{{"kind", "popularity_discount"}, {"strength", 1}};
  EXPECT_THAT(items(list({explore(0)[0], discount})), ElementsAre(3, 4));
  EXPECT_THAT(items(list({Json{{"kind", "mmr"}, {"candidates", 3}}, discount})), ElementsAre(3, 4));
  EXPECT_THAT(items(list({explore(0)[0]})), ElementsAre(0, 1));
}

TEST_F(Reranking, ChoosesFromAsManyAsItSays) {
  const Json three = list({Json{{"kind", "mmr"}, {"lambda", 0}, {"candidates", 3}}});
  EXPECT_THAT(items(three), ElementsAre(0, 2));
  const PagePolicies policies = make_page_policies(three, kSession).value();
  EXPECT_EQ(ranked_for(2, policies), 3U);
  EXPECT_EQ(ranked_for(20, policies), 20U);
  EXPECT_EQ(policies[0]->options(), (Json{{"kind", "mmr"}, {"lambda", 0.0}, {"candidates", 3}}));
  EXPECT_THAT(items(list({Json{{"kind", "mmr"}, {"lambda", 0}}, explore(0)[0]})), ElementsAre(0, 2))
      << "policies chain";
}

}  // namespace
}  // namespace throng
