#pragma once

#include <string>
#include <vector>

#include "engine/http/http_message.h"
#include "llm/endpoint_options.h"
#include "llm/wire/models_list.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm::bench {

/// What an endpoint said when it was asked for its models.
struct Discovery {
  int status = 0;                 ///< of the reply
  std::vector<ModelInfo> models;  ///< empty if it tells none
  net::HttpTimings timings;
};

/// Asks `GET /v1/models`, or at another path that the URL may mean; runs `io` meanwhile. `options.model` may be
/// empty. Throws Failure(stopped) if the endpoint cannot be reached, Failure(usage) if it refuses the key, or for
/// options that cannot work.
Discovery discover(boost::asio::io_context& io, const EndpointOptions& options,
                   const Environment& environment);

/// The first one, else "default".
std::string model_of(const Discovery& discovery);

}  // namespace throng::llm::bench
