#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/net/instant.h"

namespace throng {

enum class EndpointHealth {
  usable,
  halted,  ///< quota or billing: not again in this run
};

/// What the choice needs to know of an endpoint.
struct EndpointState {
  EndpointHealth health = EndpointHealth::usable;
  Instant ready_at = Instant::min();  ///< parked, breaker open, bucket paused or pacing: not before this
  double outstanding = 0;             ///< work in flight, in calls or tokens, the same for all
  double capacity = 1;                ///< most work in flight, same unit; not above 0: none now
};

struct EndpointChoice {
  std::optional<std::size_t> chosen;
  Instant ask_again = kNever;  ///< if none: when the first one is ready; kNever: when an attempt finishes
};

/// The ready endpoint with room that has the least outstanding work relative to its capacity; the first among equals.
EndpointChoice choose_endpoint(std::span<const EndpointState> endpoints, Instant now);

/// No call can ever be sent again.
bool all_halted(std::span<const EndpointState> endpoints);

}  // namespace throng
