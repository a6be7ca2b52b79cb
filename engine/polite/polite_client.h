#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/error.h"
#include "engine/http/http_client.h"
#include "engine/polite/request_planner.h"

namespace throng::net {

struct PoliteClientOptions {
  HttpClientOptions http{};  ///< its `max_connections` is how many requests may be under way at once
  RequestPlanOptions plan{};
  RateLimitOptions rate{};  ///< of requests; retries count
  std::function<void(const std::string&)>
      log{};  ///< hears what a person should: see RequestPlanner::take_notices
};

/// A reply to a request, and how many times that was sent for it.
struct PoliteReply {
  HttpResponse response;  ///< with a 2xx status
  int attempts = 1;
};

/// An HttpClient to one server that sends what a RequestPlanner wants sent: under a rate limit, and again what may succeed
/// later. For servers whose requests may be repeated.
///
/// Threading and lifetimes are HttpClient's.
class PoliteClient {
 public:
  using Done = std::function<void(Result<PoliteReply>)>;

  /// Throws what HttpClient's constructor throws.
  PoliteClient(boost::asio::io_context& io, const Url& origin, PoliteClientOptions options);
  ~PoliteClient();

  /// Requests are sent in the order in which they came. `done` is called exactly once, never from within
  /// `send` or `wind_down`. The Error is of kind stopped: it names the server, the target and the last failure, and
  /// shows a little of what the server said.
  void send(HttpRequest request, Done done);

  /// Sends nothing any more: what waits ends with an Error, what is under way goes on to its reply or failure.
  void wind_down();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace throng::net
