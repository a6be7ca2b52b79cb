#include "scenarios/run/written_scenario.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/base/redact.h"

namespace throng {
namespace {

/// `scheme://user:password@host` without what stands before the @.
std::string without_logins(std::string_view text) {
  std::string written;
  constexpr std::string_view kScheme = "://";
  for (std::size_t scheme = text.find(kScheme); scheme != std::string_view::npos;
       scheme = text.find(kScheme)) {
    const std::size_t authority = scheme + kScheme.size();
    const std::size_t end = std::min(text.find_first_of("/?# \t\n", authority), text.size());
    const std::size_t at = text.substr(0, end).rfind('@');
    written += text.substr(0, authority);
    const bool has_login = at != std::string_view::npos && at >= authority;
    if (has_login) written += kRedacted;
    text.remove_prefix(has_login ? at : authority);
  }
  return written.append(text);
}

/// {"NAME": "value"} or {"NAME": {"env": "VARIABLE"}}
void hide_values(Json& headers) {
  for (auto& [name, value] : headers.items()) {
    if (value.is_string() && !is_public_header(name)) value = kRedacted;
  }
}

void hide_secrets(Json& part) {
  if (part.is_string()) part = without_logins(part.get_ref<const std::string&>());
  if (!part.is_structured()) return;
  for (auto& [key, value] : part.items()) {
    if (key == "headers" && value.is_object()) {
      hide_values(value);
    } else {
      hide_secrets(value);
    }
  }
}

}  // namespace

Json written_form(Json part) {
  hide_secrets(part);
  return part;
}

}  // namespace throng
