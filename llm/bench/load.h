#pragma once

#include <cstdint>

#include "engine/polite/instant.h"

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

}  // namespace throng::llm::bench
