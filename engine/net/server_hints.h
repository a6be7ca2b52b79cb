#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "engine/net/instant.h"

namespace throng {

/// What the headers of a reply say about retrying and about one rate limit.
struct LimitHints {
  std::optional<std::int64_t> limit;      ///< per minute
  std::optional<std::int64_t> remaining;  ///< of it, when the server counted this request
  std::optional<Delay> reset;             ///< until it is full again
};

struct ServerHints {
  std::optional<bool> should_retry;  ///< `x-should-retry`
  std::optional<Delay>
      retry_after;  ///< `retry-after-ms`, or `retry-after` unless that is the same rounded up; the longer one
  LimitHints requests;
  LimitHints tokens;

  /// How long the server wants to be left alone: `retry_after` if given, else the longest reset among the limits
  /// that are used up (or may be: nothing is said of what remains); else nothing.
  std::optional<Delay> wait() const;
};

/// The value of a header by its lower-case name.
using HeaderLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

/// Never fails: what is not understood was not said. Dates count from the reply's own `date` header, so that a
/// wrong clock on either side does not matter; `now` stands in where there is none.
ServerHints read_server_hints(const HeaderLookup& header, WallTime now);

}  // namespace throng
