#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/error.h"
#include "engine/net/http_client.h"
#include "engine/net/retry.h"
#include "engine/net/retry_quota.h"

namespace throng::net {

struct PoliteClientOptions {
  HttpClientOptions http;  ///< its `max_connections` is how many requests may be under way at once
  RetryOptions retry;
  RetryQuotaOptions quota;
  std::int64_t requests_per_minute = 0;  ///< in any sliding minute, retries included; 0: no limit
  Delay patience =
      std::chrono::minutes(10);  ///< a server that wants to be left alone for longer is not waited for
};

/// A reply to a request, and how many times that was sent for it.
struct PoliteReply {
  HttpResponse response;  ///< with a 2xx status
  int attempts = 1;
};

/// An HttpClient that keeps a rate limit and tries again what may succeed later (RetryPolicy): for servers whose
/// requests may be repeated. What a server says about being left alone (a 429, a long Retry-After) holds for every request.
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
