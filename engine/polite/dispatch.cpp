#include "engine/polite/dispatch.h"

#include <algorithm>

namespace throng {

ServiceOrder::Place ServiceOrder::push(CallId call, std::uint32_t chain) {
  const Place place{.chain = chain, .number = next_++, .call = call};
  places_.insert(place);
  return place;
}

std::optional<ServiceOrder::Place> ServiceOrder::front() const {
  if (places_.empty()) return std::nullopt;
  return *places_.begin();
}

std::optional<ServiceOrder::Place> ServiceOrder::after(const Place& place) const {
  const auto next = places_.upper_bound(place);
  if (next == places_.end()) return std::nullopt;
  return *next;
}

std::optional<ServiceOrder::Place> ServiceOrder::pop() {
  const auto place = front();
  if (place) places_.erase(places_.begin());
  return place;
}

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
