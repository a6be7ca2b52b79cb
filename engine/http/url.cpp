#include "engine/http/url.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "engine/base/text.h"

namespace throng::net {
namespace {

constexpr std::size_t longest_url = 8192;

Error wrong(std::string_view text, std::string_view expected) {
  const bool may_hold_secret = text.find_first_of("@?") != text.npos || text.size() > 200;
  const std::string shown = may_hold_secret ? "the address" : "\"" + printable(text) + "\"";
  return {ErrorKind::usage, fmt::format("{} is not a usable address: {}", shown, expected)};
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

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

std::string Url::authority() const {
  const std::string name = host.find(':') == host.npos ? host : "[" + host + "]";
  return port == default_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::origin() const { return scheme + "://" + authority(); }

Result<Url> parse_url(std::string_view text) {
  if (text.size() > longest_url) return wrong(text, "it is too long");
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return wrong(text, "expected something like https://host:port/path");
  Url url;
  url.scheme = lower_case(std::string(parsed->scheme()));
  if (url.scheme != "http" && url.scheme != "https") return wrong(text, "expected http:// or https://");
  url.host = lower_case(parsed->host_address());
  if (url.host.empty()) return wrong(text, "it names no host");
  if (std::any_of(url.host.begin(), url.host.end(),
                  [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; }))
    return wrong(text, "its host holds a control character or a space");
  const auto port = parsed->port();
  url.port = default_port(url.scheme);
  if (!port.empty()) {
    const auto read = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (read.ec != std::errc{} || url.port == 0) return wrong(text, "its port is not between 1 and 65535");
  }
  url.target = std::string(parsed->encoded_path());
  if (url.target.empty()) url.target = "/";
  if (parsed->has_query()) url.target += "?" + std::string(parsed->encoded_query());
  url.user_info = parsed->userinfo();
  return url;
}

Result<Url> resolve(const Url& base, std::string_view reference) {
  const auto parsed = boost::urls::parse_uri_reference({reference.data(), reference.size()});
  if (!parsed || reference.empty()) return wrong(reference, "expected an address or a path");
  boost::urls::url resolved(base.origin() + base.target);
  if (!resolved.resolve(*parsed)) return wrong(reference, "expected an address or a path");
  resolved.remove_fragment();
  return parse_url({resolved.buffer().data(), resolved.buffer().size()});
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

bool is_ip_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

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
