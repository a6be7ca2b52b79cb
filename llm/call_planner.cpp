#include "llm/call_planner.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace throng::llm {
namespace {

constexpr Delay kLongWait = std::chrono::seconds(60);  // to tell a person of; longer than any backoff

CallSignal load_signal(const AttemptEnd& end) {
  if (end.kind == AttemptEnd::Kind::completed) return CallSignal::success;
  if (end.kind != AttemptEnd::Kind::failed) return CallSignal::other;
  const bool limit_used_up = end.hints.requests.remaining == 0 || end.hints.tokens.remaining == 0;
  const int status = end.failed.status;
  return status == 503 || status == 529 || (status == 429 && !limit_used_up && !end.hints.retry_after)
             ? CallSignal::overloaded
             : CallSignal::other;
}

Health health_of(const AttemptEnd& end) {
  if (end.kind == AttemptEnd::Kind::canceled) return Health::unknown;
  if (end.kind != AttemptEnd::Kind::failed) return Health::alive;
  const bool answered = end.failed.fault == TransportFault::none && end.failed.status < 500;
  return answered ? Health::alive : Health::failing;
}

/// The server's answer is no, whenever it is asked.
bool is_refusal(const AttemptEnd& end) {
  const int status = end.failed.status;
  return end.failed.fault == TransportFault::none && status < 500 && status != 408 && status != 409 &&
         status != 429;
}

/// A wrong key, or a model or path that is not there: no call fares better at this endpoint.
bool is_about_the_endpoint(const FailedAttempt& failed) {
  return failed.fault == TransportFault::none && (failed.status == 401 || failed.status == 404);
}

bool is_unusable(const AttemptEnd& end) {
  return end.unusable || end.failed.fault == TransportFault::broken_reply;
}

/// Whether a call of this size can have taken so much.
bool can_be(const TokenCounts& usage, const CallSize& size) {
  constexpr std::int64_t kMostCompletion = 10'000'000;  // the longest contexts of 2025 hold so many tokens
  const auto within = [](std::int64_t count, std::int64_t most) { return count >= 0 && count <= most; };
  return within(usage.prompt, size.prompt_most) &&
         within(usage.completion, size.max_tokens.value_or(kMostCompletion));
}

bool is_answer(const AttemptEnd& end) {
  if (end.kind == AttemptEnd::Kind::canceled) return false;
  return end.kind != AttemptEnd::Kind::failed || throng::is_answer(end.failed.fault);
}

}  // namespace

CallPlanner::CallPlanner(std::vector<PlannedEndpoint> endpoints, const PlanOptions& options)
    : options_(options), policy_(options_.retry), budget_(options_.budget, options_.books) {
  for (PlannedEndpoint& planned : endpoints) {
    const std::size_t number = endpoints_.size();
    auto lane = std::ranges::find(lanes_, planned.model, &Lane::model);
    if (lane == lanes_.end()) lane = lanes_.insert(lane, Lane{.model = planned.model});
    lane->endpoints.push_back(number);
    const LedgerAccount account = ledger_.open(planned.name, planned.model, planned.prices);
    endpoints_.emplace_back(std::move(planned), options_.quota, account);
  }
}

bool CallPlanner::serves(const std::string& model) const {
  return std::ranges::find(lanes_, model, &Lane::model) != lanes_.end();
}

void CallPlanner::add(std::uint64_t id, const std::string& model, const CallSize& size, std::uint32_t chain) {
  const auto lane = std::ranges::find(lanes_, model, &Lane::model);
  calls_.emplace(id, Call{.lane = static_cast<std::size_t>(lane - lanes_.begin()),
                          .place = lane->waiting.push(id, chain),
                          .size = size});
}

bool CallPlanner::cancel(std::uint64_t id) {
  const auto call = calls_.find(id);
  if (call == calls_.end() || call->second.flight) return false;
  lanes_[call->second.lane].waiting.cancel(call->second.place);
  calls_.erase(call);  // an entry of delayed_ finds nothing any more
  return true;
}

std::vector<EndedCall> CallPlanner::take_ended() { return std::exchange(ended_, {}); }

std::vector<std::string> CallPlanner::take_notices() { return std::exchange(notices_, {}); }

std::optional<Attempt> CallPlanner::next(Instant now) {
  wake_at_ = kNever;
  release_due(now);
  for (Lane& lane : lanes_) {
    if (const auto why = why_hopeless(lane, now)) {
      end_waiting(lane, *why);
    } else if (auto attempt = send_front(lane, now)) {
      return attempt;
    }
  }
  return std::nullopt;
}

void CallPlanner::release_due(Instant now) {
  while (!delayed_.empty() && delayed_.top().until <= now) {
    const auto call = calls_.find(delayed_.top().call);
    delayed_.pop();
    if (call != calls_.end()) lanes_[call->second.lane].waiting.push_again(call->second.place);
  }
  if (!delayed_.empty()) wake_at_ = delayed_.top().until;
}

/// Sends the lane's first call; calls that can never be sent, to whichever endpoint, end on the way.
std::optional<Attempt> CallPlanner::send_front(Lane& lane, Instant now) {
  while (const auto front = lane.waiting.front()) {
    Call& call = calls_.at(front->call);
    wake_at_ = std::min(wake_at_, room_grows_at(lane, now));
    std::vector<EndpointState> endpoints = states(lane, now);
    if (all_halted(endpoints)) {
      end(front->call, CallFault::halted, why_halted(lane));
      continue;
    }
    NotSent refusal;
    EndpointChoice choice = choose_endpoint(endpoints, now);
    while (choice.chosen) {
      EndpointState& chosen = endpoints[*choice.chosen];
      auto tried = try_endpoint(front->call, call, lane.endpoints[*choice.chosen], now);
      if (auto* const attempt = std::get_if<Attempt>(&tried)) return *attempt;
      auto& not_sent = std::get<NotSent>(tried);
      chosen.ready_at = not_sent.again;
      if (not_sent.never) {
        chosen.health = EndpointHealth::halted;  // for this call
        // A budget can be raised: the word that leaves hope goes first.
        if (refusal.never != CallFault::budget) refusal = std::move(not_sent);
      }
      choice = choose_endpoint(endpoints, now);
    }
    if (!all_halted(endpoints)) {
      wake_at_ = std::min(wake_at_, choice.ask_again);
      return std::nullopt;
    }
    end(front->call, *refusal.never, std::move(refusal.message));
  }
  return std::nullopt;
}

/// When an endpoint of the lane that is full takes more by itself. Lets it, if that is now.
Instant CallPlanner::room_grows_at(const Lane& lane, Instant now) {
  Instant soonest = kNever;
  for (const std::size_t number : lane.endpoints) {
    const Instant at = endpoints_[number].concurrency.earliest(now);
    if (at > now) soonest = std::min(soonest, at);
  }
  return soonest;
}

std::vector<EndpointState> CallPlanner::states(const Lane& lane, Instant now) const {
  std::vector<EndpointState> states;
  states.reserve(lane.endpoints.size());
  for (const std::size_t number : lane.endpoints) {
    const Endpoint& endpoint = endpoints_[number];
    states.push_back({.health = endpoint.health,
                      .ready_at = std::max(endpoint.parked_until, endpoint.breaker.earliest(now)),
                      .outstanding = static_cast<double>(endpoint.concurrency.in_flight()),
                      .capacity = static_cast<double>(endpoint.concurrency.limit())});
  }
  return states;
}

bool CallPlanner::another_serves(const Lane& lane, std::size_t endpoint) const {
  return std::ranges::any_of(lane.endpoints, [&](std::size_t other) {
    return other != endpoint && endpoints_[other].health != EndpointHealth::halted;
  });
}

std::string CallPlanner::why_halted(const Lane& lane) const {
  std::string why = fmt::format("no endpoint serves {} any more", lane.model);
  for (const std::size_t number : lane.endpoints) {
    const Endpoint& endpoint = endpoints_[number];
    why += fmt::format("; {}: {}", endpoint.options.name, endpoint.halted_by);
  }
  return why;
}

/// Nothing if some endpoint of the lane is worth waiting for, or all are halted.
std::optional<std::string> CallPlanner::why_hopeless(const Lane& lane, Instant now) const {
  std::string why;
  for (const std::size_t number : lane.endpoints) {
    const Endpoint& endpoint = endpoints_[number];
    if (endpoint.health == EndpointHealth::halted) continue;
    const Instant until = endpoint.left_alone_until();
    if (!why.empty()) why += "; ";
    if (until > now + options_.patience) {
      why += fmt::format("{} asks to be left alone for {}, and the patience is {}", endpoint.options.name,
                         in_words(until - now), in_words(options_.patience));
    } else if (endpoint.trouble.is_hopeless(now, options_.patience)) {
      why += fmt::format("{}: {}", endpoint.options.name, endpoint.trouble.in_words(now));
    } else {
      return std::nullopt;
    }
  }
  return why.empty() ? std::nullopt : std::optional(std::move(why));
}

void CallPlanner::end_waiting(const Lane& lane, const std::string& message) {
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, call] : calls_) {
    if (&lanes_[call.lane] == &lane && !call.flight) waiting.push_back(id);
  }
  for (const std::uint64_t id : waiting) end(id, CallFault::gave_up, message);
}

Spending CallPlanner::most(const Endpoint& endpoint, std::int64_t prompt, std::int64_t completion) const {
  const TokenCounts tokens{.prompt = prompt, .completion = completion};
  Prices prices = endpoint.options.prices;
  prices.prompt = std::max(prices.prompt, prices.cached);  // some ask more for what they put into their cache
  return {.tokens = tokens.total(), .money = cost(prices, tokens)};
}

std::int64_t CallPlanner::tokens_to_reserve(const Endpoint& endpoint, const CallSize& size) const {
  const std::int64_t prompt = endpoint.statistics.prompt_tokens(size.prompt);
  const bool most_is_counted = endpoint.options.rate.counting == TokenCounting::admission;
  if (size.max_tokens && (most_is_counted || *size.max_tokens == 0)) return prompt + *size.max_tokens;
  return prompt +
         endpoint.statistics.completion_tokens(size.max_tokens.value_or(0), endpoint.concurrency.in_flight());
}

/// Sends the call to this endpoint if its limits and the budget allow it.
std::variant<Attempt, CallPlanner::NotSent> CallPlanner::try_endpoint(std::uint64_t id, Call& call,
                                                                      std::size_t number, Instant now) {
  Endpoint& endpoint = endpoints_[number];
  if (budget_.limited() && !call.size.max_tokens)
    return NotSent{.never = CallFault::too_large, .message = "a budget needs max_tokens in every request"};
  // Also without a limit: the run may be given one when it is resumed.
  const Spending reserved = most(endpoint, call.size.prompt_most, call.size.max_tokens.value_or(0));
  const std::uint64_t attempt = attempts_ + 1;
  switch (budget_.reserve(attempt, reserved)) {
    case BudgetAnswer::granted:
      break;
    case BudgetAnswer::wait:
      return NotSent{};
    case BudgetAnswer::exhausted:
      return NotSent{.never = CallFault::budget, .message = budget_.stop().message};
  }
  const std::int64_t prompt = endpoint.statistics.prompt_tokens(call.size.prompt);
  const Result<Admission> admission = endpoint.rate.admit(now, tokens_to_reserve(endpoint, call.size));
  if (!admission || !admission->sent) {
    budget_.release(attempt);
    if (!admission)
      return NotSent{.never = CallFault::too_large,
                     .message = fmt::format("{}: {}", endpoint.options.name, admission.error().message)};
    return NotSent{.again = admission->ask_again};
  }
  lanes_[call.lane].waiting.cancel(call.place);
  ++attempts_;
  ++call.attempts;
  ++in_flight_;
  if (call.attempts == 1) {
    endpoint.quota.on_call();
    ledger_.call(endpoint.account);
  }
  ledger_.attempt(endpoint.account);
  endpoint.concurrency.start();
  call.flight = Flight{.attempt = attempt,
                       .endpoint = number,
                       .sent = *admission->sent,
                       .role = endpoint.breaker.start(),
                       .prompt_reserved = prompt,
                       .most = reserved,
                       .lessons = call.lessons};
  return Attempt{
      .call = id, .id = attempt, .endpoint = number, .number = call.attempts, .reserved = reserved};
}

void CallPlanner::end(std::uint64_t id, CallFault fault, std::string message) {
  const auto call = calls_.find(id);
  lanes_[call->second.lane].waiting.cancel(call->second.place);
  calls_.erase(call);
  ended_.push_back({.call = id, .fault = fault, .message = std::move(message)});
}

Verdict CallPlanner::finish(std::uint64_t id, Instant now, const AttemptEnd& end) {
  Call& call = calls_.at(id);
  const Flight flight = *std::exchange(call.flight, std::nullopt);
  --in_flight_;
  Endpoint& endpoint = endpoints_[flight.endpoint];
  endpoint.concurrency.finish(now, load_signal(end), end.latency);
  // A stall among answers to what was sent later says nothing of the server as such. (They end together, with nothing between.)
  const bool alone = end.stalled && flight.sent.sent < endpoint.newest_answered;
  endpoint.breaker.finish(now, alone ? Health::unknown : health_of(end), flight.role);
  endpoint.rate.hear(flight.sent, now, end.hints);
  if (is_answer(end)) lanes_[call.lane].has_answered = true;
  if (end.kind == AttemptEnd::Kind::completed) {
    endpoint.newest_answered = std::max(endpoint.newest_answered, flight.sent.sent);
    if (end.first_byte > Delay(0)) endpoint.peers.observe(end.first_byte);
  }
  if (end.stalled && !alone) endpoint.peers.observe(endpoint.peers.silence(call.stalls));
  if (end.stalled) ++call.stalls;

  Verdict verdict;
  settle(call, flight, now, end, verdict);
  if (!alone) watch(endpoint, now, end);
  switch (end.kind) {
    case AttemptEnd::Kind::completed:
      endpoint.quota.on_success();
      break;
    case AttemptEnd::Kind::failed:
      retry(id, call, flight, now, end, verdict);
      break;
    case AttemptEnd::Kind::learned:
      ++call.lessons;
      verdict.kind = Verdict::Kind::again;
      wait_again(id, call, now, Delay(0));
      break;
    case AttemptEnd::Kind::canceled:
      verdict.kind = Verdict::Kind::failed;
      verdict.fault = CallFault::canceled;
      verdict.message = "cancelled";
      break;
  }
  if (verdict.kind != Verdict::Kind::again) calls_.erase(id);
  return verdict;
}

Delay CallPlanner::silence(std::uint64_t id) const {
  const auto call = calls_.find(id);
  if (call == calls_.end() || !call->second.flight) return Delay(0);
  const Endpoint& endpoint = endpoints_[call->second.flight->endpoint];
  if (endpoint.quota.left() < options_.quota.at_start / 2) return Delay(0);
  return endpoint.peers.silence(call->second.stalls);
}

/// What of this a person should hear.
void CallPlanner::watch(Endpoint& endpoint, Instant now, const AttemptEnd& end) {
  if (end.kind == AttemptEnd::Kind::completed) {
    endpoint.trouble.usable();
    if (!end.usage && std::exchange(endpoint.counts_tokens, false)) {
      notices_.push_back(
          fmt::format("{}: its replies have no usage; tokens are estimated, and a budget is charged the most "
                      "a call can be",
                      endpoint.options.name));
    }
  }
  if (end.kind != AttemptEnd::Kind::failed || is_refusal(end)) return;
  endpoint.trouble.failed(
      now, is_unusable(end) ? EndpointTrouble::Failure::unusable : EndpointTrouble::Failure::unavailable,
      end.message);
  if (const auto notice = endpoint.trouble.notice(now))
    notices_.push_back(fmt::format("{}: {}", endpoint.options.name, *notice));
}

/// Closes the attempt's accounts: limits, statistics, ledger, budget.
void CallPlanner::settle(Call& call, const Flight& flight, Instant now, const AttemptEnd& end,
                         Verdict& verdict) {
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
  if (completed) {
    ledger_.completed(endpoint.account, verdict.tokens, verdict.source);
    if (counted) {
      endpoint.statistics.observe(call.size.prompt, counted->prompt, counted->completion);
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
  endpoint.rate.finish(flight.sent, now, usage);
  if (counted && completed) {
    book(verdict, flight.attempt,
         {.tokens = verdict.tokens.total(), .money = cost(endpoint.options.prices, verdict.tokens)});
    settle_doubts(call, flight, counted->prompt, verdict);
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
}

/// What a server counts as the prompt of a request, it counted as that of the same request before.
void CallPlanner::settle_doubts(const Call& call, const Flight& flight, std::int64_t prompt,
                                Verdict& verdict) {
  for (const Doubt& doubt : call.doubts) {
    if (doubt.endpoint == flight.endpoint && doubt.lessons == flight.lessons)
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

/// Decides about a failed attempt's call, and about its endpoint.
void CallPlanner::retry(std::uint64_t id, Call& call, const Flight& flight, Instant now,
                        const AttemptEnd& end, Verdict& verdict) {
  Endpoint& endpoint = endpoints_[flight.endpoint];
  const int attempt = call.attempts - call.lessons;
  FailedAttempt failed = end.failed;
  failed.never_answered = !lanes_[call.lane].has_answered;
  RetryDecision decision = policy_.decide(failed, id, attempt);
  if (is_about_the_endpoint(failed) && another_serves(lanes_[call.lane], flight.endpoint))
    decision.action = RetryAction::halt;
  const bool is_limit = end.failed.status == 429;
  if (is_limit) endpoint.rate.refused(flight.sent, now, now + decision.delay, end.hints);
  if (decision.action == RetryAction::park)
    endpoint.parked_until = std::max(endpoint.parked_until, now + decision.delay);
  if (const Instant until = endpoint.left_alone_until();
      until > std::max(now, endpoint.wait_told) + kLongWait) {
    endpoint.wait_told = until;
    notices_.push_back(fmt::format("{} asks to be left alone for {}: {}", endpoint.options.name,
                                   in_words(until - now), end.message));
  }
  if (decision.action == RetryAction::halt) {
    endpoint.health = EndpointHealth::halted;
    endpoint.halted_by = end.message;
  }

  const auto fail = [&](CallFault fault, std::string message) {
    verdict.kind = Verdict::Kind::failed;
    verdict.fault = fault;
    verdict.message = std::move(message);
  };
  if (decision.action == RetryAction::fail) {
    const CallFault refusal = end.declined ? CallFault::declined : CallFault::rejected;
    fail(is_refusal(end) ? refusal : CallFault::gave_up,
         fmt::format("{} (attempt {})", end.message, attempt));
  } else if (decision.action != RetryAction::halt && !endpoint.quota.try_retry()) {
    fail(CallFault::gave_up, fmt::format("{}; too many calls fail to go on retrying", end.message));
  } else {
    verdict.kind = Verdict::Kind::again;
    const bool endpoint_waits = is_limit || decision.action != RetryAction::retry;
    wait_again(id, call, now, endpoint_waits ? Delay(0) : decision.delay);
  }
}

void CallPlanner::wait_again(std::uint64_t id, const Call& call, Instant now, Delay delay) {
  if (delay > Delay(0)) {
    delayed_.push({.until = now + delay, .call = id});
  } else {
    lanes_[call.lane].waiting.push_again(call.place);
  }
}

}  // namespace throng::llm
