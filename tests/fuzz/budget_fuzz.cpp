#include <cstdint>
#include <iterator>
#include <map>

#include "llm/budget.h"
#include "tests/fuzz/fuzz_input.h"

namespace throng::llm {
namespace {

/// Calls that never spend more than they reserved never exceed a budget, however they come and go.
void run(FuzzInput input) {
  const BudgetOptions options{.tokens = input.below(10'000), .money = Money{input.below(10'000)}};
  Budget budget(options);
  std::map<Budget::CallId, Spending> in_flight;
  Spending spent;
  Spending reserved;
  for (Budget::CallId id = 0; !input.empty(); ++id) {
    const Spending wanted{input.below(4'000), Money{input.below(4'000)}};
    switch (budget.reserve(id, wanted)) {
      case BudgetAnswer::granted:
        in_flight[id] = wanted;
        reserved += wanted;
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
      budget.settle(call->first, used);
      budget.settle(call->first, wanted);  // twice is once
      spent += used;
      reserved -= call->second;
      in_flight.erase(call);
    }
    Spending worst = spent;
    worst += reserved;
    require(options.tokens == 0 || worst.tokens <= options.tokens, "tokens within the budget");
    require(options.money == Money() || worst.money <= options.money, "money within the budget");
    require(budget.spent() == spent && budget.reserved() == reserved, "the books are right");
  }
}

}  // namespace
}  // namespace throng::llm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  throng::llm::run({data, size});
  return 0;
}
