#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Where that may be, the likeliest first, all of one origin; the next one is for when nothing is there. A URL that
/// was copied with its `/chat/completions` is taken at its word. Of another one whose path names no version, `/v1` is
/// tried first and then the URL as it is; of the hosts in the table of endpoint_paths.cpp their own path, if the URL
/// has none. Azure has a path per deployment, unless the URL names one, or ends with `/openai/v1` or `/models`; its
/// `?api-version=` may stand in the URL. The Error (usage) tells what is wrong with the URL and repeats nothing of
/// it.
Result<std::vector<EndpointPaths>> possible_paths(const EndpointOptions& options);

/// The likeliest.
Result<EndpointPaths> endpoint_paths(const EndpointOptions& options);

/// What the URL itself says: that it is Azure's, and the version of its API; "": nothing.
Api api_of(std::string_view url);
std::string api_version_in(std::string_view url);

/// Where a redirect leads: to the same server, or to the same host by https in place of http; or to anywhere else,
/// which is not followed: a key would go there.
struct Redirect {
  std::string origin;
  std::string target;  ///< path and query
  bool same_host = false;

  /// For a person: without a query, which may hold anything.
  std::string address() const;
};

/// `location` is the header of a reply to a request for `target` of `origin`. Nothing: it is no address.
std::optional<Redirect> redirect_of(const std::string& origin, const std::string& target,
                                    std::string_view location);

}  // namespace throng::llm
