#include "llm/endpoint_paths.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/http/url.h"

namespace throng::llm {
namespace {

constexpr std::string_view kChat = "/chat/completions";
constexpr std::string_view kEmbeddings = "/embeddings";
constexpr std::string_view kModels = "/models";
constexpr std::string_view kVersionQuery = "api-version=";

/// Where the compatible API of a host is that is asked without a path; as its documents say.
struct KnownHost {
  std::string_view host;
  std::string_view base;
};
constexpr auto kKnownHosts = std::to_array<KnownHost>({
    {"api.groq.com", "/openai/v1"},
    {"openrouter.ai", "/api/v1"},
    {"generativelanguage.googleapis.com", "/v1beta/openai"},
    {"api.perplexity.ai", ""},
    {"models.github.ai", "/inference"},
    {"api.fireworks.ai", "/inference/v1"},
    {"api.deepinfra.com", "/v1/openai"},
    {"router.huggingface.co", "/v1"},
    {"dashscope.aliyuncs.com", "/compatible-mode/v1"},
    {"dashscope-intl.aliyuncs.com", "/compatible-mode/v1"},
    {"open.bigmodel.cn", "/api/paas/v4"},
    {"api.z.ai", "/api/paas/v4"},
    {"ark.cn-beijing.volces.com", "/api/v3"},
    {"api.cohere.ai", "/compatibility/v1"},
    {"models.inference.ai.azure.com", ""},
});

bool names_version(std::string_view path) {
  for (std::size_t at = path.find("/v"); at != std::string_view::npos; at = path.find("/v", at + 1)) {
    if (at + 2 < path.size() && is_digit(path[at + 2])) return true;
  }
  return false;
}

bool visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

bool take_suffix(std::string_view& path, std::string_view suffix) {
  const bool there = path.ends_with(suffix);
  if (there) path.remove_suffix(suffix.size());
  return there;
}

/// The end of the authority: scheme, host, port.
std::size_t authority_end(std::string_view url) {
  const std::size_t host = std::min(url.find("://"), url.size() - std::min<std::size_t>(3, url.size())) + 3;
  return std::min(url.find_first_of("/?#", std::min(host, url.size())), url.size());
}

std::string_view path_of(std::string_view url) {
  const std::string_view rest = url.substr(authority_end(url));
  return rest.substr(0, rest.find_first_of("?#"));
}

std::string_view query_of(std::string_view url) {
  const std::size_t question = url.find('?');
  return question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
}

/// In lower case, without its port.
std::string host_of(std::string_view url) {
  const auto parsed = net::parse_url(url.substr(0, authority_end(url)));
  return parsed ? parsed->host : "";
}

Error wrong(std::string message) { return {ErrorKind::usage, std::move(message)}; }

std::optional<Error> fault_of(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return wrong("expected a URL that starts with http:// or https://");
  if (!visible(url)) return wrong("expected a URL without blanks, written in ASCII");
  const bool only_version =
      query_of(url).starts_with(kVersionQuery) && query_of(url).find('&') == std::string_view::npos;
  if (url.find('#') != std::string_view::npos || (url.find('?') != std::string_view::npos && !only_version))
    return wrong(
        "expected a URL without a query, but for Azure's api-version (headers go to \"headers\", a key is "
        "named by "
        "\"api_key_env\")");
  const std::string_view authority = url.substr(0, authority_end(url));
  if (authority.find('@') != std::string_view::npos)
    return wrong("expected a URL without a user and password (a key is named by \"api_key_env\")");
  if (authority.ends_with("://")) return wrong("expected a URL with a host");
  return std::nullopt;
}

/// The bases of the paths that may be meant, the likeliest first.
std::vector<std::string> bases_of(const EndpointOptions& options, std::string_view path) {
  std::vector<std::string> bases;
  const auto add = [&](std::string base) {
    if (std::ranges::find(bases, base) == bases.end()) bases.push_back(std::move(base));
  };
  while (path.ends_with('/')) path.remove_suffix(1);
  if (take_suffix(path, kChat) || take_suffix(path, kEmbeddings)) return {std::string(path)};
  // Of other APIs beside this one: OpenAI's older and newer, Anthropic's, Ollama's own.
  const bool ollama = path == "/api/chat" || path == "/api/generate" || path == "/api";
  if (path == "/api/chat" || path == "/api/generate") path = "";
  for (const std::string_view other : {"/completions", "/responses", "/messages", "/chat"}) {
    if (take_suffix(path, other)) break;
  }
  if (names_version(path)) {
    take_suffix(path, kModels);
    add(std::string(path));
    return bases;
  }
  const std::string host = host_of(options.url);
  const auto* const known = std::ranges::find(kKnownHosts, host, &KnownHost::host);
  if (known != kKnownHosts.end() && path.empty()) add(std::string(known->base));
  if (path.ends_with(kModels)) {  // Azure AI Foundry's path, or a list of models that was copied
    add(std::string(path));
    take_suffix(path, kModels);
  }
  add(std::string(path) + "/v1");
  add(std::string(path));
  if (ollama) add("/v1");
  return bases;
}

/// Those of Azure's resources.
std::vector<std::string> azure_bases_of(const EndpointOptions& options, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  take_suffix(path, kChat);
  take_suffix(path, kEmbeddings);
  if (names_version(path)) take_suffix(path, kModels);
  if (names_version(path) || path.find("/deployments/") != std::string_view::npos || path.ends_with(kModels))
    return {std::string(path)};
  take_suffix(path, "/openai");
  const std::string& deployment = options.deployment.empty() ? options.model : options.deployment;
  std::vector<std::string> bases{fmt::format("{}/openai/deployments/{}", path, deployment)};
  if (host_of(options.url).ends_with(".services.ai.azure.com"))
    bases.push_back(std::string(path) + std::string(kModels));
  return bases;
}

/// Where the models of a base are listed: Azure lists them beside its deployments.
std::string models_of(std::string_view base) {
  const std::size_t deployments = base.find("/deployments/");
  return std::string(base.substr(0, deployments)) + std::string(kModels);
}

}  // namespace

Api api_of(std::string_view url) {
  const std::string host = host_of(url);
  const bool azure = host.ends_with(".openai.azure.com") || host.ends_with(".cognitiveservices.azure.com") ||
                     host.ends_with(".services.ai.azure.com") ||
                     path_of(url).find("/openai/deployments/") != std::string_view::npos;
  return azure ? Api::azure : Api::openai;
}

std::string api_version_in(std::string_view url) {
  const std::string_view query = query_of(url);
  return query.starts_with(kVersionQuery) ? std::string(query.substr(kVersionQuery.size())) : "";
}

Result<std::vector<EndpointPaths>> possible_paths(const EndpointOptions& options) {
  const std::string_view url = options.url;
  if (auto fault = fault_of(url)) return *std::move(fault);
  const std::string_view path = path_of(url);
  const std::string version = options.api_version.empty() ? api_version_in(url) : options.api_version;
  const std::string query = version.empty() ? "" : fmt::format("?{}{}", kVersionQuery, version);
  std::vector<EndpointPaths> paths;
  for (const std::string& base :
       options.api == Api::azure ? azure_bases_of(options, path) : bases_of(options, path)) {
    paths.push_back({.origin = std::string(url.substr(0, authority_end(url))),
                     .chat = fmt::format("{}{}{}", base, kChat, query),
                     .embeddings = fmt::format("{}{}{}", base, kEmbeddings, query),
                     .models = models_of(base) + query});
  }
  return paths;
}

Result<EndpointPaths> endpoint_paths(const EndpointOptions& options) {
  auto paths = possible_paths(options);
  if (!paths) return paths.error();
  return std::move(paths->front());
}

std::string Redirect::address() const { return origin + target.substr(0, target.find('?')); }

std::optional<Redirect> redirect_of(const std::string& origin, const std::string& target,
                                    std::string_view location) {
  const auto here = net::parse_url(origin + target);
  if (!here) return std::nullopt;
  const auto there = net::resolve(*here, trimmed(location));
  if (!there) return std::nullopt;
  const bool same_server =
      here->scheme == there->scheme && here->host == there->host && here->port == there->port;
  const bool made_secure = !here->secure() && there->secure() && here->host == there->host &&
                           here->port == 80 && there->port == 443;
  return Redirect{.origin = there->origin(),
                  .target = there->target,
                  .same_host = (same_server || made_secure) && there->user_info.empty()};
}

}  // namespace throng::llm
