#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/hash.h"
#include "engine/sim/event_queue.h"

namespace throng {

/// Names one call of an actor to the outside world: the n-th time (from 0) that this actor asks this.
/// Independent of when and where it was sent, so it finds the reply again in a journal.
struct CallKey {
  ActorId actor{};
  Hash128 request;
  std::uint32_t occurrence = 0;

  auto operator<=>(const CallKey&) const = default;
};

/// The way out of the simulation: language models, embeddings, remote rankings.
class Outside {
 public:
  virtual ~Outside() = default;

  /// Starts a call and returns at once. Exactly one `Scheduler::complete(key, reply)` must follow, on the
  /// scheduler's thread, after the reply has been made durable; not from within `submit`. `request` is valid
  /// only during the call.
  virtual void submit(const CallKey& key, std::string_view request) = 0;
};

/// How much virtual time a call takes, computed from its reply alone; never negative.
using ReplyDuration = std::function<Duration(std::string_view reply)>;

}  // namespace throng
