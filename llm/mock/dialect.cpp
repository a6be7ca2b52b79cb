#include "llm/mock/dialect.h"

#include <algorithm>

#include <fmt/format.h>

#include "embedded/mock_dialects.h"
#include "llm/wire/json_text.h"

namespace throng::llm::mock {
namespace {

void append_member(std::string& out, std::string_view name, const std::string& text) {
  out += fmt::format(R"("{}":)", name);
  if (text.empty()) {
    out += "null";
  } else {
    append_json_string(out, text);
  }
}

const Json& table() {
  static const Json parsed =
      parse_json(embedded::mock_dialects, "dialects.json", ErrorKind::unexpected).value();
  return parsed;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

/// What stands for a part of the error is replaced by it.
void fill_in(Json& json, const ErrorReply& reply) {
  if (json.is_structured()) {
    for (Json& each : json) fill_in(each, reply);
    return;
  }
  if (!json.is_string()) return;
  const std::string& text = json.get_ref<const std::string&>();
  if (text == "$message") {
    json = reply.error.message;
  } else if (text == "$type") {
    json = text_or_null(reply.error.type);
  } else if (text == "$param") {
    json = text_or_null(reply.error.param);
  } else if (text == "$code") {
    json = text_or_null(reply.error.code);
  } else if (text == "$status") {
    json = reply.status;
  }
}

bool take_prefix(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

Endpoint endpoint_of(std::string_view path) {
  if (path == "/chat/completions") return Endpoint::chat;
  if (path == "/embeddings") return Endpoint::embeddings;
  if (path == "/models") return Endpoint::models;
  return Endpoint::none;
}

bool names_version(std::string_view query) {
  constexpr std::string_view kName = "api-version=";
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    if (part.starts_with(kName) && part.size() > kName.size()) return true;
    query.remove_prefix(std::min(query.size(), part.size() + 1));
  }
  return false;
}

}  // namespace

std::string error_body(const ApiError& error) {
  std::string body = R"({"error":{)";
  append_member(body, "message", error.message);
  body += ',';
  append_member(body, "type", error.type);
  body += ',';
  append_member(body, "param", error.param);
  body += ',';
  append_member(body, "code", error.code);
  body += "}}";
  return body;
}

ErrorReply invalid_request(std::string message, std::string param, std::string code) {
  return {.status = 400,
          .error = {.message = std::move(message),
                    .type = "invalid_request_error",
                    .code = std::move(code),
                    .param = std::move(param)}};
}

ErrorReply unsupported(std::string_view what, std::string param) {
  return invalid_request(fmt::format("Unsupported parameter: {} is not supported by this server.", what),
                         std::move(param), "unsupported_parameter");
}

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const auto& [name, dialect] : table().items()) names.push_back(name);
  return names;
}

Dialect dialect_of(const std::string& name) {
  const Json& entry = table().at(name);
  const Json content = entry.value("content", Json::object());
  const Json stream = entry.value("stream", Json::object());
  Dialect dialect{.about = entry.at("about").get<std::string>(),
                  .base = entry.at("base").get<std::string>(),
                  .query = entry.value("query", ""),
                  .before_content = content.value("before", ""),
                  .after_content = content.value("after", ""),
                  .content_member = content.value("member", "content"),
                  .reasoning_member = entry.value("reasoning", ""),
                  .stream_first = stream.value("first", ""),
                  .stream_between = stream.value("between", ""),
                  .stream_done = stream.value("done", "data: [DONE]\n\n"),
                  .error = entry.value("error", Json()),
                  .refuses = entry.value("refuses", std::vector<std::string>())};
  if (entry.contains("refused_prompt")) {
    const Json& refused = entry["refused_prompt"];
    dialect.refused_prompt = {.status = refused.at("status").get<int>(), .body = refused.at("body").dump()};
  }
  return dialect;
}

std::string error_body(const Dialect& dialect, const ErrorReply& reply) {
  if (dialect.error.is_null()) return error_body(reply.error);
  Json body = dialect.error;
  fill_in(body, reply);
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Route route_of(std::string_view target) {
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  const std::string_view query = target.substr(std::min(target.size(), question + 1));
  if (path == "/stats") return {.endpoint = Endpoint::stats, .deployment = {}};
  if (path.starts_with("/v1/") || path.starts_with("/openai/v1/")) {
    path.remove_prefix(path.find("/v1/") + 3);
    return {.endpoint = endpoint_of(path), .deployment = {}};
  }
  if (!take_prefix(path, "/openai")) return {.endpoint = endpoint_of(path), .deployment = {}};
  if (!names_version(query)) return {};
  if (path == "/models") return {.endpoint = Endpoint::models, .deployment = {}};
  if (!take_prefix(path, "/deployments/")) return {};
  const std::string_view deployment = path.substr(0, path.find('/'));
  path.remove_prefix(deployment.size());
  if (deployment.empty()) return {};
  return {.endpoint = endpoint_of(path), .deployment = deployment};
}

Route route_of(std::string_view target, const Dialect& dialect) {
  if (dialect.base.empty()) return route_of(target);
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  const std::string_view query = target.substr(std::min(target.size(), question + 1));
  if (path == "/stats") return {.endpoint = Endpoint::stats, .deployment = {}};
  const bool deployed = dialect.base.find("/deployments/") != std::string::npos;
  if (deployed && path == "/openai/models") return route_of(target);
  if (!take_prefix(path, dialect.base) || query.find(dialect.query) == std::string_view::npos) return {};
  return {.endpoint = endpoint_of(path),
          .deployment = deployed ? std::string_view("gpt") : std::string_view()};
}

std::string_view method_of(Endpoint endpoint) {
  return endpoint == Endpoint::chat || endpoint == Endpoint::embeddings ? "POST" : "GET";
}

}  // namespace throng::llm::mock
