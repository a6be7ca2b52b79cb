#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "engine/polite/endpoint_health.h"
#include "engine/polite/instant.h"

namespace throng {

/// The order in which waiting calls are served: the one with the longest chain of calls still depending on it
/// first, so that the tail of a batch is short; the first come first among equals. Logarithmic time.
class ServiceOrder {
 public:
  using CallId = std::uint64_t;

  /// A place in the queue, to cancel it by.
  struct Place {
    std::uint32_t chain =
        0;  ///< calls that will follow this one, itself included or not, but the same for all
    std::uint64_t number = 0;  ///< of the push
    CallId call = 0;

    /// Earlier served is smaller.
    friend std::strong_ordering operator<=>(const Place& a, const Place& b) {
      if (const auto longer = b.chain <=> a.chain; longer != 0) return longer;
      return a.number <=> b.number;
    }
    friend bool operator==(const Place& a, const Place& b) { return (a <=> b) == 0; }
  };

  Place push(CallId call, std::uint32_t chain);
  /// A call that was served before and must wait again (a retry) keeps its place among its equals.
  void push_again(const Place& place) { places_.insert(place); }
  /// False: it is not waiting.
  bool cancel(const Place& place) { return places_.erase(place) > 0; }

  /// The next one, which stays.
  std::optional<Place> front() const;
  std::optional<Place> pop();
  /// The one that is served after this one, which need not wait any more.
  std::optional<Place> after(const Place& place) const;

  bool empty() const { return places_.empty(); }
  std::size_t size() const { return places_.size(); }

 private:
  std::set<Place> places_;
  std::uint64_t next_ = 0;
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
