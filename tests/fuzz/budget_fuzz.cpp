#include <cstdint>
#include <iterator>
#include <map>

#include "llm/budget.h"
#include "tests/fuzz/fuzz_input.h"

namespace throng::llm {
namespace {

/// Calls that never spend more than they reserved never exceed a budget, however they come, go and are lost sight of.
void run(FuzzInput input) {
  const BudgetOptions options{.tokens = input.below(10'000), .money = Money{input.below(10'000)}};
  Budget budget(options);
  std::map<Budget::CallId, Spending> in_flight;
  std::map<Budget::CallId, Spending> unknown;  // the most that was spent
  Spending spent;
  const auto sum = [](const std::map<Budget::CallId, Spending>& calls) {
    Spending all;
    for (const auto& [id, most] : calls) all += most;
    return all;
  };
  for (Budget::CallId id = 0; !input.empty(); ++id) {
    const Spending wanted{input.below(4'000), Money{input.below(4'000)}};
    switch (budget.reserve(id, wanted)) {
      case BudgetAnswer::granted:
        in_flight[id] = wanted;
        break;
      case BudgetAnswer::wait:
        require(!in_flight.empty(), "there is something to wait for");
        break;
      case BudgetAnswer::exhausted:
        require(options.tokens > 0 || options.money != Money(), "there is a limit");
        break;
    }
    if (!in_flight.empty() && input.byte() % 2 == 0) {
      const auto call = input.byte() % 2 == 0 ? in_flight.begin() : std::prev(in_flight.end());
      const Spending used{input.below(call->second.tokens + 1),
                          Money{input.below(call->second.money.pico + 1)}};
      if (input.byte() % 3 == 0) {
        budget.settle_at_most(call->first, used);
        unknown[call->first] = used;
      } else {
        budget.settle(call->first, used);
        spent += used;
      }
      budget.settle(call->first, wanted);  // twice is once
      in_flight.erase(call);
    }
    Spending held = spent;
    held += sum(unknown);
    require(budget.spent() == held && budget.reserved() == sum(in_flight), "the books are right");
    held += sum(in_flight);
    require(options.tokens == 0 || held.tokens <= options.tokens, "tokens within the budget");
    require(options.money == Money() || held.money <= options.money, "money within the budget");
  }
}

}  // namespace
}  // namespace throng::llm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  throng::llm::run({data, size});
  return 0;
}
