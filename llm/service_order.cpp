#include "llm/service_order.h"

namespace throng::llm {

ServiceOrder::Place ServiceOrder::push(CallId call, std::uint32_t chain) {
  const Place place{.chain = chain, .number = next_++, .call = call};
  places_.insert(place);
  return place;
}

std::optional<ServiceOrder::Place> ServiceOrder::front() const {
  if (places_.empty()) return std::nullopt;
  return *places_.begin();
}

std::optional<ServiceOrder::Place> ServiceOrder::pop() {
  const auto place = front();
  if (place) places_.erase(places_.begin());
  return place;
}

}  // namespace throng::llm
