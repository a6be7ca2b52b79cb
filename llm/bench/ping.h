#pragma once

#include "engine/base/json.h"
#include "llm/endpoint_options.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm::bench {

/// One streamed call to an endpoint, and what it shows of it. First the fields of a request are tried: whatever the
/// endpoint does not know is given up, until it answers. Runs `io`; retries nothing.
/// Throws Failure(stopped) if the endpoint cannot be reached or does not answer, Failure(usage) if it refuses.
///
/// An object with
///   "url", "model" (as the server names it)
///   "connection_ms" {"connect", "tls"}: of a fresh connection
///   "timings_ms"    {"first_byte", "first_token" (null: none came), "total"}: of the call, on that connection if kept
///   "attempts"      requests until the endpoint took one
///   "capabilities"  as a scenario's endpoint takes them
///   "fits_schema"   whether the reply holds a value that fits the JSON Schema that it was asked for, and
///   "taken_from"    what that had to be taken out of; "" if the reply was nothing else
///   "usage"         {"prompt", "cached", "completion", "source"}
///   "finish", "text"
///   "rate_limit_headers"  the `x-ratelimit-*` and `retry-after*` headers of the reply
Json ping(boost::asio::io_context& io, const EndpointOptions& options, const Environment& environment);

}  // namespace throng::llm::bench
