// How scenarios stand in files: the shipped ones, overrides on the command line, and what may be written down.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "embedded/scenario_adverts.h"
#include "embedded/scenario_augmentation.h"
#include "embedded/scenario_causal.h"
#include "embedded/scenario_demo.h"
#include "embedded/scenario_filter_bubble.h"
#include "embedded/scenario_llm_demo.h"
#include "embedded/scenario_million.h"
#include "embedded/scenario_position.h"
#include "embedded/scenario_recommenders.h"
#include "embedded/scenario_sensitivity.h"
#include "engine/base/json.h"
#include "engine/base/redact.h"
#include "scenarios/scenario/scenario.h"

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

struct Shipped {
  std::string_view name;
  std::string_view text;
};

constexpr std::array kShipped{Shipped{"adverts", embedded::scenario_adverts},
                              Shipped{"augmentation", embedded::scenario_augmentation},
                              Shipped{"causal", embedded::scenario_causal},
                              Shipped{"demo", embedded::scenario_demo},
                              Shipped{"filter_bubble", embedded::scenario_filter_bubble},
                              Shipped{"llm-demo", embedded::scenario_llm_demo},
                              Shipped{"million", embedded::scenario_million},
                              Shipped{"position", embedded::scenario_position},
                              Shipped{"recommenders", embedded::scenario_recommenders},
                              Shipped{"sensitivity", embedded::scenario_sensitivity}};

void apply_override(Json& json, const std::string& override_text) {
  const std::size_t equals = override_text.find('=');
  const std::string keys = override_text.substr(0, equals);  // the value may be a secret
  if (equals == std::string::npos || equals == 0) {
    throw Failure(ErrorKind::usage,
                  fmt::format("--set {}: expected path=value, such as recommender.factors=32", keys));
  }
  std::string path = "/" + keys;
  std::replace(path.begin(), path.end(), '.', '/');
  const std::string text = override_text.substr(equals + 1);
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) value = text;
  try {
    json[Json::json_pointer(path)] = std::move(value);
  } catch (const Json::exception&) {
    throw Failure(ErrorKind::usage,
                  fmt::format("--set {}: {} lies below a value that is not an object", keys, path));
  }
}

/// The file, or else the built-in scenario of that name.
Json written_scenario(const std::filesystem::path& file) {
  const std::string name = file.string();
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error) {
    if (const auto shipped = shipped_scenario(name))
      return parse_json(*shipped, name, ErrorKind::usage).value();
  }
  constexpr std::uintmax_t most_bytes = 4U << 20U;  // a thousand endpoints make 300 KB
  if (!error && bytes > most_bytes) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{}: it has {} bytes, more than the {} that a scenario may have", name, bytes,
                              most_bytes));
  }
  return read_json(file, ErrorKind::usage);
}

}  // namespace

Scenario read_scenario(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  return parse_scenario(written_scenario(file), file.string(), overrides);
}

/// A description tells of the dataset and the agents that stand in the file: overrides of them make it untrue.
void apply_overrides(Json& json, const std::vector<std::string>& overrides) {
  const auto told = [&] {
    Json values = Json::array();
    for (const char* path : {"/dataset/path", "/population"}) {
      const Json::json_pointer pointer(path);
      values.push_back(json.contains(pointer) ? json[pointer] : Json());
    }
    return values;
  };
  const bool has_description = json.is_object() && json.contains("description");
  const Json described = has_description ? told() : Json();
  const Json description = has_description ? json["description"] : Json();
  for (const std::string& text : overrides) apply_override(json, text);
  if (has_description && told() != described && json["description"] == description) json.erase("description");
}

Json written_form(Json part) {
  hide_secrets(part);
  return part;
}

std::vector<std::string> shipped_scenario_names() {
  std::vector<std::string> names;
  for (const Shipped& shipped : kShipped) names.emplace_back(shipped.name);
  return names;
}

std::optional<std::string_view> shipped_scenario(std::string_view name) {
  const auto found = std::ranges::find(kShipped, name, &Shipped::name);
  return found == kShipped.end() ? std::nullopt : std::optional(found->text);
}

}  // namespace throng
