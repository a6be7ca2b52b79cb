#include "llm/mock/route.h"

#include <algorithm>

namespace throng::llm::mock {
namespace {

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
