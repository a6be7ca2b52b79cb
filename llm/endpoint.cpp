#include "llm/endpoint.h"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "engine/base/log_file.h"
#include "engine/net/proxy.h"

namespace throng::llm {
namespace {

std::optional<net::Url> proxy_of(const EndpointOptions& options, const net::Url& origin) {
  if (options.proxy.empty()) return net::proxy_from_environment(origin).value();
  if (options.proxy.find(kRedacted) != std::string::npos) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("the login of the proxy of {} was left out when this scenario was written: state it "
                    "again, or let HTTPS_PROXY hold the proxy",
                    options.url));
  }
  return net::parse_url(options.proxy).value();
}

/// What an endpoint is sent that nobody else may read.
struct Credentials {
  std::string key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<net::Url> proxy;
};

/// Adds the words of a header's value that are secrets of their own, since servers echo parts: of a cookie, and of a value
/// with a scheme ("Bearer KEY").
void add_parts(const std::string& name, std::string_view value, std::vector<std::string>& secrets) {
  constexpr std::size_t kShortestPart = 8;  // shorter ones are words such as "Bearer" and "theme"
  const bool is_cookie = boost::algorithm::iequals(name, "cookie");
  if (!is_cookie && std::ranges::count(value, ' ') != 1) return;
  const std::string_view between = is_cookie ? "=; " : " ";
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of(between), value.size());
    if (end >= kShortestPart) secrets.emplace_back(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

Secrets secrets_of(const Credentials& credentials) {
  std::vector<std::string> secrets{credentials.key};
  for (const auto& [name, value] : credentials.headers) {
    if (is_public_header(name)) continue;
    secrets.push_back(value);
    add_parts(name, value, secrets);
  }
  if (credentials.proxy) {
    const std::string& login = credentials.proxy->user_info;
    secrets.push_back(login);
    secrets.push_back(login.substr(std::min(login.find(':'), login.size() - 1) + 1));
  }
  return secrets;
}

net::HttpClientOptions http_options(const EndpointOptions& options, const Credentials& credentials) {
  net::HttpClientOptions http;
  http.headers.add("Content-Type", "application/json");
  http.headers.add("Accept", "application/json, text/event-stream");
  http.headers.add("User-Agent", "throng");
  for (const auto& [name, value] : credentials.headers) http.headers.add(name, value);
  if (!credentials.key.empty()) {
    const auto [name, value] = key_header(options, credentials.key);
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
  http.proxy = credentials.proxy;
  return http;
}

Credentials read_credentials(const EndpointOptions& options, const net::Url& origin,
                             const Environment& environment) {
  return {.key = read_api_key(options, environment).value(),
          .headers = read_extra_headers(options, environment).value(),
          .proxy = proxy_of(options, origin)};
}

}  // namespace

Endpoint::Endpoint(boost::asio::io_context& io, EndpointOptions options, const Environment& environment)
    : options_(std::move(options)), paths_(endpoint_paths(options_).value()) {
  const net::Url origin = net::parse_url(paths_.origin).value();
  const Credentials credentials = read_credentials(options_, origin, environment);
  secrets_ = secrets_of(credentials);
  keep_out_of_logs(secrets_);
  http_.emplace(io, origin, http_options(options_, credentials));
}

PlannedEndpoint Endpoint::planned(ConcurrencyMode mode) const {
  const Price& price = options_.price;
  return {{.name = paths_.origin,
           .model = options_.model,
           .rate = {.requests_per_minute = options_.rpm,
                    .tokens_per_minute = options_.tpm,
                    .counting = options_.token_counting,
                    .pacing = options_.pacing},
           .concurrency = {.mode = mode, .max = options_.max_in_flight},
           .peers = {.floor = options_.timeouts.stall_floor, .ceiling = options_.timeouts.stall_ceiling}},
          Prices::per_million(price.prompt, price.cached, price.completion)};
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
