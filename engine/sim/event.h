#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "engine/base/ids.h"
#include "engine/sim/virtual_time.h"

namespace throng {

enum class ActorId : std::uint32_t {};

/// The order of events: a total order that depends on nothing but the model. `sequence` counts the events of
/// one source, so no two events have the same key.
struct EventKey {
  VirtualTime time;
  ActorId source{};
  std::uint32_t sequence = 0;

  auto operator<=>(const EventKey&) const = default;
};

/// Such as "event (2d 03:15:00, 183300000000 us, actor 7, sequence 12)".
std::string describe(const EventKey& key);

}  // namespace throng
