#include "llm/budget.h"

#include <cmath>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "llm/budget_log.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace throng::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Spending spending(std::int64_t tokens, double dollars = 0) { return {tokens, Money::from_dollars(dollars)}; }

TEST(Budget, ReservationsInFlightCount) {
  Budget budget({.tokens = 1000});
  EXPECT_EQ(budget.reserve(1, spending(600)), BudgetAnswer::granted);
  EXPECT_EQ(budget.reserve(2, spending(600)), BudgetAnswer::wait) << "the first may turn out cheaper";
  budget.settle(1, spending(100));
  EXPECT_EQ(budget.reserve(2, spending(600)), BudgetAnswer::granted);
  budget.settle(2, spending(600));
  EXPECT_EQ(budget.reserve(3, spending(301)), BudgetAnswer::exhausted);
  EXPECT_EQ(budget.reserve(3, spending(300)), BudgetAnswer::granted) << "to the last token";
}

TEST(Budget, MoneyCountsToo) {
  Budget budget({.money = Money::from_dollars(1)});
  EXPECT_EQ(budget.reserve(1, spending(1'000'000'000, 0.75)), BudgetAnswer::granted);
  EXPECT_EQ(budget.reserve(2, spending(1, 0.75)), BudgetAnswer::wait);
  EXPECT_EQ(budget.reserve(2, spending(1, 1.01)), BudgetAnswer::exhausted);
  budget.release(1);
  EXPECT_EQ(budget.reserve(2, spending(1, 0.75)), BudgetAnswer::granted);
}

TEST(Budget, WithoutLimitsEverythingIsGranted) {
  Budget budget({});
  for (Budget::CallId id = 0; id < 100; ++id)
    EXPECT_EQ(budget.reserve(id, spending(1'000'000'000'000'000'000, 9e6)), BudgetAnswer::granted);
}

TEST(Budget, TheStopIsResumableAndSaysWhatWasSpent) {
  BudgetBooks books;
  books.add(spending(600, 12.5));
  books.reserve(1, spending(300, 7));
  books.end_process();
  const Error stop = Budget({.tokens = 1000, .money = Money::from_dollars(20)}, books).stop();
  EXPECT_EQ(stop.kind, ErrorKind::stopped);
  EXPECT_THAT(
      stop.message,
      AllOf(HasSubstr("900 of 1000 tokens"), HasSubstr("19.50 of 20.00 USD"),
            HasSubstr("300 tokens and 7.00 USD may have been billed for calls that were broken off (1)"),
            HasSubstr("--set budget.tokens=2000"), HasSubstr("--set budget.usd=40.00")));
}

TEST(Budget, WhatNobodyCountsIsHeldUntilMoreIsKnown) {
  Budget budget({.tokens = 1000});
  budget.reserve(1, spending(600));
  budget.settle_at_most(1, spending(500));
  EXPECT_EQ(budget.spent(), spending(500));
  EXPECT_EQ(budget.reserve(2, spending(501)), BudgetAnswer::exhausted);
  budget.settle_at_most(1, spending(300));
  EXPECT_EQ(budget.reserve(2, spending(501)), BudgetAnswer::granted);
}

/// Calls cost what a skewed draw says, a tenth of their most in the mean, and every other one is never counted.
TEST(Budget, ABetIsLostNoMoreOftenThanItsRiskAndBuysMore) {
  std::mt19937_64 random(7);
  const auto uniform = [&] { return std::uniform_real_distribution<>()(random); };
  constexpr double kRisk = 0.05;
  constexpr int kWorlds = 300;
  int lost = 0;
  double bought_by_betting = 0;
  double bought = 0;
  for (int world = 0; world < 2 * kWorlds; ++world) {
    const bool bets = world % 2 == 0;
    const Spending limit{400'000, Money{}};
    Budget budget({.tokens = limit.tokens, .risk = bets ? kRisk : 0});
    std::int64_t billed = 0;
    std::int64_t counted = 0;
    Budget::CallId id = 0;
    while (budget.reserve(++id, spending(1000)) == BudgetAnswer::granted) {
      const auto cost = static_cast<std::int64_t>(1000 * std::pow(uniform(), 9));
      billed += cost;
      if (uniform() < 0.5) {
        budget.settle(id, spending(cost));
        ++counted;
      } else {
        budget.settle_at_most(id, spending(1000));
      }
    }
    if (bets) {
      lost += billed > limit.tokens ? 1 : 0;
    } else {
      EXPECT_LE(billed, limit.tokens);
    }
    (bets ? bought_by_betting : bought) += static_cast<double>(counted) / kWorlds;
  }
  EXPECT_LE(lost, kRisk * kWorlds);
  EXPECT_GT(bought_by_betting, 2.5 * bought);
}

TEST(Budget, FreeCallsAreNoEvidenceOfWhatPaidOnesCost) {
  Budget budget({.money = Money::from_dollars(1), .risk = 0.5});
  for (Budget::CallId id = 0; id < 1000; ++id) {
    budget.reserve(id, spending(100, 0));
    budget.settle(id, spending(10, 0));
  }
  budget.reserve(1000, spending(100, 0.75));
  budget.settle_at_most(1000, spending(100, 0.75));
  EXPECT_EQ(budget.spent().money, Money::from_dollars(0.75));
}

TEST(Budget, ABetWithoutEvidenceIsNoBet) {
  Budget budget({.tokens = 1000, .risk = 0.5});
  budget.reserve(1, spending(600));
  budget.settle_at_most(1, spending(600));
  EXPECT_EQ(budget.reserve(2, spending(401)), BudgetAnswer::exhausted);
}

TEST(Budget, IsNeverExceededWhateverHappens) {
  std::mt19937_64 random(1);
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  for (int world = 0; world < 50; ++world) {
    const Spending most{5000, Money{7000}};
    Budget budget({.tokens = most.tokens, .money = most.money});
    std::map<Budget::CallId, Spending> in_flight;
    Spending really;
    for (Budget::CallId id = 0; id < 2000; ++id) {
      const Spending wanted{1 + below(300), Money{1 + below(400)}};
      if (budget.reserve(id, wanted) == BudgetAnswer::granted) in_flight[id] = wanted;
      if (in_flight.empty() || below(2) == 0) continue;
      const auto call = in_flight.begin();
      const Spending used{below(call->second.tokens + 1), Money{below(call->second.money.pico + 1)}};
      budget.settle(call->first, used);
      really += used;
      in_flight.erase(call);
      Spending worst = really;
      for (const auto& [other, reserved] : in_flight) worst += reserved;
      ASSERT_LE(worst.tokens, most.tokens);
      ASSERT_LE(worst.money, most.money);
      ASSERT_EQ(budget.spent(), really);
    }
  }
}

TEST(BudgetLog, AKilledProcessLeavesWhatItMayHaveSpent) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  const pid_t child = fork();
  if (child == 0) {
    BudgetLog log(path);
    (void)log.reserve(1, spending(100, 0.5));
    (void)log.reserve(2, spending(200, 0.25));
    log.settle(1, spending(60, 0.125));
    _exit(0);  // nothing is closed or flushed
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const BudgetLog log(path, Durability::power_loss);
  EXPECT_EQ(log.books().counted(), spending(60, 0.125));
  EXPECT_EQ(log.books().uncounted().most, spending(200, 0.25));
  EXPECT_EQ(log.books().uncounted().calls, 1);
}

TEST(BudgetLog, ProcessesAddUpAndEachHasItsOwnIds) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  for (int process = 0; process < 3; ++process) {
    BudgetLog log(path, process == 1 ? Durability::power_loss : Durability::process);
    for (const Budget::CallId id : {1, 2, 3}) ASSERT_TRUE(log.reserve(id, spending(20)));
    log.settle(1, spending(5));
    log.settle_at_most(2, spending(10));
    log.settle_at_most(2, spending(7));
  }
  const BudgetLog log(path);
  EXPECT_EQ(log.books().counted(), spending(15));
  EXPECT_EQ(log.books().uncounted().most, spending(std::int64_t{3} * (7 + 20)));
  EXPECT_EQ(log.books().uncounted().calls, 6);
  EXPECT_EQ(log.books().token_share().calls, 3);
}

TEST(BudgetLog, WhatItDoesNotKnowIsFoundOnce) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  {
    BudgetLog log(path);
    ASSERT_TRUE(log.reserve(1, spending(100, 0.5)));
    log.settle(1, spending(60, 0.125));
  }
  EXPECT_EQ(BudgetLog(path, Durability::process, spending(60, 0.125)).found(), Spending());
  std::filesystem::remove(path);
  for (int process = 0; process < 2; ++process) {
    const BudgetLog log(path, Durability::process, spending(60, 0.125));
    EXPECT_EQ(log.found(), process == 0 ? spending(60, 0.125) : Spending());
    EXPECT_EQ(log.books().counted(), spending(60, 0.125));
  }
}

TEST(BudgetLog, ALineThatWasCutOffDoesNotCount) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  {
    BudgetLog log(path);
    ASSERT_TRUE(log.reserve(1, spending(100)));
  }
  std::string text = read_file(path, ErrorKind::data);
  const std::string whole = text + "reserve 2 2000 0\nsettle 1 50 0\n";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    folder.write("budget.log", whole.substr(0, cut));
    const Spending total = BudgetLog(path).books().most();
    EXPECT_LE(total.tokens, 2100);
    if (cut >= text.size()) {
      EXPECT_GE(total.tokens, 100 - (cut == whole.size() ? 50 : 0));
    }
    BudgetLog again(path);  // what was cut is gone, what follows is readable
    ASSERT_TRUE(again.reserve(1, spending(1)));
  }
}

TEST(BudgetLog, AFullDiskIsResumableAndLeavesNoHalfLine) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  BudgetLog log(path);
  const std::size_t written = std::filesystem::file_size(path);
  for (std::size_t room = 0; room < 8; ++room) {
    const FileSizeLimit full(written + room);
    const Result<void> refused = log.reserve(1, spending(100));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::stopped);
    EXPECT_THAT(refused.error().message, HasSubstr(path.string()));
  }
  EXPECT_TRUE(log.reserve(2, spending(200)));
  EXPECT_EQ(read_budget_log(read_file(path, ErrorKind::data)).value().books.uncounted().most, spending(200));
  const FileSizeLimit full(written);
  try {
    const BudgetLog again(path);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::stopped);
  }
}

TEST(BudgetLog, AForeignFileIsAnErrorThatNamesIt) {
  const TempFolder folder;
  for (const char* text :
       {"not a log\n", "throng-budget 2\nprocess\nreserve 1 -5 0\n", "throng-budget 2\nsettle 1 5 0\n",
        "throng-budget 2\nprocess\nreserve 1 5 0\nreserve 1 5 0\n",
        "throng-budget 2\nreserve 1 99999999999999999999 0\n", "throng-budget 2\nreserve 1 5 0 0\n",
        "throng-budget 2\natmost 1 5 0\n", "throng-budget 2\nfound 1\n", "throng-budget 2\nprocess 1\n"}) {
    folder.write("budget.log", text);
    try {
      BudgetLog log(folder / "budget.log");
      FAIL() << text;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      EXPECT_THAT(failure.what(), AllOf(HasSubstr("budget.log"), HasSubstr("line ")));
    }
  }
}

}  // namespace
}  // namespace throng::llm
