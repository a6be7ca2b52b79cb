#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/polite/request_planner.h"

namespace throng {

/// Logs what the planner decides about endpoints, and why: limits, bursts, pauses, calls in flight, circuit breakers. It compares what it
/// sees with what it saw before, so that the planner itself need not know of any log.
class EndpointWatch {
 public:
  explicit EndpointWatch(const RequestPlanner& planner);

  /// To be called whenever an attempt was sent to the endpoint or has ended. `why`: what an attempt ended with, in words; "" if it
  /// was well.
  void look(std::size_t endpoint, Instant now, std::string_view why);

 private:
  /// Of one limit per minute.
  struct SeenLimit {
    std::int64_t per_minute = 0;
    Delay burst{0};
    RateBucket::Belief belief = RateBucket::Belief::headers;
  };
  struct Seen {
    SeenLimit requests;
    SeenLimit tokens;
    Instant paused_until = Instant::min();
    Instant parked_until = Instant::min();
    int in_flight_limit = 0;
    int told_in_flight_limit = 0;  ///< at info
    CircuitBreaker::State breaker = CircuitBreaker::State::closed;
    EndpointHealth health = EndpointHealth::usable;
  };

  static SeenLimit seen(const RateBucket& limit);
  void look_at_limit(std::size_t endpoint, std::string_view of, const RateBucket& limit, SeenLimit& before,
                     std::string_view why) const;
  void look_at_pauses(std::size_t endpoint, Seen& seen, Instant now, std::string_view why) const;
  void look_at_load(std::size_t endpoint, Seen& seen) const;
  void look_at_health(std::size_t endpoint, Seen& seen, std::string_view why) const;

  const RequestPlanner& planner_;
  std::vector<Seen> seen_;
};

}  // namespace throng
