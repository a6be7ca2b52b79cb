#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine/sim/event_queue.h"

namespace throng {

/// How far after one event of an actor its next one lies. Every distribution has the same mean.
enum class Gaps : std::uint8_t {
  exponential,
  bimodal,     ///< 9 of 10 uniform in [0, 0.2) means, 1 of 10 uniform in [9, 9.2) means
  all_ties,    ///< always the mean, so that every pending event has the same time or the one after it
  far_future,  ///< 99 of 100 exponential with 0.01 means, 1 of 100 uniform in [49.5, 148.5) means, so that
               ///< most events come soon and most pending events lie far ahead
};

const char* to_string(Gaps distribution);

/// Something in the world that an event changes: a cache line.
struct alignas(64) Place {
  std::uint64_t visits = 0;
  VirtualTime last;
  std::uint32_t last_visitor = 0;

  void visit(VirtualTime now, std::uint32_t visitor) {
    ++visits;
    last = now;
    last_visitor = visitor;
  }
};

/// The events of `actors` actors that each wait for one gap after another. The gaps are drawn beforehand, and
/// addressed by actor and sequence, so that every structure under test sees the same keys.
class Workload {
 public:
  static constexpr Duration kMean = std::chrono::seconds(10);

  Workload(Gaps distribution, std::uint32_t actors);

  std::uint32_t actors() const { return actors_; }
  /// The time of the actor's first event: as if all of them had been at it forever.
  VirtualTime start(std::uint32_t actor) const;
  /// The gap after the actor's event of that sequence.
  Duration gap(std::uint32_t actor, std::uint64_t sequence) const {
    return Duration(gaps_[address(actor, sequence)]);
  }
  /// One of `actors()` places, for the same event.
  std::uint32_t place(std::uint32_t actor, std::uint64_t sequence) const {
    const std::uint32_t place = actor + places_[address(actor, sequence)];
    return place < actors_ ? place : place - actors_;
  }

 private:
  static constexpr std::uint32_t kBits = 14;  // few enough to stay in a core's second cache

  static std::uint32_t address(std::uint32_t actor, std::uint64_t sequence) {
    return (actor ^ static_cast<std::uint32_t>(sequence) * 0x9e3779b1U) * 0x85ebca6bU >> (32U - kBits);
  }

  Gaps distribution_;
  std::uint32_t actors_;
  std::vector<std::uint32_t> gaps_;  ///< microseconds
  std::vector<std::uint32_t> places_;
  std::vector<std::uint64_t> ends_;  ///< the running sums of gaps_
};

}  // namespace throng
