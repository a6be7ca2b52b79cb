#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/polite/concurrency_limit.h"
#include "llm/mock/rate_limits.h"

namespace throng::llm {

/// A server with one limit, and calls that are all there at once: what the client makes of it, on a simulated clock. The
/// client is CallPlanner with all it decides; the server counts as the mock does, and its headers are texts.
struct PacedRun {
  mock::LimitKind kind = mock::LimitKind::sliding;
  std::chrono::milliseconds bucket{1000};  ///< what a bucket holds
  mock::AnnouncedLimits announced = mock::AnnouncedLimits::right;
  bool announced_only = false;     ///< the client is not told the limit, but by headers
  std::int64_t asked = 0;          ///< calls a minute that the client is told to keep to; 0: the limit
  bool by_tokens = false;          ///< the limit is one of tokens, of which each call takes the same
  std::int64_t per_minute = 6000;  ///< calls
  Delay first_minute{30'000'000};  ///< fixed minutes: until the first one ends
  Pacing pacing = Pacing::automatic;
  ConcurrencyMode concurrency = ConcurrencyMode::adaptive;
  int max_in_flight = 100'000;
  double random_429s = 0;        ///< share of admitted calls, with a retry-after of 20 ms
  Delay network{10'000};         ///< one way, at least
  Delay network_jitter{5'000};   ///< and so much more at most
  std::vector<Delay> latencies;  ///< of the calls
  std::uint64_t seed = 1;        ///< of the network and the random 429s
};

struct PacedOutcome {
  double seconds = 0;                 ///< until the last reply
  std::int64_t refused = 0;           ///< by the limit
  std::int64_t most_at_once = 0;      ///< refused in any tenth of a second
  std::int64_t most_in_a_minute = 0;  ///< of all requests, in any sliding one
};

/// Throws std::logic_error if the client gives up a call or waits for nothing.
PacedOutcome run_paced(const PacedRun& run);

/// The least time that the limit allows, in seconds: no client can be faster, because the n-th call of any schedule comes no
/// sooner than the n-th of this one, and longer calls go first. The schedule is replayed against the same server; throws
/// std::logic_error if that refuses any of it.
double least_seconds(const PacedRun& run);

}  // namespace throng::llm
