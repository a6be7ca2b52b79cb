#include "llm/bench/discovery.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "llm/endpoint.h"

namespace throng::llm::bench {

Discovery discover(boost::asio::io_context& io, const EndpointOptions& options,
                   const Environment& environment) {
  Endpoint endpoint(io, options, environment);
  std::optional<net::HttpResult> result;
  endpoint.http().send(
      {.method = "GET", .target = endpoint_paths(options).value().models, .headers = {}, .body = ""},
      [&](net::HttpResult outcome) {
        result = std::move(outcome);
        io.stop();
      });
  io.restart();
  io.run();
  const net::HttpResult& reply = result.value();
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
