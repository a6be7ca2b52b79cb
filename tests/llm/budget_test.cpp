#include "llm/budget.h"

#include <map>
#include <random>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "llm/budget_log.h"
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
  Budget budget({.tokens = 1000, .money = Money::from_dollars(20)}, spending(900, 19.5));
  const Error stop = budget.stop();
  EXPECT_EQ(stop.kind, ErrorKind::stopped);
  EXPECT_THAT(stop.message, AllOf(HasSubstr("900 of 1000 tokens"), HasSubstr("19.50 of 20.00 USD")));
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
    log.reserve(1, spending(100, 0.5));
    log.reserve(2, spending(200, 0.25));
    log.settle(1, spending(60, 0.125));
    _exit(0);  // nothing is closed or flushed
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const BudgetLog log(path, Durability::power_loss);
  EXPECT_EQ(log.history().settled, spending(60, 0.125));
  EXPECT_EQ(log.history().unsettled, spending(200, 0.25));
  EXPECT_EQ(log.history().open_calls, 1U);
}

TEST(BudgetLog, ProcessesAddUpAndEachHasItsOwnIds) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  for (int process = 0; process < 3; ++process) {
    BudgetLog log(path, process == 1 ? Durability::power_loss : Durability::process);
    log.reserve(1, spending(10));
    log.reserve(2, spending(20));
    log.settle(1, spending(5));
  }
  const BudgetLog log(path);
  EXPECT_EQ(log.history().settled, spending(15));
  EXPECT_EQ(log.history().unsettled, spending(60));
  EXPECT_EQ(log.history().open_calls, 3U);
}

TEST(BudgetLog, ALineThatWasCutOffDoesNotCount) {
  const TempFolder folder;
  const auto path = folder / "budget.log";
  {
    BudgetLog log(path);
    log.reserve(1, spending(100));
  }
  std::string text = read_file(path, ErrorKind::data);
  const std::string whole = text + "reserve 2 2000 0\nsettle 1 50 0\n";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    folder.write("budget.log", whole.substr(0, cut));
    Spending total;
    {
      const BudgetLog log(path);
      total = log.history().settled;
      total += log.history().unsettled;
    }
    EXPECT_LE(total.tokens, 2100);
    if (cut >= text.size()) {
      EXPECT_GE(total.tokens, 100 - (cut == whole.size() ? 50 : 0));
    }
    BudgetLog again(path);  // what was cut is gone, what follows is readable
    again.reserve(1, spending(1));
  }
}

TEST(BudgetLog, AForeignFileIsAnErrorThatNamesIt) {
  const TempFolder folder;
  for (const char* text :
       {"not a log\n", "throng-budget 1\nprocess\nreserve 1 -5 0\n", "throng-budget 1\nsettle 1 5 0\n",
        "throng-budget 1\nprocess\nreserve 1 5 0\nreserve 1 5 0\n",
        "throng-budget 1\nreserve 1 99999999999999999999 0\n", "throng-budget 1\nreserve 1 5 0 0\n"}) {
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
