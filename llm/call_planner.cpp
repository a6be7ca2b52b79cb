#include "llm/call_planner.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace throng::llm {
namespace {

std::vector<PlannedServer> servers(const std::vector<PlannedEndpoint>& endpoints) {
  return {endpoints.begin(), endpoints.end()};
}

/// Whether a call of this size can have taken so much.
bool can_be(const TokenCounts& usage, const CallSize& size) {
  constexpr std::int64_t kMostCompletion = 10'000'000;  // the longest contexts of 2025 hold so many tokens
  const auto within = [](std::int64_t count, std::int64_t most) { return count >= 0 && count <= most; };
  return within(usage.prompt, size.prompt_most) &&
         within(usage.completion, size.max_tokens.value_or(kMostCompletion));
}

}  // namespace

CallPlanner::CallPlanner(const std::vector<PlannedEndpoint>& endpoints, const PlanOptions& options)
    : RequestPlanner(servers(endpoints), options), budget_(options.budget, options.books) {
  for (const PlannedEndpoint& endpoint : endpoints) {
    endpoints_.push_back({.prices = endpoint.prices,
                          .counting = endpoint.rate.counting,
                          .statistics = {},
                          .account = ledger_.open(endpoint.name, endpoint.model, endpoint.prices)});
  }
}

void CallPlanner::add(std::uint64_t id, const std::string& model, const CallSize& size, std::uint32_t chain) {
  calls_.emplace(id, Call{.size = size, .flight = {}, .doubts = {}});
  RequestPlanner::add(id, model, chain);
}

bool CallPlanner::cancel(std::uint64_t id) {
  const bool waited = RequestPlanner::cancel(id);
  if (waited) calls_.erase(id);
  return waited;
}

std::optional<Attempt> CallPlanner::next(Instant now) {
  const std::optional<PlannedAttempt> planned = RequestPlanner::next(now);
  if (!planned) return std::nullopt;
  Flight& flight = calls_.at(planned->call).flight;
  flight.lessons = planned->lessons;
  attempts_ = flight.attempt;
  endpoints_[planned->endpoint].statistics.begin(flight.attempt);
  const LedgerAccount account = endpoints_[planned->endpoint].account;
  if (planned->number == 1) ledger_.call(account);
  ledger_.attempt(account);
  return Attempt{*planned, flight.attempt, flight.most};
}

std::vector<EndedCall> CallPlanner::take_ended() {
  std::vector<EndedCall> ended = RequestPlanner::take_ended();
  for (const EndedCall& call : ended) calls_.erase(call.call);
  return ended;
}

Spending CallPlanner::most(const Endpoint& endpoint, std::int64_t prompt, std::int64_t completion) const {
  const TokenCounts tokens{.prompt = prompt, .completion = completion};
  Prices prices = endpoint.prices;
  prices.prompt = std::max(prices.prompt, prices.cached);  // some ask more for what they put into their cache
  return {.tokens = tokens.total(), .money = cost(prices, tokens)};
}

std::int64_t CallPlanner::tokens_to_reserve(std::size_t number, const CallSize& size) const {
  const Endpoint& endpoint = endpoints_[number];
  const std::int64_t prompt = endpoint.statistics.prompt_tokens(size.prompt);
  const bool most_is_counted = endpoint.counting == TokenCounting::admission;
  if (size.max_tokens && (most_is_counted || *size.max_tokens == 0)) return prompt + *size.max_tokens;
  return prompt +
         endpoint.statistics.completion_tokens(size.max_tokens.value_or(0), concurrency(number).in_flight());
}

std::variant<std::int64_t, CallPlanner::Refusal> CallPlanner::reserve(std::uint64_t id, std::size_t number) {
  const Endpoint& endpoint = endpoints_[number];
  Call& call = calls_.at(id);
  if (budget_.limited() && !call.size.max_tokens)
    return Refusal{.never = CallFault::too_large, .message = "a budget needs max_tokens in every request"};
  // Also without a limit: the run may be given one when it is resumed.
  const Spending reserved = most(endpoint, call.size.prompt_most, call.size.max_tokens.value_or(0));
  const std::uint64_t attempt = attempts_ + 1;
  switch (budget_.reserve(attempt, reserved)) {
    case BudgetAnswer::granted:
      break;
    case BudgetAnswer::wait:
      return Refusal{};
    case BudgetAnswer::exhausted:
      return Refusal{.never = CallFault::budget, .message = budget_.stop().message};
  }
  call.flight = {.attempt = attempt,
                 .endpoint = number,
                 .prompt_reserved = endpoint.statistics.prompt_tokens(call.size.prompt),
                 .most = reserved};
  return tokens_to_reserve(number, call.size);
}

void CallPlanner::release(std::uint64_t id) { budget_.release(calls_.at(id).flight.attempt); }

Verdict CallPlanner::finish(std::uint64_t id, Instant now, const AttemptEnd& end) {
  Verdict verdict;
  const RateLimit::Usage usage = settle(calls_.at(id), end, verdict);
  static_cast<RequestVerdict&>(verdict) = RequestPlanner::finish(id, now, end, usage);
  if (verdict.kind != Verdict::Kind::again) calls_.erase(id);
  return verdict;
}

/// Closes the attempt's accounts: statistics, ledger, budget. Returns what its tokens are to the limit per minute.
RateLimit::Usage CallPlanner::settle(Call& call, const AttemptEnd& end, Verdict& verdict) {
  const Flight& flight = call.flight;
  Endpoint& endpoint = endpoints_[flight.endpoint];
  const bool completed = end.kind == AttemptEnd::Kind::completed;
  RateLimit::Usage usage{.counted = TokensCounted::none};
  std::optional<TokenCounts> counted = end.usage;
  if (counted && !can_be(*counted, call.size)) {
    verdict.implausible = std::exchange(counted, std::nullopt);
    ledger_.implausible(endpoint.account);
  }
  verdict.source = counted ? CountSource::server : CountSource::estimated;
  verdict.tokens =
      counted.value_or(TokenCounts{.prompt = flight.prompt_reserved, .completion = end.completion_estimate});
  if (completed && !end.usage && std::exchange(endpoint.counts_tokens, false)) {
    notice(
        fmt::format("{}: its replies have no usage; tokens are estimated, and a budget is charged the most "
                    "a call can be",
                    options(flight.endpoint).name));
  }
  std::optional<TokenStatistics::Observed> observed;
  if (completed && counted) {
    observed = {.estimated_prompt = call.size.prompt,
                .prompt = counted->prompt,
                .completion = counted->completion,
                .took = end.latency};
  }
  endpoint.statistics.end(flight.attempt, observed);
  if (completed) {
    ledger_.completed(endpoint.account, verdict.tokens, verdict.source);
    if (counted) {
      usage = {.counted = TokensCounted::known,
               .used = counted->total(),
               .prompt_error = counted->prompt - flight.prompt_reserved};
    } else {
      usage.counted = TokensCounted::unknown;
    }
  } else if (end.billing != AttemptEnd::Billing::none) {
    ledger_.aborted(endpoint.account, verdict.tokens);
    usage.counted = TokensCounted::unknown;
  } else if (end.kind != AttemptEnd::Kind::canceled) {
    ledger_.failed(endpoint.account, end.failed_as);
  }
  if (counted && completed) {
    book(verdict, flight.attempt,
         {.tokens = verdict.tokens.total(), .money = cost(endpoint.prices, verdict.tokens)});
    settle_doubts(call, counted->prompt, verdict);
  } else if (completed || end.billing != AttemptEnd::Billing::none) {
    const bool received = !completed && end.billing == AttemptEnd::Billing::received;
    const std::int64_t asked = call.size.max_tokens.value_or(0);
    const Doubt& doubt = call.doubts.emplace_back(
        Doubt{.attempt = flight.attempt,
              .endpoint = flight.endpoint,
              .lessons = flight.lessons,
              .completion_most = received ? std::min(asked, end.completion_most) : asked});
    book_at_most(verdict, doubt, call.size.prompt_most);
  } else {
    book(verdict, flight.attempt, {});
  }
  return usage;
}

/// What a server counts as the prompt of a request, it counted as that of the same request before.
void CallPlanner::settle_doubts(const Call& call, std::int64_t prompt, Verdict& verdict) {
  for (const Doubt& doubt : call.doubts) {
    if (doubt.endpoint == call.flight.endpoint && doubt.lessons == call.flight.lessons)
      book_at_most(verdict, doubt, prompt);
  }
}

void CallPlanner::book(Verdict& verdict, std::uint64_t attempt, const Spending& spent) {
  verdict.bookings.push_back({.kind = Booking::Kind::settle, .attempt = attempt, .amount = spent});
  budget_.settle(attempt, spent);
}

void CallPlanner::book_at_most(Verdict& verdict, const Doubt& doubt, std::int64_t prompt_most) {
  const Spending amount = most(endpoints_[doubt.endpoint], prompt_most, doubt.completion_most);
  verdict.bookings.push_back(
      {.kind = Booking::Kind::settle_at_most, .attempt = doubt.attempt, .amount = amount});
  budget_.settle_at_most(doubt.attempt, amount);
}

}  // namespace throng::llm
