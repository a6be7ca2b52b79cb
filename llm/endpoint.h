#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/net/http_client.h"
#include "llm/call_planner.h"
#include "llm/endpoint_options.h"
#include "llm/endpoint_paths.h"
#include "llm/job.h"

namespace throng::llm {

/// One endpoint of an EndpointClient: its connections, its key and what its servers understand.
class Endpoint {
 public:
  Endpoint(boost::asio::io_context& io, EndpointOptions options, const Environment& environment);

  net::HttpClient& http() { return *http_; }
  const std::string& name() const { return paths_.origin; }
  /// Its key, the values of its headers, and a proxy's login.
  const Secrets& secrets() const { return secrets_; }
  const Capabilities& capabilities() const { return options_.capabilities; }
  PlannedEndpoint planned(ConcurrencyMode mode) const;

  net::HttpRequest request(const Job& job, int attempt) const;
  /// Takes a lesson that a request written for `sent_with` taught. False: it is known already.
  bool apply(const LearnedCapabilities& lesson, const Capabilities& sent_with);
  /// What of the job's request this endpoint is not asked, if that was not said before; else "".
  std::string newly_left_out(const Job& job);

 private:
  EndpointOptions options_;
  EndpointPaths paths_;
  Secrets secrets_;
  std::optional<net::HttpClient> http_;
  std::set<std::string, std::less<>> said_;
};

}  // namespace throng::llm
