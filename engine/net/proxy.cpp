#include "engine/net/proxy.h"

#include <cstdlib>
#include <string>

#include <boost/algorithm/string/predicate.hpp>

#include "engine/base/text.h"

namespace throng::net {
namespace {

struct Variable {
  const char* name = nullptr;
  std::string value;
};

/// The first of `names` that is set and not empty.
Variable variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return {name, value};
  }
  return {};
}

bool matches(std::string_view host, std::string_view entry) {
  if (entry == "*") return true;
  if (!entry.empty() && entry.front() == '.') entry.remove_prefix(1);
  if (entry.empty() || !boost::algorithm::iends_with(host, entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

bool bypasses_proxy(std::string_view host, std::string_view no_proxy) {
  while (!no_proxy.empty()) {
    const std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    if (matches(host, trimmed(no_proxy.substr(0, comma)))) return true;
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
  }
  return false;
}

Result<std::optional<Url>> proxy_from_environment(const Url& origin) {
  if (!origin.secure() || is_loopback(origin.host)) return std::optional<Url>{};
  const Variable proxy = variable({"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"});
  if (proxy.name == nullptr || bypasses_proxy(origin.host, variable({"NO_PROXY", "no_proxy"}).value))
    return std::optional<Url>{};
  const bool has_scheme = proxy.value.find("://") != std::string::npos;
  Result<Url> url = parse_url(has_scheme ? proxy.value : "http://" + proxy.value);
  if (!url) return Error{ErrorKind::usage, std::string(proxy.name) + ": " + url.error().message};
  return std::optional<Url>{std::move(*url)};
}

}  // namespace throng::net
