#include "llm/budget.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace throng::llm {
namespace {

std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

double square(std::int64_t amount) { return static_cast<double>(amount) * static_cast<double>(amount); }

/// See Budget.
std::int64_t likely(std::int64_t most, double squares, const CostShare& counted, double risk) {
  if (risk <= 0 || counted.calls == 0) return most;
  const auto calls = static_cast<double>(counted.calls);
  const double margin = std::log(2 / risk) / 2;
  const double share = counted.sum / calls + std::sqrt(margin / calls);
  const double amount = share * static_cast<double>(most) + std::sqrt(margin * squares);
  return amount < static_cast<double>(most) ? static_cast<std::int64_t>(amount) : most;
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

void Uncounted::add(const Spending& each, int sign) {
  calls += sign;
  sign > 0 ? most += each : most -= each;
  // Rounding leaves no less than nothing, and nothing of nothing.
  token_squares = calls == 0 ? 0 : std::max(0.0, token_squares + sign * square(each.tokens));
  money_squares = calls == 0 ? 0 : std::max(0.0, money_squares + sign * square(each.money.pico));
}

Uncounted& Uncounted::operator+=(const Uncounted& other) {
  calls += other.calls;
  most += other.most;
  token_squares += other.token_squares;
  money_squares += other.money_squares;
  return *this;
}

void CostShare::observe(std::int64_t spent, std::int64_t most) {
  if (most <= 0) return;
  ++calls;
  sum += std::clamp(static_cast<double>(spent) / static_cast<double>(most), 0.0, 1.0);
}

bool BudgetBooks::reserve(CallId id, const Spending& most) {
  if (!open_calls_.emplace(id, most).second) return false;
  open_.add(most);
  return true;
}

bool BudgetBooks::settle(CallId id, const Spending& spent) {
  const auto call = open_calls_.find(id);
  if (call == open_calls_.end()) return false;
  counted_ += spent;
  if (spent.tokens > 0) {  // else the server refused it, at no cost
    token_share_.observe(spent.tokens, call->second.tokens);
    money_share_.observe(spent.money.pico, call->second.money.pico);
  }
  open_.add(call->second, -1);
  open_calls_.erase(call);
  return true;
}

bool BudgetBooks::settle_at_most(CallId id, const Spending& most) {
  if (const auto call = open_calls_.find(id); call != open_calls_.end()) {
    open_.add(call->second, -1);
    open_calls_.erase(call);
    uncounted_calls_.emplace(id, most);
    uncounted_.add(most);
    return true;
  }
  const auto call = uncounted_calls_.find(id);
  if (call == uncounted_calls_.end()) return false;
  uncounted_.add(std::exchange(call->second, most), -1);
  uncounted_.add(most);
  return true;
}

void BudgetBooks::release(CallId id) {
  const auto call = open_calls_.find(id);
  if (call == open_calls_.end()) return;
  open_.add(call->second, -1);
  open_calls_.erase(call);
}

void BudgetBooks::end_process() {
  uncounted_ += std::exchange(open_, {});
  open_calls_.clear();
  uncounted_calls_.clear();
}

Spending BudgetBooks::most() const {
  Spending sum = counted_;
  sum += uncounted_.most;
  sum += open_.most;
  return sum;
}

Spending Budget::held(const Uncounted& uncounted) const {
  const double risk = options_.risk;
  Spending sum = books_.counted();
  sum += {likely(uncounted.most.tokens, uncounted.token_squares, books_.token_share(), risk),
          Money{likely(uncounted.most.money.pico, uncounted.money_squares, books_.money_share(), risk)}};
  return sum;
}

bool Budget::fits(const Spending& total) const {
  return (options_.tokens == 0 || total.tokens <= options_.tokens) &&
         (options_.money == Money() || total.money <= options_.money);
}

BudgetAnswer Budget::reserve(CallId id, const Spending& most) {
  Uncounted uncounted = books_.uncounted();
  uncounted.add(most);
  if (!fits(held(uncounted))) return BudgetAnswer::exhausted;
  uncounted += books_.open();
  if (!fits(held(uncounted))) return BudgetAnswer::wait;
  books_.reserve(id, most);
  return BudgetAnswer::granted;
}

Error Budget::stop() const {
  const Uncounted& uncounted = books_.uncounted();
  const Spending held = spent();
  Spending perhaps = held;
  perhaps -= books_.counted();
  std::string used;
  std::string doubtful;
  std::string raise;
  const auto say = [](std::string& text, const std::string& more) {
    text += text.empty() ? more : " and " + more;
  };
  if (options_.tokens > 0) {
    say(used, fmt::format("{} of {} tokens", held.tokens, options_.tokens));
    say(doubtful, fmt::format("{} tokens", perhaps.tokens));
    say(raise, fmt::format("--set budget.tokens={}", add(options_.tokens, options_.tokens)));
  }
  if (options_.money != Money()) {
    say(used, fmt::format("{} of {} USD", held.money.text(), options_.money.text()));
    say(doubtful, fmt::format("{} USD", perhaps.money.text()));
    say(raise, fmt::format("--set budget.usd={}", (options_.money + options_.money).text()));
  }
  std::string message =
      fmt::format("the budget is used up: {} are spent, and the next call does not fit", used);
  if (uncounted.calls > 0) {
    message += fmt::format("; of that, {} may have been billed for calls that were broken off ({})", doubtful,
                           uncounted.calls);
    if (options_.risk == 0) message += " (--set budget.risk=0.01 bets on what they are likely to have cost)";
  }
  return {ErrorKind::stopped, fmt::format("{}; raise it, as with {}", message, raise)};
}

}  // namespace throng::llm
