#include "engine/sim/event_queue.h"

#include <fmt/format.h>

namespace throng {

std::string describe(const EventKey& key) {
  return fmt::format("event ({}, {} us, priority {}, actor {}, sequence {})", format_time(key.time),
                     key.time.time_since_epoch().count(), key.priority, index(key.source), key.sequence);
}

}  // namespace throng
