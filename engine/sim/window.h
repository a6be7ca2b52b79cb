#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/sim/event.h"

namespace throng {

/// A stretch of virtual time within which the world does not change, so that actors are independent of one another. Its end is
/// the only place where they meet.
struct Window {
  std::uint16_t round = 0;  ///< from 0
  VirtualTime begin;
  VirtualTime end;
  bool is_last = false;  ///< nobody comes back: neither states nor effects are wanted of it
};

/// Actors per partition. A partition is the unit of parallel work and of stopping, with a scheduler of its own.
inline constexpr std::size_t kPartitionSize = 256;

/// The partition that an actor belongs to for good, whoever else is still there.
inline std::size_t partition_of(ActorId actor) { return index(actor) / kPartitionSize; }

/// A change of the world that an actor leaves for the window's end.
template <class Change>
struct Effect {
  EventKey key;  ///< of the event that left it
  Change change;
};

/// Puts effects into the order in which they are applied.
template <class Change>
void sort_by_key(std::span<Effect<Change>> effects) {
  std::ranges::sort(effects, {}, &Effect<Change>::key);
}

/// The stretches of neighbours of one partition; `actor(element)`: whose an element is.
template <class Element, class Actor>
std::vector<std::span<Element>> by_partition(std::span<Element> elements, const Actor& actor) {
  std::vector<std::span<Element>> stretches;
  for (auto first = elements.begin(); first != elements.end();) {
    const std::size_t number = partition_of(actor(*first));
    const auto last = std::find_if(first, elements.end(),
                                   [&](const Element& each) { return partition_of(actor(each)) != number; });
    stretches.emplace_back(first, last);
    first = last;
  }
  return stretches;
}

}  // namespace throng
