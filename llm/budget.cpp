#include "llm/budget.h"

#include <limits>

#include <fmt/format.h>

namespace throng::llm {
namespace {

std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

}  // namespace

Spending& Spending::operator+=(const Spending& other) {
  tokens = add(tokens, other.tokens);
  money += other.money;
  return *this;
}

Spending& Spending::operator-=(const Spending& other) {
  tokens -= other.tokens;
  money -= other.money;
  return *this;
}

bool Budget::fits(const Spending& total) const {
  return (options_.tokens == 0 || total.tokens <= options_.tokens) &&
         (options_.money == Money() || total.money <= options_.money);
}

BudgetAnswer Budget::reserve(CallId id, const Spending& most) {
  Spending total = spent_;
  total += most;
  if (!fits(total)) return BudgetAnswer::exhausted;
  total += reserved_;
  if (!fits(total)) return BudgetAnswer::wait;
  reserved_ += most;
  calls_.emplace(id, most);
  return BudgetAnswer::granted;
}

void Budget::settle(CallId id, const Spending& spent) {
  const auto call = calls_.find(id);
  if (call == calls_.end()) return;
  reserved_ -= call->second;
  calls_.erase(call);
  spent_ += spent;
}

Error Budget::stop() const {
  std::string used;
  if (options_.tokens > 0) used = fmt::format("{} of {} tokens", spent_.tokens, options_.tokens);
  if (options_.money != Money()) {
    if (!used.empty()) used += " and ";
    used += fmt::format("{} of {} USD", spent_.money.text(), options_.money.text());
  }
  return {ErrorKind::stopped,
          fmt::format("the budget is used up ({} spent, and the next call does not fit); raise it "
                      "and resume",
                      used)};
}

}  // namespace throng::llm
