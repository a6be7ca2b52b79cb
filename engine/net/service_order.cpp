#include "engine/net/service_order.h"

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

}  // namespace throng
