#pragma once

#include <array>
#include <cstdint>

#include "engine/base/json.h"
#include "llm/mock/fault.h"

namespace throng::llm::mock {

/// What the mock counts. Every request for a completion or embeddings ends as one of: completed (slow and invalid
/// replies too), rejected_*, bad_requests, aborted, another fault.
struct MockStats {
  std::int64_t requests = 0;  ///< for completions or embeddings, with a right key
  std::int64_t completed = 0;
  std::int64_t streamed = 0;  ///< of completed
  std::int64_t rejected_rpm = 0;
  std::int64_t rejected_tpm = 0;
  std::int64_t rejected_quota = 0;
  std::int64_t unauthorized = 0;               ///< not among the requests
  std::int64_t bad_requests = 0;               ///< status 400
  std::int64_t aborted = 0;                    ///< the client went away before it had all
  std::array<std::int64_t, kFaults> faults{};  ///< drawn
  std::int64_t prompt_tokens = 0;              ///< of completed calls, as the three that follow
  std::int64_t cached_tokens = 0;              ///< of prompt_tokens
  std::int64_t completion_tokens = 0;
  std::int64_t aborted_prompt_tokens = 0;      ///< of aborted calls that the model had begun
  std::int64_t aborted_completion_tokens = 0;  ///< what of their streams had been written
  std::int64_t in_flight = 0;
  std::int64_t max_in_flight = 0;
  std::int64_t max_queued = 0;               ///< for a slot
  std::int64_t max_requests_per_minute = 0;  ///< in any sliding 60 s, rejected ones included
  std::int64_t max_tokens_per_minute = 0;
  std::int64_t connections = 0;  ///< accepted
  std::int64_t max_connections = 0;
  std::int64_t tls_resumed = 0;

  std::int64_t operator[](Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
};

/// With the names above; `faults` is an object of the kinds.
Json to_json(const MockStats& stats);

}  // namespace throng::llm::mock
