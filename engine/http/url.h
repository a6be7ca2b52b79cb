#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace throng::net {

/// The parts of an http or https address that a client needs.
struct Url {
  std::string scheme;      ///< "http" or "https"
  std::string host;        ///< lower case, percent-decoded; an IPv6 address without its brackets
  std::uint16_t port = 0;  ///< never 0: the scheme's own if the address has none
  std::string target;      ///< path and query as they are sent; "/" if there is none
  std::string user_info;   ///< "user:password" decoded, mostly "". A secret: `origin` leaves it out

  bool operator==(const Url&) const = default;
  bool secure() const { return scheme == "https"; }
  /// As in a Host header: brackets around IPv6, the port unless it is the scheme's own.
  std::string authority() const;
  /// scheme://authority, for messages.
  std::string origin() const;
};

/// The Error (usage) says what is wrong. It shows `text` only if nothing in it can be a secret (user
/// information or a query).
Result<Url> parse_url(std::string_view text);

/// Where `reference`, absolute or relative as in a header Location, leads from `base`. Fragments are left out.
Result<Url> resolve(const Url& base, std::string_view reference);

/// Whether `host` is this machine: "localhost" or a loopback address.
bool is_loopback(const std::string& host);

/// Whether `host` is an IPv4 or IPv6 address rather than a name.
bool is_ip_address(const std::string& host);

/// The proxy that the environment (HTTPS_PROXY, else ALL_PROXY, also in lower case) names for an https origin,
/// unless NO_PROXY lists the host; none for an http origin or a loopback address. A proxy without scheme is an
/// http one. The Error (usage) names the variable.
Result<std::optional<Url>> proxy_from_environment(const Url& origin);

/// Whether `host` is in a NO_PROXY list: comma-separated names or addresses, where "example.com" (or
/// ".example.com") stands for the subdomains too, and "*" for all.
bool bypasses_proxy(std::string_view host, std::string_view no_proxy);

}  // namespace throng::net
