// What a fit over ranks promises (recsys/recommender/over_ranks.h), checked on each kind that scores by itself.

#include <bit>
#include <cstdint>
#include <optional>
#include <tuple>

#include <gmock/gmock.h>

#include "engine/ranks/failed_elsewhere.h"
#include "recsys/recommender/over_ranks.h"
#include "tests/support/interactions_of.h"
#include "tests/support/recommender_kinds.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using throng::testing::interactions_of;
using throng::testing::learned_by;
using throng::testing::scoring_kinds;

constexpr std::uint32_t kEarlierUsers = 50;
constexpr std::uint32_t kNewUsers = 7;
constexpr std::uint32_t kCatalogue = 60;

/// User u and item i of the same parity, if (i / 2 + 3 (u / 2)) mod 5 is in [first, last).
Interactions part_of_checkerboard(std::uint32_t users, std::uint32_t first, std::uint32_t last) {
  std::vector<std::vector<std::uint32_t>> rows(users);
  for (std::uint32_t user = 0; user < users; ++user) {
    for (std::uint32_t item = user % 2; item < kCatalogue; item += 2) {
      const std::uint32_t place = (item / 2 + 3 * (user / 2)) % 5;
      if (first <= place && place < last) rows[user].push_back(item);
    }
  }
  return interactions_of(kCatalogue, rows);
}

/// Keeps what it is told, with the bits of its numbers.
class Heard : public FitObserver {
 public:
  using Epoch = std::tuple<int, std::uint64_t, std::optional<double>>;

  void on_progress(const FitProgress& progress) override {
    epochs.emplace_back(progress.epoch, std::bit_cast<std::uint64_t>(progress.loss),
                        progress.validation_ndcg);
  }
  std::vector<Epoch> epochs;
};

struct Fitted {
  std::string learned;
  std::vector<std::vector<ItemId>> rankings;
  std::vector<Heard::Epoch> heard;
};

class FitOverRanks : public ::testing::TestWithParam<std::string> {
 protected:
  /// Stops early, if it can.
  static std::unique_ptr<Recommender> make() {
    Json options = make_recommender({{"kind", GetParam()}}).value()->options();
    if (options.contains("max_epochs")) {
      options["max_epochs"] = 6;
      options["eval_every"] = 2;
      options["patience"] = 1;
    }
    return make_recommender(options).value();
  }

  static Fitted fit(Recommender& recommender, std::uint32_t users, FitStart start, Ranks* ranks) {
    const Interactions train = part_of_checkerboard(users, 0, 3);
    const Interactions validation = part_of_checkerboard(users, 3, 4);
    const Interactions test = part_of_checkerboard(users, 4, 5);
    Heard observer;
    fit_over_ranks(
        recommender,
        {.train = train, .validation = &validation, .test = &test, .seed = 3, .start = start, .ranks = ranks},
        observer);
    Fitted fitted{.learned = learned_by(recommender), .heard = observer.epochs};
    std::vector<RankingRequest> requests;
    for (std::uint32_t user = 0; user < users; ++user) requests.push_back({.query = {.user = UserId{user}}});
    const std::vector<ItemId> history{ItemId{1}, ItemId{7}};
    requests.push_back({.query = {.history = history}});
    const Rankings rankings = recommender.rank(requests, 20);
    for (std::size_t n = 0; n < rankings.size(); ++n)
      fitted.rankings.emplace_back(rankings.of(n).begin(), rankings.of(n).end());
    return fitted;
  }

  /// A fit, and another that goes on from there with more users.
  static std::vector<Fitted> fit_twice(Ranks* ranks) {
    const std::unique_ptr<Recommender> recommender = make();
    std::vector<Fitted> rounds;
    rounds.push_back(fit(*recommender, kEarlierUsers, FitStart::cold, ranks));
    rounds.push_back(fit(*recommender, kEarlierUsers + kNewUsers, FitStart::warm, ranks));
    return rounds;
  }
};

TEST_P(FitOverRanks, HasTheBitsOfOneProcessOnEveryRankColdAndWarm) {
  const std::vector<Fitted> alone = fit_twice(nullptr);
  for (const std::size_t count : {1U, 2U, 3U, 7U}) {
    std::vector<std::vector<Fitted>> of_ranks(count);
    ThreadRanks::run(count, [&](Ranks& ranks) { of_ranks[ranks.self()] = fit_twice(&ranks); });
    for (std::size_t rank = 0; rank < count; ++rank) {
      for (std::size_t round = 0; round < alone.size(); ++round) {
        const Fitted& fitted = of_ranks[rank][round];
        EXPECT_TRUE(fitted.learned == alone[round].learned)
            << "rank " << rank << " of " << count << ", round " << round;
        EXPECT_EQ(fitted.rankings, alone[round].rankings)
            << "rank " << rank << " of " << count << ", round " << round;
      }
    }
  }
}

TEST_P(FitOverRanks, TellsTheObserverOfRankZeroAlone) {
  const std::vector<Fitted> alone = fit_twice(nullptr);
  std::vector<std::vector<Fitted>> of_ranks(3);
  ThreadRanks::run(3, [&](Ranks& ranks) { of_ranks[ranks.self()] = fit_twice(&ranks); });
  for (std::size_t round = 0; round < alone.size(); ++round) {
    EXPECT_EQ(of_ranks[0][round].heard, alone[round].heard);
    EXPECT_THAT(of_ranks[1][round].heard, IsEmpty());
    EXPECT_THAT(of_ranks[2][round].heard, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKind, FitOverRanks, ::testing::ValuesIn(scoring_kinds()),
                         [](const auto& kind) { return kind.param; });

/// The kinds that learn in epochs.
class LongFitOverRanks : public FitOverRanks {};

std::vector<std::string> kinds_with_epochs() {
  std::vector<std::string> kinds = scoring_kinds();
  std::erase_if(kinds, [](const std::string& kind) {
    return !make_recommender({{"kind", kind}}).value()->options().contains("max_epochs");
  });
  return kinds;
}

class Interrupting : public FitObserver {
 public:
  void on_progress(const FitProgress& progress) override {
    if (progress.epoch == 2) throw Failure(ErrorKind::stopped, "interrupted");
  }
};

TEST_P(LongFitOverRanks, EndsOnAllRanksWhenTheObserverOfRankZeroThrows) {
  const Interactions train = part_of_checkerboard(kEarlierUsers, 0, 3);
  std::vector<std::string> ended(3);
  ThreadRanks::run(3, [&](Ranks& ranks) {
    const std::unique_ptr<Recommender> recommender = make();
    Interrupting observer;
    try {
      fit_over_ranks(*recommender, {.train = train, .ranks = &ranks}, observer);
    } catch (const FailedElsewhere& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::stopped);
      ended[ranks.self()] = std::string("elsewhere, ") + failure.what();
    } catch (const Failure& failure) {
      ended[ranks.self()] = failure.what();
    }
  });
  EXPECT_THAT(ended,
              ElementsAre("interrupted", "elsewhere, rank 0: interrupted", "elsewhere, rank 0: interrupted"));
}

INSTANTIATE_TEST_SUITE_P(EveryKind, LongFitOverRanks, ::testing::ValuesIn(kinds_with_epochs()),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace throng
