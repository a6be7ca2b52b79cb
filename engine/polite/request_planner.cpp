#include "engine/polite/request_planner.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace throng {
namespace {

constexpr Delay kLongWait = std::chrono::seconds(60);  // to tell a person of; longer than any backoff
/// After so many refusals in unknown words, one after the other, of a server that has taken calls before, something else
/// has changed. With a filter that refuses a third of all prompts ten in a row come once in 60,000 calls.
constexpr int kRefusedToStop = 10;
constexpr int kLookedAt =
    64;  // waiting calls at a time; more would cost much where most are too large for an endpoint

CallSignal load_signal(const RequestEnd& end) {
  if (end.kind == RequestEnd::Kind::completed) return CallSignal::success;
  if (end.kind != RequestEnd::Kind::failed) return CallSignal::other;
  const bool limit_used_up = end.hints.requests.remaining == 0 || end.hints.tokens.remaining == 0;
  const int status = end.failed.status;
  return status == 503 || status == 529 || (status == 429 && !limit_used_up && !end.hints.retry_after)
             ? CallSignal::overloaded
             : CallSignal::other;
}

Health health_of(const RequestEnd& end) {
  if (end.kind == RequestEnd::Kind::canceled) return Health::unknown;
  if (end.kind != RequestEnd::Kind::failed) return Health::alive;
  const bool answered = end.failed.fault == TransportFault::none && end.failed.status < 500;
  return answered ? Health::alive : Health::failing;
}

/// The server's answer is no, whenever it is asked.
bool is_refusal(const RequestEnd& end) {
  if (end.refuses == Refuses::this_text) return true;
  const int status = end.failed.status;
  return end.failed.fault == TransportFault::none && status < 500 && status != 408 && status != 409 &&
         status != 429;
}

/// A wrong key, or a model or path that is not there: no call fares better at this endpoint.
bool is_about_the_endpoint(const RequestEnd& end) {
  const FailedAttempt& failed = end.failed;
  return failed.fault == TransportFault::none &&
         (failed.status == 401 || failed.status == 404 || end.refuses == Refuses::everything);
}

bool is_unusable(const RequestEnd& end) {
  return end.unusable || end.failed.fault == TransportFault::broken_reply;
}

bool is_answer(const RequestEnd& end) {
  if (end.kind == RequestEnd::Kind::canceled) return false;
  return end.kind != RequestEnd::Kind::failed || is_answer(end.failed.fault);
}

}  // namespace

RequestPlanner::RequestPlanner(std::vector<PlannedServer> servers, const RequestPlanOptions& options)
    : options_(options), policy_(options_.retry) {
  for (PlannedServer& server : servers) {
    auto lane = std::ranges::find(lanes_, server.model, &Lane::model);
    if (lane == lanes_.end()) lane = lanes_.insert(lane, Lane{.model = server.model});
    lane->endpoints.push_back(endpoints_.size());
    endpoints_.emplace_back(std::move(server), options_.quota);
  }
}

bool RequestPlanner::serves(const std::string& model) const {
  return std::ranges::find(lanes_, model, &Lane::model) != lanes_.end();
}

void RequestPlanner::add(std::uint64_t id, const std::string& model, std::uint32_t chain) {
  const auto lane = std::ranges::find(lanes_, model, &Lane::model);
  calls_.emplace(id, Call{.lane = static_cast<std::size_t>(lane - lanes_.begin()),
                          .place = lane->waiting.push(id, chain)});
}

bool RequestPlanner::cancel(std::uint64_t id) {
  const auto call = calls_.find(id);
  if (call == calls_.end() || call->second.flight) return false;
  lanes_[call->second.lane].waiting.cancel(call->second.place);
  calls_.erase(call);  // an entry of delayed_ finds nothing any more
  return true;
}

std::optional<PlannedAttempt> RequestPlanner::next(Instant now) {
  wake_at_ = kNever;
  release_due(now);
  for (Lane& lane : lanes_) {
    if (const auto why = why_hopeless(lane, now)) {
      end_waiting(lane, *why);
    } else if (auto attempt = send_from(lane, now)) {
      return attempt;
    }
  }
  end_lonely_doubts();
  return std::nullopt;
}

void RequestPlanner::release_due(Instant now) {
  while (!delayed_.empty() && delayed_.top().until <= now) {
    const auto call = calls_.find(delayed_.top().call);
    delayed_.pop();
    if (call != calls_.end()) lanes_[call->second.lane].waiting.push_again(call->second.place);
  }
  if (!delayed_.empty()) wake_at_ = delayed_.top().until;
}

/// Sends the lane's first call that can go now and takes nothing from those before it: a call goes before another only to an
/// endpoint that is not for the other. Calls that can never be sent, to whichever endpoint, end on the way.
std::optional<PlannedAttempt> RequestPlanner::send_from(Lane& lane, Instant now) {
  wake_at_ = std::min(wake_at_, room_grows_at(lane, now));
  std::vector<EndpointState> open = states(lane, now);  // not waited for by an earlier call
  int looked_at = 0;
  for (auto place = lane.waiting.front(); place && looked_at < kLookedAt; ++looked_at) {
    const std::uint64_t id = place->call;
    place = lane.waiting.after(*place);
    if (all_halted(open)) {
      end(id, CallFault::halted, why_halted(lane));
      looked_at = 0;
      continue;
    }
    std::vector<EndpointState> endpoints = open;
    NotSent refusal;
    EndpointChoice choice = choose_endpoint(endpoints, now);
    while (choice.chosen) {
      EndpointState& chosen = endpoints[*choice.chosen];
      auto tried = try_endpoint(id, calls_.at(id), lane.endpoints[*choice.chosen], now);
      if (auto* const attempt = std::get_if<PlannedAttempt>(&tried)) return *attempt;
      auto& not_sent = std::get<NotSent>(tried);
      chosen.ready_at = not_sent.again;
      if (not_sent.never) {
        chosen.health = EndpointHealth::halted;  // for this call
        // A budget can be raised: the word that leaves hope goes first.
        if (refusal.never != CallFault::budget) refusal = std::move(not_sent);
      }
      choice = choose_endpoint(endpoints, now);
    }
    if (all_halted(endpoints)) {
      end(id, *refusal.never, std::move(refusal.message));
      looked_at = 0;
      continue;
    }
    wake_at_ = std::min(wake_at_, choice.ask_again);
    bool any_open = false;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (endpoints[i].health != EndpointHealth::halted) open[i].ready_at = kNever;
      any_open = any_open || (open[i].health != EndpointHealth::halted && open[i].ready_at <= now);
    }
    if (!any_open) return std::nullopt;
  }
  return std::nullopt;
}

/// When an endpoint of the lane that is full takes more by itself. Lets it, if that is now.
Instant RequestPlanner::room_grows_at(const Lane& lane, Instant now) {
  Instant soonest = kNever;
  for (const std::size_t number : lane.endpoints) {
    const Instant at = endpoints_[number].concurrency.earliest(now);
    if (at > now) soonest = std::min(soonest, at);
  }
  return soonest;
}

std::vector<EndpointState> RequestPlanner::states(const Lane& lane, Instant now) const {
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

bool RequestPlanner::another_serves(const Lane& lane, std::size_t endpoint) const {
  return std::ranges::any_of(lane.endpoints, [&](std::size_t other) {
    return other != endpoint && endpoints_[other].health != EndpointHealth::halted;
  });
}

std::string RequestPlanner::why_halted(const Lane& lane) const {
  std::string why = fmt::format("no endpoint serves {} any more", lane.model.empty() ? "this" : lane.model);
  for (const std::size_t number : lane.endpoints) {
    const Endpoint& endpoint = endpoints_[number];
    why += fmt::format("; {}: {}", endpoint.options.name, endpoint.halted_by);
  }
  return why;
}

/// Nothing if some endpoint of the lane is worth waiting for, or all are halted.
std::optional<std::string> RequestPlanner::why_hopeless(const Lane& lane, Instant now) const {
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

void RequestPlanner::end_waiting(const Lane& lane, const std::string& message) {
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, call] : calls_) {
    if (&lanes_[call.lane] == &lane && !call.flight) waiting.push_back(id);
  }
  for (const std::uint64_t id : waiting) end(id, CallFault::gave_up, message);
}

std::variant<std::int64_t, RequestPlanner::Refusal> RequestPlanner::reserve(std::uint64_t /*call*/,
                                                                            std::size_t /*endpoint*/) {
  return 0;
}

void RequestPlanner::release(std::uint64_t /*call*/) {}

/// Sends the call to this endpoint if its limits, and whoever else has a say, allow it.
std::variant<PlannedAttempt, RequestPlanner::NotSent> RequestPlanner::try_endpoint(std::uint64_t id,
                                                                                   Call& call,
                                                                                   std::size_t number,
                                                                                   Instant now) {
  Endpoint& endpoint = endpoints_[number];
  auto reserved = reserve(id, number);
  if (auto* const refusal = std::get_if<Refusal>(&reserved))
    return NotSent{.never = refusal->never, .message = std::move(refusal->message)};
  const Result<Admission> admission = endpoint.rate.admit(now, std::get<std::int64_t>(reserved));
  if (!admission || !admission->sent) {
    release(id);
    if (!admission)
      return NotSent{.never = CallFault::too_large,
                     .message = fmt::format("{}: {}", endpoint.options.name, admission.error().message)};
    return NotSent{.again = admission->ask_again};
  }
  lanes_[call.lane].waiting.cancel(call.place);
  ++call.attempts;
  ++in_flight_;
  if (call.attempts == 1) endpoint.quota.on_call();
  endpoint.concurrency.start();
  call.flight = Flight{.endpoint = number, .sent = *admission->sent, .role = endpoint.breaker.start()};
  return PlannedAttempt{.call = id, .endpoint = number, .number = call.attempts, .lessons = call.lessons};
}

void RequestPlanner::end(std::uint64_t id, CallFault fault, std::string message) {
  const auto call = calls_.find(id);
  lanes_[call->second.lane].waiting.cancel(call->second.place);
  calls_.erase(call);
  ended_.push_back({.call = id, .fault = fault, .message = std::move(message)});
}

RequestVerdict RequestPlanner::finish(std::uint64_t id, Instant now, const RequestEnd& end,
                                      const RateLimit::Usage& tokens) {
  Call& call = calls_.at(id);
  const Flight flight = *std::exchange(call.flight, std::nullopt);
  --in_flight_;
  Endpoint& endpoint = endpoints_[flight.endpoint];
  if (is_answer(end)) lanes_[call.lane].has_answered = true;
  observe(endpoint, call, flight, now, end);
  endpoint.rate.finish(flight.sent, now, tokens);

  RequestVerdict verdict;
  switch (end.kind) {
    case RequestEnd::Kind::completed:
      endpoint.quota.on_success();
      endpoint.has_completed = true;
      endpoint.refused_in_a_row = 0;
      resolve_doubt(lanes_[call.lane], CallFault::declined);
      break;
    case RequestEnd::Kind::failed:
      verdict = retry(id, call, flight, now, end);
      break;
    case RequestEnd::Kind::learned:
      ++call.lessons;
      verdict.kind = RequestVerdict::Kind::again;
      wait_again(id, call, now, Delay(0));
      break;
    case RequestEnd::Kind::canceled:
      verdict = {.kind = RequestVerdict::Kind::failed, .fault = CallFault::canceled, .message = "cancelled"};
      break;
  }
  if (verdict.kind != RequestVerdict::Kind::again) calls_.erase(id);
  return verdict;
}

/// What the attempt's end tells of its endpoint.
void RequestPlanner::observe(Endpoint& endpoint, Call& call, const Flight& flight, Instant now,
                             const RequestEnd& end) {
  endpoint.concurrency.finish(now, load_signal(end), end.latency);
  // A stall among answers to what was sent later says nothing of the server as such. (They end together, with nothing between.)
  const bool alone = end.stalled && flight.sent.sent < endpoint.newest_answered;
  endpoint.breaker.finish(now, alone ? Health::unknown : health_of(end), flight.role);
  endpoint.rate.hear(flight.sent, now, end.hints);
  if (end.kind == RequestEnd::Kind::completed) {
    endpoint.newest_answered = std::max(endpoint.newest_answered, flight.sent.sent);
    if (end.first_byte > Delay(0)) endpoint.peers.observe(end.first_byte);
  }
  if (end.stalled && !alone) endpoint.peers.observe(endpoint.peers.silence(call.stalls));
  if (end.stalled) ++call.stalls;
  if (!alone) watch(endpoint, now, end);
}

Delay RequestPlanner::silence(std::uint64_t id) const {
  const auto call = calls_.find(id);
  if (call == calls_.end() || !call->second.flight) return Delay(0);
  const Endpoint& endpoint = endpoints_[call->second.flight->endpoint];
  if (endpoint.quota.left() < options_.quota.at_start / 2) return Delay(0);
  return endpoint.peers.silence(call->second.stalls);
}

/// What of this a person should hear.
void RequestPlanner::watch(Endpoint& endpoint, Instant now, const RequestEnd& end) {
  if (end.kind == RequestEnd::Kind::completed) endpoint.trouble.usable();
  if (end.kind != RequestEnd::Kind::failed || is_refusal(end)) return;
  using Kind = EndpointTrouble::Failure;
  endpoint.trouble.failed(now,
                          end.foreign        ? Kind::foreign
                          : is_unusable(end) ? Kind::unusable
                                             : Kind::unavailable,
                          end.message);
  if (const auto text = endpoint.trouble.notice(now))
    notice(fmt::format("{}: {}", endpoint.options.name, *text));
}

/// Decides about a failed attempt's call, and about its endpoint.
RequestVerdict RequestPlanner::retry(std::uint64_t id, Call& call, const Flight& flight, Instant now,
                                     const RequestEnd& end) {
  Endpoint& endpoint = endpoints_[flight.endpoint];
  const int attempt = call.attempts - call.lessons;
  FailedAttempt failed = end.failed;
  failed.never_answered = !lanes_[call.lane].has_answered;
  RetryDecision decision = policy_.decide(failed, id, attempt);
  if (is_about_the_endpoint(end) && another_serves(lanes_[call.lane], flight.endpoint))
    decision.action = RetryAction::halt;
  leave_alone(endpoint, flight, now, end, decision);

  const auto fail = [](CallFault fault, std::string message) {
    return RequestVerdict{
        .kind = RequestVerdict::Kind::failed, .fault = fault, .message = std::move(message)};
  };
  if (decision.action == RetryAction::fail) {
    std::string message = fmt::format("{} (attempt {})", end.message, attempt);
    if (!is_refusal(end)) return fail(CallFault::gave_up, std::move(message));
    if (end.refuses == Refuses::unclear) return doubt(id, call, endpoint, message);
    return fail(end.refuses == Refuses::this_text ? CallFault::declined : CallFault::rejected,
                std::move(message));
  }
  if (decision.action != RetryAction::halt && !endpoint.quota.try_retry())
    return fail(CallFault::gave_up, fmt::format("{}; too many calls fail to go on retrying", end.message));
  const bool endpoint_waits = end.failed.status == 429 || decision.action != RetryAction::retry;
  // The silence was a wait, too.
  const Delay waited = end.stalled ? end.latency : Delay(0);
  wait_again(id, call, now, endpoint_waits ? Delay(0) : std::max(Delay(0), decision.delay - waited));
  return {.kind = RequestVerdict::Kind::again};
}

/// A refusal in unknown words, of this text or of whatever is asked.
RequestVerdict RequestPlanner::doubt(std::uint64_t id, Call& call, Endpoint& endpoint,
                                     const std::string& message) {
  RequestVerdict verdict{
      .kind = RequestVerdict::Kind::failed, .fault = CallFault::declined, .message = message};
  ++endpoint.refused_in_a_row;
  if (endpoint.has_completed) {
    if (endpoint.refused_in_a_row < kRefusedToStop) return verdict;
    verdict.fault = CallFault::rejected;
    verdict.message = fmt::format("{} refuses whatever is asked, {} calls in a row: {}",
                                  endpoint.options.name, endpoint.refused_in_a_row, message);
    return verdict;
  }
  Lane& lane = lanes_[call.lane];
  if (!lane.doubted) {
    lane.doubted = Doubted{.call = id, .message = message};
    return {.kind = RequestVerdict::Kind::again};
  }
  resolve_doubt(lane, CallFault::rejected);
  lane.doubted = Doubted{.call = 0, .message = message};
  verdict.fault = CallFault::rejected;
  verdict.message = fmt::format("{} refuses whatever is asked: {}", endpoint.options.name, message);
  return verdict;
}

/// Another call has shown what the refusal of the doubted one was about.
void RequestPlanner::resolve_doubt(Lane& lane, CallFault fault) {
  if (!lane.doubted) return;
  const Doubted doubted = *std::exchange(lane.doubted, std::nullopt);
  if (calls_.contains(doubted.call)) end(doubted.call, fault, doubted.message);
}

/// Where there is no other call to decide, the refusal is taken for one of the text; the next one will show.
void RequestPlanner::end_lonely_doubts() {
  for (std::size_t number = 0; number < lanes_.size(); ++number) {
    auto& doubted = lanes_[number].doubted;
    if (!doubted || !calls_.contains(doubted->call)) continue;
    const bool lonely = std::ranges::none_of(
        calls_, [&](const auto& each) { return each.second.lane == number && each.first != doubted->call; });
    if (lonely) end(std::exchange(doubted->call, 0), CallFault::declined, doubted->message);
  }
}

void RequestPlanner::halt(std::size_t endpoint, std::string why) {
  endpoints_[endpoint].health = EndpointHealth::halted;
  endpoints_[endpoint].halted_by = std::move(why);
}

/// Keeps every call from the endpoint for as long as its server wants, or for good.
void RequestPlanner::leave_alone(Endpoint& endpoint, const Flight& flight, Instant now, const RequestEnd& end,
                                 const RetryDecision& decision) {
  const Instant until = now + decision.delay;
  if (end.failed.status == 429) endpoint.rate.refused(flight.sent, now, until, end.hints);
  if (decision.action == RetryAction::park) endpoint.parked_until = std::max(endpoint.parked_until, until);
  if (decision.action == RetryAction::halt) {
    endpoint.health = EndpointHealth::halted;
    endpoint.halted_by = end.message;
  }
  if (const Instant alone = endpoint.left_alone_until();
      alone > std::max(now, endpoint.wait_told) + kLongWait) {
    endpoint.wait_told = alone;
    notice(fmt::format("{} asks to be left alone for {}: {}", endpoint.options.name, in_words(alone - now),
                       end.message));
  }
}

void RequestPlanner::wait_again(std::uint64_t id, const Call& call, Instant now, Delay delay) {
  if (delay > Delay(0)) {
    delayed_.push({.until = now + delay, .call = id});
  } else {
    lanes_[call.lane].waiting.push_again(call.place);
  }
}

}  // namespace throng
