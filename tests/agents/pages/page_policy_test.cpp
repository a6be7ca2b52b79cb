#include "agents/pages/page_policy.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <gmock/gmock.h>

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
    for (const auto& policy : policies) policy->prepare(dataset_.catalogue);
    // The words are the policies', which go.
    std::vector<ShownItem> shown = arranged(ranking_, request(agent), policies);
    words_.clear();
    for (const ShownItem& item : shown) words_.emplace_back(item.words);
    return shown;
  }
  std::vector<unsigned> items(const Json& policy_list, unsigned agent = 0) const {
    std::vector<unsigned> numbers;
    for (const ShownItem& shown : pages(policy_list, agent))
      numbers.push_back(static_cast<unsigned>(shown.item));
    return numbers;
  }
  PageRequest request(unsigned agent) const {
    return {.agent = AgentId(agent), .mean_ratings = mean_ratings_, .ranked = ranked_, .draws = draws_};
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
  Draws draws_{7};
  mutable std::vector<std::string> words_;
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

TEST_F(PagePolicyTest, OptionsAreCheckedAndSpelledOut) {
  const auto fault_of = [](const char* policy) { return fault(list({Json::parse(policy)})); };
  EXPECT_THAT(fault_of(R"({"kind": "adverts"})"), AllOf(HasSubstr("/0/kind"), HasSubstr("advert, explore")));
  EXPECT_THAT(fault_of(R"({"share": 1})"), HasSubstr("/0/kind: missing"));
  EXPECT_THAT(fault(list({advert(4, 1, 1), explore(2)[0]})), HasSubstr("/1/share: got 2"));
  EXPECT_THAT(fault(list({advert(4, 4, 1)})), AllOf(HasSubstr("/0/page: got 4"), HasSubstr("3")));
  EXPECT_THAT(fault(list({advert(4, 1, 3)})), HasSubstr("/0/position: got 3"));
  EXPECT_THAT(fault_of(R"({"kind": "advert", "item": "4"})"), HasSubstr("/0/words: missing"));
  EXPECT_THAT(fault_of(R"({"kind": "explore", "shares": 1})"), HasSubstr("/0/shares"));
  const Json default_share = list({Json{{"kind", "explore"}}});
  EXPECT_EQ(make_page_policies(default_share, kSession).value()[0]->options(), explore(0.1)[0]);
  PagePolicies unknown = make_page_policies(list({advert(99, 1, 1)}), kSession).value();
  EXPECT_THROW(unknown[0]->prepare(dataset_.catalogue), Failure);
}

}  // namespace
}  // namespace throng
