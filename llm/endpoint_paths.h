#pragma once

#include <string>

#include "engine/base/error.h"
#include "llm/endpoint_options.h"

namespace throng::llm {

/// Where an endpoint's servers are asked.
struct EndpointPaths {
  std::string origin;  ///< "https://host:port"
  std::string chat;    ///< request targets: path and query
  std::string embeddings;
  std::string models;
};

/// `/v1` is added to a URL whose path names no version; a URL that a user copied with its `/chat/completions`
/// will do too. Azure has a path per deployment, unless its URL ends with `/openai/v1`. The Error (usage)
/// tells what is wrong with the URL and repeats nothing of it.
Result<EndpointPaths> endpoint_paths(const EndpointOptions& options);

}  // namespace throng::llm
