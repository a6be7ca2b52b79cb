#include "recsys/external/remote_options.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "engine/base/options_reader.h"
#include "engine/http/url.h"

namespace throng::remote {
namespace {

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string name_of(Pacing pacing) {
  return std::ranges::find(kPacings, pacing, &std::pair<const char*, Pacing>::second)->first;
}

std::string token_of(const RemoteOptions& options) {
  const char* token = options.api_key_env.empty() ? nullptr : std::getenv(options.api_key_env.c_str());
  return token == nullptr ? "" : token;
}

}  // namespace

Result<RemoteOptions> read_remote_options(const Json& options) {
  RemoteOptions remote;
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.text("url", remote.url);
  reader.text("model", remote.model);
  reader.integer("batch", remote.batch, {1, 10'000});
  reader.integer("max_in_flight", remote.max_in_flight, {1, 10'000});
  reader.number("timeout", remote.timeout, {0.001, 86'400});
  reader.number("fit_timeout", remote.fit_timeout, {0.001, 86'400});
  reader.integer("attempts", remote.attempts, {1, 1000});
  reader.integer("rpm", remote.rpm, {0, 1'000'000'000});
  reader.choice("pacing", remote.pacing, kPacings);
  reader.text("api_key_env", remote.api_key_env);
  reader.text("ca_file", remote.ca_file);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  const Result<net::Url> url = net::parse_url(remote.url);
  if (!url) {
    return Error{ErrorKind::usage, fmt::format("/url: {}, expected the address of the server, such as "
                                               "http://127.0.0.1:9000",
                                               remote.url.empty() ? "missing" : url.error().message)};
  }
  return remote;
}

Json remote_options_json(const RemoteOptions& options) {
  return {{"kind", "remote"},
          {"url", options.url},
          {"model", options.model},
          {"batch", options.batch},
          {"max_in_flight", options.max_in_flight},
          {"timeout", options.timeout},
          {"fit_timeout", options.fit_timeout},
          {"attempts", options.attempts},
          {"rpm", options.rpm},
          {"pacing", name_of(options.pacing)},
          {"api_key_env", options.api_key_env},
          {"ca_file", options.ca_file}};
}

net::PoliteClientOptions client_options(const RemoteOptions& options, Task task, Delay patience,
                                        std::function<void(const std::string&)> log) {
  net::PoliteClientOptions client{.plan = {.retry = {.max_attempts = options.attempts}, .patience = patience},
                                  .rate = {.requests_per_minute = options.rpm, .pacing = options.pacing},
                                  .log = std::move(log)};
  client.http.headers.add("Content-Type", "application/json");
  client.http.headers.add("Accept", "application/json");
  client.http.headers.add("User-Agent", "throng");
  if (!options.api_key_env.empty()) {
    const std::string token = token_of(options);
    if (token.empty()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("/recommender/api_key_env: the environment has no {}", options.api_key_env));
    }
    client.http.headers.add("Authorization", "Bearer " + token);
  }
  const auto limit = milliseconds(task == Task::rank ? options.timeout : options.fit_timeout);
  client.http.max_connections = task == Task::rank ? static_cast<std::size_t>(options.max_in_flight) : 1;
  client.http.deadlines.first_byte = limit;
  client.http.deadlines.total = limit;
  client.http.tls.ca_file = options.ca_file;
  return client;
}

Secrets secrets_of(const RemoteOptions& options) { return std::vector<std::string>{token_of(options)}; }

}  // namespace throng::remote
