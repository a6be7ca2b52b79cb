#include "llm/endpoint.h"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/http/url.h"

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
  http.headers.add("Accept-Encoding", "identity");  // some proxies compress unless they are told not to
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
    : io_(io), options_(std::move(options)), paths_(possible_paths(options_).value()) {
  const net::Url origin = net::parse_url(paths().origin).value();
  const Credentials credentials = read_credentials(options_, origin, environment);
  secrets_ = secrets_of(credentials);
  keep_out_of_logs(secrets_);
  http_options_ = http_options(options_, credentials);
  connect_to(paths().origin);
}

void Endpoint::connect_to(const std::string& origin) {
  origin_ = origin;
  clients_.push_back(std::make_unique<net::HttpClient>(io_, net::parse_url(origin).value(), http_options_));
}

PlannedEndpoint Endpoint::planned(ConcurrencyMode mode) const {
  const Price& price = options_.price;
  return {{.name = name(),
           .model = options_.model,
           .rate = {.requests_per_minute = options_.rpm,
                    .tokens_per_minute = options_.tpm,
                    .counting = options_.token_counting,
                    .pacing = options_.pacing},
           .concurrency = {.mode = mode, .max = options_.max_in_flight},
           .peers = {.floor = options_.timeouts.stall_floor, .ceiling = options_.timeouts.stall_ceiling}},
          Prices::per_million(price.prompt, price.cached, price.completion)};
}

net::HttpRequest Endpoint::request(const Job& job) const {
  net::HttpRequest request{.target = job.is_chat() ? paths().chat : paths().embeddings};
  request.headers.add("X-Throng-Attempt", fmt::format_int(job.report.attempts).c_str());
  request.reply_limit = job.reply_limit();
  job.encode(options_.capabilities, request.body);
  return request;
}

void Endpoint::send(Job& job, net::HttpClient::Done done, net::HttpClient::Chunk chunk,
                    net::HttpClient::Silence silence) {
  net::HttpRequest request = this->request(job);
  job.sent_to = {.origin = origin_, .target = request.target};
  job.client = &http();
  job.http = http().send(std::move(request), std::move(done), std::move(chunk), std::move(silence));
}

Decision Endpoint::read(Job& job, const net::HttpResult& result, const Secrets& secrets, WallTime now) {
  Decision decision;
  if (auto elsewhere = reroute(job.sent_to, result)) {
    decision.end.kind = AttemptEnd::Kind::learned;
    decision.learned = *std::move(elsewhere);
    return decision;
  }
  decision = job.read(result, secrets, now);
  if (decision.lesson) {
    decision.end.kind = AttemptEnd::Kind::learned;
    if (options_.capabilities == job.sent_with) {  // else it is known already
      options_.capabilities = decision.lesson->capabilities;
      decision.learned = fmt::format("{}: {}", name(), decision.lesson->lesson);
    }
  } else if (is_nothing_there(decision.end)) {
    decision.end.message += fmt::format(" (asked at {})", addresses_tried());
  }
  return decision;
}

/// A reply that says where else its request belongs. The text says so to a person; "": it is known already. Nothing: the
/// reply is an answer.
std::optional<std::string> Endpoint::reroute(const SentTo& sent_to, const net::HttpResult& result) {
  if (!result) return std::nullopt;
  const bool redirects = result->status / 100 == 3;
  if (!redirects && result->status != 404 && result->status != 405) return std::nullopt;
  const bool current =
      sent_to.origin == origin_ && (sent_to.target == paths().chat || sent_to.target == paths().embeddings);
  if (!current) return std::string();
  return redirects ? follow(sent_to, *result) : try_next_path(sent_to, *result);
}

std::optional<std::string> Endpoint::follow(const SentTo& sent_to, const net::HttpResponse& reply) {
  constexpr int kMostRedirects = 5;
  const auto redirect =
      redirect_of(sent_to.origin, sent_to.target, reply.headers.find("location").value_or(""));
  if (!redirect || !redirect->same_host || redirects_ >= kMostRedirects) return std::nullopt;
  ++redirects_;
  (sent_to.target == paths().chat ? paths().chat : paths().embeddings) = redirect->target;
  if (redirect->origin != net::parse_url(origin_)->origin()) connect_to(redirect->origin);
  return fmt::format("{} redirects to {}, where it is asked from now on", name(),
                     error_text(redirect->address(), secrets_));
}

std::optional<std::string> Endpoint::try_next_path(const SentTo& sent_to, const net::HttpResponse& reply) {
  if (at_ + 1 >= paths_.size() || is_about_a_model(decode_error(reply.body, secrets_))) return std::nullopt;
  ++at_;
  return fmt::format("{} has nothing at {}: it is asked at {} from now on", name(), sent_to.target,
                     paths().chat);
}

/// Where requests found nothing.
std::string Endpoint::addresses_tried() const {
  std::string text;
  for (std::size_t i = 0; i <= at_; ++i)
    text += fmt::format("{}{}{}", i == 0 ? "" : ", ", name(), paths_[i].chat);
  return text;
}

std::vector<std::string> Endpoint::models_targets() const {
  std::vector<std::string> targets;
  for (const EndpointPaths& each : paths_) targets.push_back(each.models);
  return targets;
}

std::string Endpoint::newly_left_out(const Job& job) {
  std::string text;
  for (const std::string_view field : job.left_out(options_.capabilities)) {
    if (said_.emplace(field).second) text += fmt::format("{}{}", text.empty() ? "" : ", ", field);
  }
  return text.empty() ? text : fmt::format("{} does not support, and is not asked: {}", name(), text);
}

}  // namespace throng::llm
