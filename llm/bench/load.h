#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "engine/polite/instant.h"
#include "llm/bench/measurements.h"
#include "llm/client.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm::bench {

/// How calls are brought to an endpoint.
struct Load {
  enum class Kind {
    closed,  ///< `concurrency` calls at once: the next starts when one ends
    open,    ///< `rate` calls per second, evenly spaced, whatever the endpoint does
  };
  Kind kind = Kind::closed;
  int concurrency = 1;  ///< closed; at least 1
  double rate = 1;      ///< open; above 0
};

/// When to start no more calls: whichever comes first. 0: no such end; one of them is above 0.
struct Extent {
  std::int64_t requests = 0;
  Delay duration{0};  ///< from the start; calls intended before are started, even if late
};

/// Says when to start which call. Pure: it is told the time, which never goes back.
class Pacer {
 public:
  /// `started` is when the load begins.
  Pacer(const Load& load, const Extent& extent, Instant started);

  /// `intended` is when the load wants the call to start: latency counts from there, so that an endpoint (or a
  /// client) that is late is charged for it. Closed: when its predecessor ended.
  struct Start {
    std::int64_t index = 0;  ///< 0, 1, ...
    Instant intended;
  };
  /// The next call to start now, if there is one; ask until there is none.
  std::optional<Start> next(Instant now);
  /// After `next` had none: when to ask again; kNever: after the next `finish`.
  Instant wake_at() const;

  /// A call that was started is over.
  void finish() { --running_; }
  /// Starts no more.
  void stop() { stopped_ = true; }

  /// Nothing runs and nothing more will start.
  bool over(Instant now) const { return running_ == 0 && !more(now); }
  std::int64_t started() const { return count_; }
  std::int64_t running() const { return running_; }

 private:
  bool more(Instant now) const;
  Instant scheduled() const;

  Load load_;
  Extent extent_;
  Instant started_;
  std::int64_t count_ = 0;
  std::int64_t running_ = 0;
  bool stopped_ = false;
};

struct LoadProgress {
  std::int64_t started = 0;
  std::int64_t running = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  Delay elapsed{0};
};

enum class Go { on, stop };

/// Hears ten times a second how a load goes, and may end it.
using LoadObserver = std::function<Go(const LoadProgress&)>;

/// What came of a load.
struct LoadOutcome {
  std::int64_t started = 0;
  std::int64_t most_running = 0;
  Delay elapsed{0};  ///< from the beginning to the end of the last call
  Instant began;
  Go ended = Go::on;  ///< stop: the observer wanted it; calls on their way were cancelled
};

/// Brings `load` to `client`, which lives on `io`, and runs `io` until the last call has ended. `request` makes the
/// call with an index.
LoadOutcome run_load(boost::asio::io_context& io, Client& client, const Load& load, const Extent& extent,
                     const std::function<ChatRequest(std::int64_t)>& request, Measurements& measurements,
                     const LoadObserver& observer);

}  // namespace throng::llm::bench
