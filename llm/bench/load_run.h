#pragma once

#include <functional>

#include "llm/bench/load.h"
#include "llm/bench/measurements.h"
#include "llm/client.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm::bench {

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
