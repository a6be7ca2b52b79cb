#pragma once

#include <optional>
#include <string_view>

#include "engine/net/url.h"

namespace throng::net {

/// The proxy that the environment (HTTPS_PROXY, else ALL_PROXY, also in lower case) names for an https origin,
/// unless NO_PROXY lists the host; none for an http origin or a loopback address. A proxy without scheme is an
/// http one. The Error (usage) names the variable.
Result<std::optional<Url>> proxy_from_environment(const Url& origin);

/// Whether `host` is in a NO_PROXY list: comma-separated names or addresses, where "example.com" (or
/// ".example.com") stands for the subdomains too, and "*" for all.
bool bypasses_proxy(std::string_view host, std::string_view no_proxy);

}  // namespace throng::net
