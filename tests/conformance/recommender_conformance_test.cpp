// What every recommender promises (recsys/recommender/recommender.h), checked on each kind that scores by itself.

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/model_file.h"
#include "tests/support/interactions_of.h"
#include "tests/support/recommender_kinds.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::Each;
using ::testing::SizeIs;
using ::testing::Truly;
using throng::testing::checkerboard;
using throng::testing::interactions_of;
using throng::testing::scoring;
using throng::testing::scoring_kinds;

constexpr std::uint32_t kUsers = 50;
constexpr std::uint32_t kItems = 60;
const auto kFinite = Truly([](float score) { return std::isfinite(score); });

std::vector<std::uint32_t> bits_of(std::span<const float> scores) {
  std::vector<std::uint32_t> bits;
  for (const float score : scores) bits.push_back(std::bit_cast<std::uint32_t>(score));
  return bits;
}

class RecommenderConformance : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Recommender> fit(const Interactions& train, std::uint64_t seed = 1) const {
    Json options{{"kind", GetParam()}};
    // What is promised is promised after any number of them.
    if (make_recommender(options).value()->options().contains("max_epochs")) options["max_epochs"] = 20;
    std::unique_ptr<Recommender> recommender = make_recommender(options).value();
    FitObserver observer;
    recommender->fit({.train = train, .seed = seed}, observer);
    return recommender;
  }

  static std::vector<float> scores_of(const Recommender& recommender, const Query& query) {
    ScoreBlock scores(recommender.num_items());
    scoring(recommender).score({&query, 1}, scores);
    return {scores.of(0).begin(), scores.of(0).end()};
  }

  static std::vector<ItemId> rank(const Recommender& recommender, const RankingRequest& request,
                                  std::size_t k) {
    const Rankings rankings = recommender.rank({&request, 1}, k);
    return {rankings.of(0).begin(), rankings.of(0).end()};
  }

  Interactions train_ = checkerboard(kUsers, kItems);
};

TEST_P(RecommenderConformance, SaysItsNameAndItsCatalogue) {
  EXPECT_EQ(fit(train_)->name(), GetParam());
  EXPECT_EQ(fit(train_)->num_items(), kItems);
}

TEST_P(RecommenderConformance, ScoresAreFiniteForUsersAndHistories) {
  const auto recommender = fit(train_);
  const std::vector<ItemId> history{ItemId{1}, ItemId{7}};
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    EXPECT_THAT(scores_of(*recommender, {.user = UserId{user}}), Each(kFinite));
  }
  EXPECT_THAT(scores_of(*recommender, {.history = history}), Each(kFinite));
  EXPECT_THAT(scores_of(*recommender, {}), Each(kFinite));
}

TEST_P(RecommenderConformance, RanksByScoreWithTiesByItem) {
  const auto recommender = fit(train_);
  const std::vector<float> scores = scores_of(*recommender, {.user = UserId{3}});
  std::vector<ItemId> expected;
  for (std::uint32_t item = 0; item < kItems; ++item) expected.push_back(ItemId{item});
  std::ranges::stable_sort(expected, std::ranges::greater{},
                           [&](ItemId item) { return scores[index(item)]; });
  EXPECT_EQ(rank(*recommender, {.query = {.user = UserId{3}}}, kItems), expected);
}

TEST_P(RecommenderConformance, NeverRanksExcludedItemsAndGivesFewerIfFewerAreLeft) {
  const auto recommender = fit(train_);
  const std::vector<ItemId> more{ItemId{1}, ItemId{4}, ItemId{59}};
  const auto seen = train_.items_of(UserId{4});
  std::set<ItemId> excluded(seen.begin(), seen.end());
  excluded.insert(more.begin(), more.end());
  const RankingRequest request{.query = {.user = UserId{4}}, .excluded = {seen, more}};
  const std::vector<ItemId> ranking = rank(*recommender, request, 1000);
  EXPECT_THAT(ranking, SizeIs(kItems - excluded.size()));
  EXPECT_THAT(ranking, Each(Truly([&](ItemId item) { return !excluded.contains(item); })));
  EXPECT_THAT(std::set<ItemId>(ranking.begin(), ranking.end()), SizeIs(ranking.size()));
}

TEST_P(RecommenderConformance, ScoresAUserAloneAsInABatch) {
  const auto recommender = fit(train_);
  const std::vector<ItemId> history{ItemId{1}, ItemId{7}};
  std::vector<Query> batch(ScoreBlock::kQueries);
  for (std::uint32_t n = 0; n < batch.size(); ++n) batch[n].user = UserId{n};
  batch[5] = {.history = history};
  ScoreBlock scores(kItems);
  scoring(*recommender).score(batch, scores);
  for (std::size_t n = 0; n < batch.size(); ++n) {
    EXPECT_EQ(bits_of(scores.of(n)), bits_of(scores_of(*recommender, batch[n]))) << n;
  }
}

TEST_P(RecommenderConformance, GivesTheSameBitsForASeedOnAnyNumberOfThreads) {
  std::vector<std::vector<std::uint32_t>> seen;
  for (const std::size_t threads : {1U, 2U, 2U}) {
    const ThreadLimit limit(threads);
    const auto recommender = fit(train_, 5);
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      const auto bits = bits_of(scores_of(*recommender, {.user = UserId{user}}));
      if (seen.size() < kUsers) seen.push_back(bits);
      EXPECT_EQ(bits, seen[user]) << "user " << user << ", " << threads << " threads";
    }
  }
}

TEST_P(RecommenderConformance, ForgetsWhatItKnewWhenFittedAgain) {
  const auto twice = fit(interactions_of(7, {{1, 2}, {3}, {}}), 9);
  FitObserver observer;
  twice->fit({.train = train_, .seed = 1}, observer);
  EXPECT_EQ(bits_of(scores_of(*twice, {.user = UserId{2}})),
            bits_of(scores_of(*fit(train_), {.user = UserId{2}})));
}

TEST_P(RecommenderConformance, CopesWithEmptyHistoriesAndFullOnes) {
  const auto recommender = fit(interactions_of(4, {{}, {0, 1, 2, 3}, {2}, {}}));
  for (const std::uint32_t user : {0U, 1U, 2U, 3U}) {
    EXPECT_THAT(rank(*recommender, {.query = {.user = UserId{user}}}, 4), SizeIs(4));
  }
  const auto nobody = fit(interactions_of(4, {{}, {}}));
  EXPECT_THAT(scores_of(*nobody, {.user = UserId{0}}), Each(kFinite));
}

TEST_P(RecommenderConformance, CopesWithASingleItem) {
  const auto recommender = fit(interactions_of(1, {{0}, {}}));
  const std::vector<ItemId> history{ItemId{0}};
  EXPECT_THAT(rank(*recommender, {.query = {.user = UserId{0}}}, 5), SizeIs(1));
  EXPECT_THAT(rank(*recommender, {.query = {.history = history}}, 5), SizeIs(1));
  EXPECT_THAT(rank(*recommender, {.query = {.user = UserId{0}}, .excluded = {history}}, 5), SizeIs(0));
}

TEST_P(RecommenderConformance, ScoresTheSameBitsAfterASaveAndALoad) {
  const TempFolder folder;
  const auto fitted = fit(train_);
  save_recommender(*fitted, folder / "model");
  const auto loaded = load_recommender(folder / "model");
  EXPECT_EQ(loaded->options(), fitted->options());
  const std::vector<ItemId> history{ItemId{1}, ItemId{7}};
  for (const Query& query : {Query{.user = UserId{3}}, Query{.history = history}, Query{}}) {
    EXPECT_EQ(bits_of(scores_of(*loaded, query)), bits_of(scores_of(*fitted, query)));
  }
}

TEST_P(RecommenderConformance, GoesOnWarmWithNewUsersWhetherItWasFittedOrLoaded) {
  const TempFolder folder;
  const auto fitted = fit(train_);
  save_recommender(*fitted, folder / "model");
  const auto loaded = load_recommender(folder / "model");
  const Interactions more = checkerboard(kUsers + 4, kItems);
  FitObserver observer;
  fitted->fit({.train = more, .seed = 1, .start = FitStart::warm}, observer);
  loaded->fit({.train = more, .seed = 1, .start = FitStart::warm}, observer);
  for (const std::uint32_t user : {2U, kUsers + 3U}) {
    const Query query{.user = UserId{user}};
    EXPECT_EQ(bits_of(scores_of(*loaded, query)), bits_of(scores_of(*fitted, query)));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKind, RecommenderConformance, ::testing::ValuesIn(scoring_kinds()),
                         [](const auto& kind) { return kind.param; });

/// The recommenders that learn the taste of each user.
class PersonalRecommender : public RecommenderConformance {};

std::vector<std::string> personal_kinds() {
  std::vector<std::string> kinds = scoring_kinds();
  std::erase_if(kinds, [](const std::string& kind) { return kind == "random" || kind == "popularity"; });
  return kinds;
}

/// The share of the first 10 items, but for the user's own, that have the user's parity.
double own_parity_share(const Recommender& recommender, const RankingRequest& request, std::size_t parity) {
  const Rankings rankings = recommender.rank({&request, 1}, 10);
  const auto own =
      std::ranges::count_if(rankings.of(0), [&](ItemId item) { return index(item) % 2 == parity; });
  return static_cast<double>(own) / static_cast<double>(rankings.of(0).size());
}

TEST_P(PersonalRecommender, LearnsACheckerboard) {
  const auto recommender = fit(train_);
  double share = 0;
  for (std::uint32_t n = 0; n < kUsers; ++n) {
    const UserId user{n};
    share +=
        own_parity_share(*recommender, {.query = {.user = user}, .excluded = {train_.items_of(user)}}, n % 2);
  }
  EXPECT_GE(share / kUsers, 0.95);
}

TEST_P(PersonalRecommender, RanksForAnUnseenUserByHistory) {
  const auto recommender = fit(train_);
  for (const std::uint32_t parity : {0U, 1U}) {
    const std::vector<ItemId> history{ItemId{parity}, ItemId{parity + 12}, ItemId{parity + 34}};
    const RankingRequest request{.query = {.history = history}, .excluded = {history}};
    EXPECT_GE(own_parity_share(*recommender, request, parity), 0.9);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKind, PersonalRecommender, ::testing::ValuesIn(personal_kinds()),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace throng
