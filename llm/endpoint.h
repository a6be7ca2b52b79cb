#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/http/http_client.h"
#include "llm/call_planner.h"
#include "llm/endpoint_options.h"
#include "llm/endpoint_paths.h"
#include "llm/job.h"

namespace throng::llm {

/// One endpoint of a Client: its connections, its key and what its servers understand.
class Endpoint {
 public:
  Endpoint(boost::asio::io_context& io, EndpointOptions options, const Environment& environment);

  /// Connections to where the endpoint is now.
  net::HttpClient& http() { return *clients_.back(); }
  const std::string& name() const { return paths_.front().origin; }
  /// Its key, the values of its headers, and a proxy's login.
  const Secrets& secrets() const { return secrets_; }
  const Capabilities& capabilities() const { return options_.capabilities; }
  PlannedEndpoint planned(ConcurrencyMode mode) const;

  /// Sends the job's request; see HttpClient::send. `job` keeps its place until then.
  void send(Job& job, net::HttpClient::Done done, net::HttpClient::Chunk chunk,
            net::HttpClient::Silence silence = {});
  /// What the job's attempt brought. If that is a lesson, about a field that the servers do not know or about where
  /// they are (a redirect within the host, nothing at one of several possible paths), it is learned, and the job is
  /// to be sent again.
  Decision read(Job& job, const net::HttpResult& result, const Secrets& secrets, WallTime now);
  /// Where the models may be listed.
  std::vector<std::string> models_targets() const;
  const std::string& origin() const { return origin_; }

  /// What of the job's request this endpoint is not asked, if that was not said before; else "".
  std::string newly_left_out(const Job& job);

 private:
  EndpointPaths& paths() { return paths_[at_]; }
  const EndpointPaths& paths() const { return paths_[at_]; }
  net::HttpRequest request(const Job& job) const;
  std::optional<std::string> reroute(const SentTo& sent_to, const net::HttpResult& result);
  std::optional<std::string> follow(const SentTo& sent_to, const net::HttpResponse& reply);
  std::optional<std::string> try_next_path(const SentTo& sent_to, const net::HttpResponse& reply);
  std::string addresses_tried() const;
  void connect_to(const std::string& origin);

  boost::asio::io_context& io_;
  EndpointOptions options_;
  std::vector<EndpointPaths> paths_;  ///< that are possible
  std::size_t at_ = 0;                ///< where requests go
  std::string origin_;                ///< likewise: a redirect to https changes it
  int redirects_ = 0;                 ///< followed
  net::HttpClientOptions http_options_;
  Secrets secrets_;
  std::vector<std::unique_ptr<net::HttpClient>>
      clients_;  ///< the last one is in use, requests to others may be under way
  std::set<std::string, std::less<>> said_;
};

}  // namespace throng::llm
