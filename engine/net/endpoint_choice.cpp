#include "engine/net/endpoint_choice.h"

#include <algorithm>

namespace throng {

EndpointChoice choose_endpoint(std::span<const EndpointState> endpoints, Instant now) {
  EndpointChoice choice;
  double least = 1;  // full
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const EndpointState& endpoint = endpoints[i];
    if (endpoint.health == EndpointHealth::halted || endpoint.outstanding >= endpoint.capacity) continue;
    if (endpoint.ready_at > now) {
      choice.ask_again = std::min(choice.ask_again, endpoint.ready_at);
      continue;
    }
    const double load = endpoint.outstanding / endpoint.capacity;
    if (load >= least) continue;
    least = load;
    choice.chosen = i;
  }
  return choice;
}

bool all_halted(std::span<const EndpointState> endpoints) {
  return std::ranges::all_of(endpoints,
                             [](const EndpointState& e) { return e.health == EndpointHealth::halted; });
}

}  // namespace throng
