#include "recsys/recommender/over_ranks.h"

#include <numeric>

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "engine/ranks/failed_elsewhere.h"
#include "recsys/models/ials.h"
#include "recsys/recommender/model_file.h"
#include "tests/recsys/recsys_support.h"
#include "tests/support/interactions_of.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pair;
using throng::testing::interactions_of;

std::vector<std::pair<std::size_t, std::size_t>> blocks_of(std::size_t ranks,
                                                           const std::vector<std::uint64_t>& work) {
  std::vector<std::pair<std::size_t, std::size_t>> blocks(ranks);
  ThreadRanks::run(ranks, [&](Ranks& self) {
    const RankBlocks own(&self, work);
    blocks[self.self()] = {own.begin(), own.end()};
  });
  return blocks;
}

TEST(RankBlocks, HaveAboutTheSameWork) {
  EXPECT_THAT(blocks_of(3, {8, 1, 1, 1, 1, 4, 4, 4}), ElementsAre(Pair(0, 1), Pair(1, 6), Pair(6, 8)));
  EXPECT_THAT(blocks_of(2, {1, 1, 1, 1, 100}), ElementsAre(Pair(0, 4), Pair(4, 5)));
  EXPECT_THAT(blocks_of(4, {1, 1}), ElementsAre(Pair(0, 0), Pair(0, 1), Pair(1, 1), Pair(1, 2)));
  EXPECT_THAT(blocks_of(2, {}), ElementsAre(Pair(0, 0), Pair(0, 0)));
}

TEST(RankBlocks, AreOneForAProcessAlone) {
  const RankBlocks blocks(nullptr, 5);
  EXPECT_EQ(blocks.begin(), 0U);
  EXPECT_EQ(blocks.end(), 5U);
  std::vector<int> values{1, 2, 3, 4, 5};
  blocks.exchange(std::span(values));
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5));
}

TEST(RankBlocks, GiveEveryRankWhatTheOthersMade) {
  constexpr std::size_t kElements = 4;  // of 3 values, the last of 1
  constexpr std::size_t kWidth = 3;
  for (const std::size_t count : {1U, 2U, 3U, 6U}) {
    ThreadRanks::run(count, [&](Ranks& ranks) {
      std::vector<int> values(10, -1);
      const RankBlocks blocks(&ranks, kElements);
      for (std::size_t n = blocks.begin() * kWidth; n < std::min(values.size(), blocks.end() * kWidth); ++n)
        values[n] = static_cast<int>(n);
      blocks.exchange(std::span(values), kWidth);
      std::vector<int> expected(10);
      std::iota(expected.begin(), expected.end(), 0);
      EXPECT_EQ(values, expected) << ranks.self() << " of " << count;
    });
  }
}

TEST(RankBlocks, AreSentInPiecesIfTheyAreLong) {
  constexpr std::size_t kElements = (std::size_t{5} << 20U) + 3;
  ThreadRanks::run(2, [&](Ranks& ranks) {
    std::vector<std::uint16_t> values(kElements);  // 10 MiB; rank 0's block is by far the longer one
    const auto value = [](std::size_t n) { return static_cast<std::uint16_t>(n % 65521); };
    const RankBlocks blocks(&ranks, std::vector<std::uint64_t>{1, 1, 1, 1, 100, 96});
    const std::size_t width = kElements / 6 + 1;
    for (std::size_t n = blocks.begin() * width; n < std::min(kElements, blocks.end() * width); ++n)
      values[n] = value(n);
    blocks.exchange(std::span(values), width);
    std::size_t wrong = 0;
    for (std::size_t n = 0; n < kElements; ++n) wrong += values[n] == value(n) ? 0 : 1;
    EXPECT_EQ(wrong, 0U) << ranks.self();
  });
}

/// Learns how many users there are; who fits it, and what fails, a test says.
class UserCount : public Recommender {
 public:
  explicit UserCount(FittedBy by) : by_(by) {}

  std::string_view name() const override { return "user count"; }
  Json options() const override { return {}; }
  FittedBy fitted_by() const override { return by_; }
  void fit(const FitInput& input, FitObserver& /*observer*/) override {
    ++fits;
    EXPECT_EQ(input.ranks, nullptr);
    if (fails) throw Failure(ErrorKind::data, "no users");
    users = input.train.num_users();
  }
  std::size_t num_items() const override { return 1; }
  Rankings rank(std::span<const RankingRequest> requests, std::size_t k) const override {
    return {requests.size(), k};
  }
  void save(ModelWriter& out) const override { out.number(users); }
  void load(ModelReader& in) override {
    if (fails) in.fail("no room");
    users = in.number();
  }

  int fits = 0;
  bool fails = false;
  std::uint64_t users = 0;

 private:
  FittedBy by_;
};

TEST(FitOverRanks, IsDoneByEachRankOrByTheFirstAlone) {
  const Interactions train = interactions_of(1, {{0}, {}, {0}});
  for (const FittedBy by : {FittedBy::each_rank, FittedBy::first_rank}) {
    ThreadRanks::run(3, [&](Ranks& ranks) {
      UserCount recommender(by);
      FitObserver observer;
      fit_over_ranks(recommender, {.train = train, .ranks = &ranks}, observer);
      EXPECT_EQ(recommender.users, 3U);
      EXPECT_EQ(recommender.fits, by == FittedBy::each_rank || ranks.is_first() ? 1 : 0);
    });
  }
}

/// How each of three ranks learns that a fit, or the load of its model, failed on one.
std::vector<std::string> ends_of(FittedBy by, std::size_t failing) {
  const Interactions train = interactions_of(1, {{0}});
  std::vector<std::string> ends(3);
  ThreadRanks::run(3, [&](Ranks& ranks) {
    UserCount recommender(by);
    recommender.fails = ranks.self() == failing;
    FitObserver observer;
    try {
      fit_over_ranks(recommender, {.train = train, .ranks = &ranks}, observer);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      ends[ranks.self()] = failure.what();
    }
  });
  return ends;
}

TEST(FitOverRanks, EndsOnAllRanksWhereverItFails) {
  EXPECT_THAT(ends_of(FittedBy::each_rank, 1),
              ElementsAre("rank 1: no users", "no users", "rank 1: no users"));
  EXPECT_THAT(ends_of(FittedBy::first_rank, 0),
              ElementsAre("no users", "rank 0: no users", "rank 0: no users"));
  const std::string no_room = "what rank 0 has fitted (user count): not a model that can be loaded: no room";
  EXPECT_THAT(ends_of(FittedBy::first_rank, 2),
              ElementsAre("rank 2: " + no_room, "rank 2: " + no_room, no_room));
}

/// Item i has about a (i + 2)-th of the users, and user 7 has everything.
Interactions long_tail(std::uint32_t users, std::uint32_t items) {
  std::vector<std::vector<std::uint32_t>> rows(users);
  for (std::uint32_t user = 0; user < users; ++user) {
    for (std::uint32_t item = 0; item < items; ++item) {
      if ((7 * user + 13 * item) % (item + 2) == 0 || user == 7) rows[user].push_back(item);
    }
  }
  return interactions_of(items, rows);
}

struct IalsEpochs {
  std::vector<double> losses;
  std::vector<float> users;
  std::vector<float> items;
  bool operator==(const IalsEpochs&) const = default;
};

IalsEpochs run_epochs(const BothWays& train, const IalsOptions& options, Ranks* ranks) {
  const auto factors_of = [&](std::size_t rows, std::string_view name) {
    return random_matrix(rows, static_cast<std::size_t>(options.factors), name);
  };
  UserItemFactors factors{.users = factors_of(train.by_user.rows(), "users"),
                          .items = factors_of(train.by_item.rows(), "items")};
  IalsEpochs epochs;
  for (int epoch = 0; epoch < 3; ++epoch)
    epochs.losses.push_back(run_ials_epoch(train, options, factors, ranks));
  epochs.users.assign(factors.users.values().begin(), factors.users.values().end());
  epochs.items.assign(factors.items.values().begin(), factors.items.values().end());
  return epochs;
}

// Rows with fewer entries than factors and with more, solved for exactly and in blocks of factors.
TEST(IalsOverRanks, HasTheFactorsAndLossesOfOneProcessBitByBit) {
  const BothWays train = both_ways(long_tail(300, 200));
  for (const IalsOptions& options :
       {IalsOptions{.factors = 16, .block = 16}, IalsOptions{.factors = 20, .block = 8}}) {
    const IalsEpochs alone = run_epochs(train, options, nullptr);
    for (const std::size_t count : {2U, 3U, 4U, 20U}) {
      std::vector<IalsEpochs> of_ranks(count);
      ThreadRanks::run(count,
                       [&](Ranks& ranks) { of_ranks[ranks.self()] = run_epochs(train, options, &ranks); });
      EXPECT_THAT(of_ranks, Each(alone)) << count << " ranks, " << options.factors << " factors";
    }
  }
}

}  // namespace
}  // namespace throng
