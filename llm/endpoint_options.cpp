#include "llm/endpoint_options.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "engine/base/options_reader.h"
#include "engine/base/redact.h"
#include "engine/base/text.h"
#include "engine/http/url.h"
#include "llm/endpoint_paths.h"

namespace throng::llm {
namespace {

constexpr double kMostMoney = 1e6;
constexpr double kLongestSeconds = 86'400;
constexpr int kMostPerMinute = 2'000'000'000;

Error wrong(const std::string& path, std::string_view key, std::string_view expected) {
  return {ErrorKind::usage, fmt::format("{}/{}: {}", path, key, expected)};
}

/// The member that is an object, or null.
const Json* part(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() ? nullptr : &*found;
}

bool all_of(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           also.find(c) != std::string_view::npos;
  });
}

/// What a header's value may hold.
bool fit_for_a_header(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c == '\t' || (c >= ' ' && c != '\x7F'); });
}

Result<void> read_price(const Json& json, const std::string& path, EndpointOptions& options) {
  Price& price = options.price;
  options.priced = json.contains("prompt") && json.contains("completion");
  OptionsReader reader(json, path);
  const Range<double> range{0, kMostMoney};
  reader.number("prompt", price.prompt, range);
  price.cached = price.prompt;
  reader.number("cached", price.cached, range);
  reader.number("completion", price.completion, range);
  return reader.finish();
}

Result<void> read_timeouts(const Json& json, const std::string& path, Timeouts& timeouts) {
  OptionsReader reader(json, path);
  const std::pair<const char*, std::chrono::milliseconds Timeouts::*> members[] = {
      {"connect", &Timeouts::connect},
      {"tls", &Timeouts::tls},
      {"first_byte", &Timeouts::first_byte},
      {"between_bytes", &Timeouts::between_bytes},
      {"total", &Timeouts::total},
      {"stall_floor", &Timeouts::stall_floor},
      {"stall_ceiling", &Timeouts::stall_ceiling}};
  for (const auto& [name, duration] : members) {
    double seconds = std::chrono::duration<double>(timeouts.*duration).count();
    reader.number(name, seconds, {0, kLongestSeconds});
    timeouts.*duration = std::chrono::milliseconds(std::llround(seconds * 1000));
  }
  if (timeouts.stall_ceiling.count() > 0 && timeouts.stall_ceiling < timeouts.stall_floor)
    return wrong(path, "stall_ceiling", "expected no less than stall_floor, or 0");
  return reader.finish();
}

/// A variable's name, not a key that was put in its place.
bool names_variable(std::string_view name) {
  return !name.empty() && name.size() <= 100 && !(name[0] >= '0' && name[0] <= '9') && all_of(name, "_") &&
         redact(name, {}) == name;
}

/// One of `headers`: a text, or an object that names the environment variable which holds it. Errors repeat no value.
Result<ExtraHeader> read_header(const std::string& name, const Json& value, const std::string& path) {
  const std::string name_lower = lower_case(name);
  if (name.empty() || !all_of(name, "!#$%&'*+-.^_`|~"))
    return wrong(path, name, "this is no name of a header");
  for (const std::string_view own :
       {"host", "content-length", "content-type", "transfer-encoding", "connection"}) {
    if (name_lower == own) return wrong(path, name, "Throng writes this header itself");
  }
  if (value.is_object()) {
    if (value.size() != 1 || !value.contains("env") || !value["env"].is_string() ||
        !names_variable(value["env"].get_ref<const std::string&>()))
      return wrong(path, name, "expected {\"env\": the name of an environment variable}");
    return ExtraHeader{.name = name, .env = value["env"].get<std::string>()};
  }
  for (const std::string_view key_header : {"authorization", "api-key", "x-api-key", "proxy-authorization"}) {
    if (name_lower == key_header)
      return wrong(
          path, name,
          "keys come from environment variables: name one in \"api_key_env\", or here as {\"env\": ...}");
  }
  if (!value.is_string() || !fit_for_a_header(value.get_ref<const std::string&>()))
    return wrong(path, name,
                 "expected a string without line ends and control characters, or {\"env\": the name of an "
                 "environment variable}");
  return ExtraHeader{.name = name, .value = value.get<std::string>()};
}

Result<void> read_headers(const Json& json, const std::string& path, std::vector<ExtraHeader>& headers) {
  if (!json.is_object()) return Error{ErrorKind::usage, path + ": expected an object of names and values"};
  for (const auto& [name, value] : json.items()) {
    Result<ExtraHeader> header = read_header(name, value, path);
    if (!header) return header.error();
    headers.push_back(std::move(*header));
  }
  return {};
}

Result<void> check(const EndpointOptions& options, const std::string& path) {
  if (options.url.empty()) return wrong(path, "url", "missing; expected the endpoint's base URL");
  if (options.model.empty()) return wrong(path, "model", "missing; expected the model's name");
  if (!options.api_key_env.empty() && !names_variable(options.api_key_env))
    return wrong(path, "api_key_env", "expected the name of an environment variable, not a key");
  if (!all_of(options.api_version, "-."))
    return wrong(path, "api_version", "expected a version such as 2024-10-21");
  const std::string& deployment = options.deployment.empty() ? options.model : options.deployment;
  const bool url_names_it = options.url.find("/deployments/") != std::string::npos;
  if (options.api == Api::azure && !url_names_it && !all_of(deployment, "-._"))
    return wrong(path, "deployment", "expected a name of letters, digits, \"-\", \".\" and \"_\"");
  const Result<EndpointPaths> paths = endpoint_paths(options);
  if (!paths) return wrong(path, "url", paths.error().message);
  if (options.api == Api::azure && paths->chat.find('?') == std::string::npos &&
      paths->chat.find("/deployments/") != std::string::npos)
    return wrong(path, "api_version",
                 "missing; Azure wants one, such as 2024-10-21 (or ?api-version=2024-10-21 behind the url)");
  const std::string in_url = api_version_in(options.url);
  if (!in_url.empty() && !options.api_version.empty() && in_url != options.api_version)
    return wrong(path, "api_version", "the url has another api-version");
  if (!all_of(in_url, "-.")) return wrong(path, "url", "expected an api-version such as 2024-10-21");
  return {};
}

Result<EndpointOptions> read_unredacted(const Json& json, const std::string& path) {
  if (!json.is_object()) return Error{ErrorKind::usage, fmt::format("{}: expected an object", path)};
  for (const char* key : {"api_key", "key", "token"}) {
    if (json.contains(key))
      return wrong(path, key, "keys come from environment variables; name one in \"api_key_env\"");
  }
  EndpointOptions options;
  OptionsReader reader(json, path);
  for (const auto& [key, text] :
       std::initializer_list<std::pair<const char*, std::string*>>{{"url", &options.url},
                                                                   {"model", &options.model},
                                                                   {"api_key_env", &options.api_key_env},
                                                                   {"api_version", &options.api_version},
                                                                   {"deployment", &options.deployment},
                                                                   {"ca_file", &options.ca_file},
                                                                   {"proxy", &options.proxy}}) {
    reader.text(key, *text);
  }
  options.api = api_of(options.url);
  reader.choice("api", options.api, kApis);
  reader.choice("token_counting", options.token_counting, kTokenCountings);
  reader.choice("pacing", options.pacing, kPacings);
  reader.integer("rpm", options.rpm, {0, kMostPerMinute});
  reader.integer("tpm", options.tpm, {0, kMostPerMinute});
  reader.integer("max_in_flight", options.max_in_flight, {1, 1'000'000});
  reader.boolean("verify", options.verify);
  for (const char* key : {"price", "timeouts", "headers", "capabilities"}) reader.ignore(key);
  if (const Result<void> finished = reader.finish(); !finished) return finished.error();

  Result<void> read;
  if (const Json* price = part(json, "price")) read = read_price(*price, path + "/price", options);
  if (!read) return read.error();
  if (const Json* timeouts = part(json, "timeouts"))
    read = read_timeouts(*timeouts, path + "/timeouts", options.timeouts);
  if (!read) return read.error();
  if (const Json* headers = part(json, "headers"))
    read = read_headers(*headers, path + "/headers", options.headers);
  if (!read) return read.error();
  if (const Json* capabilities = part(json, "capabilities")) {
    const Result<Capabilities> given = read_capabilities(*capabilities, path + "/capabilities");
    if (!given) return given.error();
    options.capabilities = *given;
  }
  if (read = check(options, path); !read) return read.error();
  return options;
}

}  // namespace

Result<EndpointOptions> read_endpoint(const Json& json, const std::string& path) {
  Result<EndpointOptions> read = read_unredacted(json, path);
  if (!read) return Error{read.error().kind, redact(read.error().message, {})};
  return read;
}

Result<std::vector<EndpointOptions>> read_endpoints(const Json& json, const std::string& path) {
  if (!json.is_array() || json.empty())
    return Error{ErrorKind::usage, fmt::format("{}: expected a list of at least one endpoint", path)};
  std::vector<EndpointOptions> endpoints;
  for (std::size_t i = 0; i < json.size(); ++i) {
    Result<EndpointOptions> endpoint = read_endpoint(json[i], fmt::format("{}/{}", path, i));
    if (!endpoint) return endpoint.error();
    endpoints.push_back(std::move(*endpoint));
  }
  return endpoints;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<std::string> read_api_key(const EndpointOptions& options, const Environment& environment) {
  const std::string& name = options.api_key_env;
  if (name.empty()) return std::string();
  std::string key = environment(name).value_or("");
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r' || key.back() == ' ')) key.pop_back();
  if (key.empty())
    return Error{ErrorKind::usage,
                 fmt::format("the environment variable {} is not set; it holds the endpoint's key", name)};
  if (!std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7F'; }))
    return Error{ErrorKind::usage,
                 fmt::format("the environment variable {} holds blanks or characters that no key has", name)};
  return key;
}

bool is_free_of_charge(const EndpointOptions& endpoint) {
  const Result<net::Url> url = net::parse_url(endpoint.url);
  const bool silent = !endpoint.priced && endpoint.price.prompt == 0 && endpoint.price.completion == 0;
  return silent && url && net::is_loopback(url->host);
}

Result<std::vector<std::pair<std::string, std::string>>> read_extra_headers(const EndpointOptions& options,
                                                                            const Environment& environment) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const ExtraHeader& header : options.headers) {
    const std::string value = header.env.empty() ? header.value : environment(header.env).value_or("");
    if (value == kRedacted) {
      return Error{
          ErrorKind::usage,
          fmt::format("the header {} of {} was left out when this scenario was written: state it again, or "
                      "name an environment variable, {{\"env\": ...}}",
                      header.name, options.url)};
    }
    if (!header.env.empty() && (value.empty() || !fit_for_a_header(value))) {
      return Error{
          ErrorKind::usage,
          fmt::format("the environment variable {} {}; it holds the header {}", header.env,
                      value.empty() ? "is not set" : "holds line ends or control characters", header.name)};
    }
    headers.emplace_back(header.name, value);
  }
  return headers;
}

std::pair<std::string, std::string> key_header(const EndpointOptions& options, const std::string& key) {
  if (options.api == Api::azure) return {"api-key", key};
  return {"authorization", "Bearer " + key};
}

}  // namespace throng::llm
