#include "llm/bench/discovery.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "llm/endpoint.h"

namespace throng::llm::bench {

namespace {

net::HttpResult get(boost::asio::io_context& io, Endpoint& endpoint, const std::string& target) {
  std::optional<net::HttpResult> result;
  endpoint.http().send({.method = "GET", .target = target, .headers = {}, .body = ""},
                       [&](net::HttpResult outcome) {
                         result = std::move(outcome);
                         io.stop();
                       });
  io.restart();
  io.run();
  return *std::move(result);
}

/// Follows what leads to the same server.
net::HttpResult get_redirected(boost::asio::io_context& io, Endpoint& endpoint, std::string target) {
  constexpr int kMostRedirects = 5;
  net::HttpResult reply = get(io, endpoint, target);
  for (int i = 0; i < kMostRedirects && reply && reply->status / 100 == 3; ++i) {
    const auto redirect =
        redirect_of(endpoint.origin(), target, reply->headers.find("location").value_or(""));
    if (!redirect || !redirect->same_host || redirect->origin != net::parse_url(endpoint.origin())->origin())
      break;
    target = redirect->target;
    reply = get(io, endpoint, target);
  }
  return reply;
}

/// The first list of those that may be there, else what was said of the first.
net::HttpResult get_models(boost::asio::io_context& io, Endpoint& endpoint) {
  std::optional<net::HttpResult> first;
  for (const std::string& target : endpoint.models_targets()) {
    net::HttpResult reply = get_redirected(io, endpoint, target);
    if (!reply || (reply->status != 404 && reply->status != 405)) return reply;
    if (!first) first = std::move(reply);
  }
  return *std::move(first);
}

}  // namespace

Discovery discover(boost::asio::io_context& io, const EndpointOptions& options,
                   const Environment& environment) {
  Endpoint endpoint(io, options, environment);
  const net::HttpResult reply = get_models(io, endpoint);
  if (!reply) {
    throw Failure(
        reply.error().kind == net::HttpFailureKind::certificate ? ErrorKind::usage : ErrorKind::stopped,
        error_text(reply.error().message, endpoint.secrets()));
  }
  if (reply->status == 401 || reply->status == 403) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} refuses {} (status {}){}", endpoint.name(),
                              options.api_key_env.empty() ? "a request without a key"
                                                          : "the key in " + options.api_key_env,
                              reply->status, options.api_key_env.empty() ? ": see --api-key-env" : ""));
  }
  Discovery discovery{.status = reply->status, .models = {}, .timings = reply->timings};
  if (reply->status == 200) {
    auto models = decode_models(reply->body, endpoint.secrets());
    if (auto* list = std::get_if<std::vector<ModelInfo>>(&models)) discovery.models = std::move(*list);
  }
  return discovery;
}

std::string model_of(const Discovery& discovery) {
  return discovery.models.empty() ? "default" : discovery.models.front().id;
}

}  // namespace throng::llm::bench
