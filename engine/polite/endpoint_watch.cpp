#include "engine/polite/endpoint_watch.h"

#include <cstdlib>
#include <utility>

#include "engine/base/log.h"

namespace throng {
namespace {

constexpr std::string_view kArea = "endpoint";

std::string_view name_of(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::closed:
      return "breaker closed: calls go again";
    case CircuitBreaker::State::open:
      return "breaker open: no calls go";
    case CircuitBreaker::State::probing:
      break;
  }
  return "breaker half open: one call goes to see";
}

}  // namespace

EndpointWatch::EndpointWatch(const RequestPlanner& planner) : planner_(planner) {
  for (std::size_t i = 0; i < planner.endpoints(); ++i) {
    const RateLimit& rate = planner.rate_limit(i);
    const int in_flight = planner.concurrency(i).limit();
    seen_.push_back({.requests = seen(rate.requests()),
                     .tokens = seen(rate.tokens()),
                     .in_flight_limit = in_flight,
                     .told_in_flight_limit = in_flight});
    log_event(LogLevel::info, kArea, "in use",
              {{"endpoint", planner.options(i).name},
               {"model", planner.options(i).model},
               {"rpm", rate.requests_per_minute()},
               {"tpm", rate.tokens_per_minute()},
               {"in_flight", in_flight},
               {"in_flight_most", planner.options(i).concurrency.max}});
  }
}

void EndpointWatch::look(std::size_t endpoint, Instant now, std::string_view why) {
  if (!is_logged(LogLevel::error)) return;
  Seen& seen = seen_[endpoint];
  const RateLimit& rate = planner_.rate_limit(endpoint);
  look_at_limit(endpoint, "requests", rate.requests(), seen.requests, why);
  look_at_limit(endpoint, "tokens", rate.tokens(), seen.tokens, why);
  look_at_pauses(endpoint, seen, now, why);
  look_at_load(endpoint, seen);
  look_at_health(endpoint, seen, why);
}

EndpointWatch::SeenLimit EndpointWatch::seen(const RateBucket& limit) {
  return {.per_minute = limit.limit(), .burst = limit.burst(), .belief = limit.belief()};
}

void EndpointWatch::look_at_limit(std::size_t endpoint, std::string_view of, const RateBucket& limit,
                                  SeenLimit& before, std::string_view why) const {
  const PlannedServer& options = planner_.options(endpoint);
  const SeenLimit now = seen(limit);
  if (now.per_minute != before.per_minute) {
    log_event(LogLevel::info, kArea,
              of == "requests" ? "requests limited otherwise" : "tokens limited otherwise",
              {{"endpoint", options.name},
               {"model", options.model},
               {"per_minute", now.per_minute},
               {"was", before.per_minute},
               {"why", why.empty() ? "what the server's headers say" : why}});
  }
  if (now.burst != before.burst) {
    // They grow step by step, which are details, until a refusal has told how large they may be, or all may go at once.
    const bool learned = limit.burst_is_known() || now.burst >= std::chrono::minutes(1);
    log_event(learned ? LogLevel::info : LogLevel::debug, kArea, "bursts limited otherwise",
              {{"endpoint", options.name},
               {"model", options.model},
               {"of", of},
               {"allowance_of", now.burst},
               {"was", before.burst},
               {"why", why}});
  }
  if (now.belief != before.belief) {
    log_event(LogLevel::info, kArea,
              now.belief == RateBucket::Belief::refusals
                  ? "its headers were wrong about when a limit is free again"
                  : "nothing it says of when a limit is free again is believed",
              {{"endpoint", options.name}, {"model", options.model}, {"of", of}, {"why", why}});
  }
  before = now;
}

void EndpointWatch::look_at_pauses(std::size_t endpoint, Seen& seen, Instant now,
                                   std::string_view why) const {
  const PlannedServer& options = planner_.options(endpoint);
  const auto left_alone = [&](LogLevel level, std::string_view what, Instant& before, Instant until) {
    if (until <= before || until <= now) return;
    before = until;
    log_event(level, kArea, what,
              {{"endpoint", options.name}, {"model", options.model}, {"for", until - now}, {"why", why}});
  };
  left_alone(LogLevel::info, "paused", seen.paused_until, planner_.rate_limit(endpoint).paused_until());
  left_alone(LogLevel::warning, "left alone for long", seen.parked_until, planner_.parked_until(endpoint));
}

void EndpointWatch::look_at_load(std::size_t endpoint, Seen& seen) const {
  const int limit = planner_.concurrency(endpoint).limit();
  if (limit == seen.in_flight_limit) return;
  seen.in_flight_limit = limit;
  // The search for the best number moves in small steps all the time: they are details.
  const bool much = 4 * std::abs(limit - seen.told_in_flight_limit) >= seen.told_in_flight_limit;
  const PlannedServer& options = planner_.options(endpoint);
  log_event(much ? LogLevel::info : LogLevel::debug, kArea, "calls in flight limited otherwise",
            {{"endpoint", options.name},
             {"model", options.model},
             {"limit", limit},
             {"was", seen.told_in_flight_limit}});
  if (much) seen.told_in_flight_limit = limit;
}

void EndpointWatch::look_at_health(std::size_t endpoint, Seen& seen, std::string_view why) const {
  const PlannedServer& options = planner_.options(endpoint);
  if (const auto state = planner_.breaker(endpoint).state(); state != seen.breaker) {
    seen.breaker = state;
    log_event(state == CircuitBreaker::State::open ? LogLevel::warning : LogLevel::info, kArea,
              name_of(state), {{"endpoint", options.name}, {"model", options.model}, {"why", why}});
  }
  if (const EndpointHealth health = planner_.health(endpoint); health != seen.health) {
    seen.health = health;
    log_event(LogLevel::warning, kArea, "not used any more",
              {{"endpoint", options.name}, {"model", options.model}, {"why", why}});
  }
}

}  // namespace throng
