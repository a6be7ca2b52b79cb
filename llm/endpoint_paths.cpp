#include "llm/endpoint_paths.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace throng::llm {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool names_version(std::string_view path) {
  for (std::size_t at = path.find("/v"); at != std::string_view::npos; at = path.find("/v", at + 1)) {
    if (at + 2 < path.size() && is_digit(path[at + 2])) return true;
  }
  return false;
}

bool visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

void remove_suffix(std::string_view& path, std::string_view suffix) {
  if (path.ends_with(suffix)) path.remove_suffix(suffix.size());
}

/// The end of the authority: scheme, host, port.
std::size_t authority_end(std::string_view url) {
  const std::size_t host = url.find("://") + 3;
  return std::min(url.find('/', host), url.size());
}

Error wrong(const char* what) { return {ErrorKind::usage, what}; }

}  // namespace

Result<EndpointPaths> endpoint_paths(const EndpointOptions& options) {
  std::string_view url = options.url;
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return wrong("expected a URL that starts with http:// or https://");
  if (!visible(url)) return wrong("expected a URL without blanks, written in ASCII");
  if (url.find_first_of("?#") != std::string_view::npos)
    return wrong(
        "expected a URL without a query (headers go to \"headers\", Azure's version to \"api_version\")");
  const std::string_view authority = url.substr(0, authority_end(url));
  if (authority.find('@') != std::string_view::npos)
    return wrong("expected a URL without a user and password (a key is named by \"api_key_env\")");
  if (authority.ends_with("://")) return wrong("expected a URL with a host");

  std::string_view base = url.substr(authority.size());
  while (base.ends_with('/')) base.remove_suffix(1);
  for (const std::string_view suffix : {"/chat/completions", "/embeddings", "/models"})
    remove_suffix(base, suffix);
  EndpointPaths paths{.origin = std::string(authority), .chat = "", .embeddings = "", .models = ""};
  if (options.api == Api::azure && !names_version(base)) {
    remove_suffix(base, "/openai");
    const std::string& deployment = options.deployment.empty() ? options.model : options.deployment;
    const std::string in_deployment = fmt::format("{}/openai/deployments/{}", base, deployment);
    const std::string query = fmt::format("?api-version={}", options.api_version);
    paths.chat = in_deployment + "/chat/completions" + query;
    paths.embeddings = in_deployment + "/embeddings" + query;
    paths.models = fmt::format("{}/openai/models{}", base, query);
    return paths;
  }
  std::string versioned(base);
  if (!names_version(base)) versioned += "/v1";
  const std::string query =
      options.api_version.empty() ? "" : fmt::format("?api-version={}", options.api_version);
  paths.chat = versioned + "/chat/completions" + query;
  paths.embeddings = versioned + "/embeddings" + query;
  paths.models = versioned + "/models" + query;
  return paths;
}

}  // namespace throng::llm
