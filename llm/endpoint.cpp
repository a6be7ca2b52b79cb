#include "llm/endpoint.h"

#include <fmt/format.h>

#include "engine/net/proxy.h"

namespace throng::llm {
namespace {

net::HttpClientOptions http_options(const EndpointOptions& options, const net::Url& origin,
                                    const std::string& key) {
  net::HttpClientOptions http;
  http.headers.add("Content-Type", "application/json");
  http.headers.add("Accept", "application/json, text/event-stream");
  http.headers.add("User-Agent", "throng");
  for (const auto& [name, value] : options.headers) http.headers.add(name, value);
  if (!key.empty()) {
    const auto [name, value] = key_header(options, key);
    http.headers.add(name, value);
  }
  http.max_connections = static_cast<std::size_t>(options.max_in_flight);
  http.deadlines = {.connect = options.timeouts.connect,
                    .tls = options.timeouts.tls,
                    .first_byte = options.timeouts.first_byte,
                    .between_bytes = options.timeouts.between_bytes,
                    .total = options.timeouts.total};
  http.tls = {.check = options.verify ? net::CertificateCheck::on : net::CertificateCheck::off,
              .ca_file = options.ca_file};
  http.proxy = options.proxy.empty() ? net::proxy_from_environment(origin).value()
                                     : std::optional(net::parse_url(options.proxy).value());
  return http;
}

}  // namespace

Endpoint::Endpoint(boost::asio::io_context& io, EndpointOptions options, const Environment& environment)
    : options_(std::move(options)),
      paths_(endpoint_paths(options_).value()),
      secrets_{read_api_key(options_, environment).value()},
      http_(io, net::parse_url(paths_.origin).value(),
            http_options(options_, net::parse_url(paths_.origin).value(), secrets_.front())) {
  if (secrets_.front().empty()) secrets_.clear();
  if (!options_.proxy.empty()) {
    const std::string login = net::parse_url(options_.proxy).value().user_info;
    if (!login.empty()) secrets_.push_back(login);
  }
}

PlannedEndpoint Endpoint::planned(ConcurrencyMode mode) const {
  const Price& price = options_.price;
  return {.name = paths_.origin,
          .model = options_.model,
          .rate = {.requests_per_minute = options_.rpm,
                   .tokens_per_minute = options_.tpm,
                   .counting = options_.token_counting,
                   .pacing = options_.pacing},
          .concurrency = {.mode = mode, .max = options_.max_in_flight},
          .peers = {.floor = options_.timeouts.stall_floor, .ceiling = options_.timeouts.stall_ceiling},
          .prices = Prices::per_million(price.prompt, price.cached, price.completion)};
}

net::HttpRequest Endpoint::request(const Job& job, int attempt) const {
  net::HttpRequest request{.target = job.is_chat() ? paths_.chat : paths_.embeddings};
  request.headers.add("X-Throng-Attempt", fmt::format_int(attempt).c_str());
  request.reply_limit = job.reply_limit();
  job.encode(options_.capabilities, request.body);
  return request;
}

bool Endpoint::apply(const LearnedCapabilities& lesson, const Capabilities& sent_with) {
  if (!(options_.capabilities == sent_with)) return false;
  options_.capabilities = lesson.capabilities;
  return true;
}

std::string Endpoint::newly_left_out(const Job& job) {
  std::string text;
  for (const std::string_view field : job.left_out(options_.capabilities)) {
    if (said_.emplace(field).second) text += fmt::format("{}{}", text.empty() ? "" : ", ", field);
  }
  return text.empty() ? text : fmt::format("{} does not support, and is not asked: {}", name(), text);
}

}  // namespace throng::llm
