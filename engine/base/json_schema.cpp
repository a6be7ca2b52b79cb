#include "engine/base/json_schema.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#define VALIJSON_USE_EXCEPTIONS 1  // it aborts otherwise
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace throng {
namespace {

using valijson::adapters::NlohmannJsonAdapter;
using PlainJson = nlohmann::json;  ///< what valijson's adapter takes

const Json* follow_reference(const Json& schema, const Json* part) {
  for (int hops = 0; part != nullptr && part->is_object() && part->contains("$ref"); ++hops) {
    const Json& reference = part->at("$ref");
    if (hops == 16 || !reference.is_string() || !reference.get_ref<const std::string&>().starts_with('#'))
      return nullptr;
    try {
      part = &schema.at(Json::json_pointer(reference.get_ref<const std::string&>().substr(1)));
    } catch (const Json::exception&) {
      return nullptr;
    }
  }
  return part;
}

const Json* member(const Json* object, const char* key) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(key);
  return found == object->end() ? nullptr : &*found;
}

/// valijson also complains about whatever a faulty part stands in, once more and without saying why.
bool is_about_a_part(std::string_view complaint) {
  constexpr std::string_view beginnings[] = {"Failed to validate against schema associated with",
                                             "Failed to validate against additional properties schema",
                                             "Failed to validate item #"};
  return std::ranges::any_of(beginnings,
                             [&](std::string_view beginning) { return complaint.starts_with(beginning); });
}

}  // namespace

struct JsonSchema::Compiled {
  valijson::Schema schema;
};

JsonSchema::JsonSchema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<JsonSchema> JsonSchema::compile(const Json& schema) {
  try {
    auto compiled = std::make_shared<Compiled>();
    const PlainJson plain = schema;
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(plain), compiled->schema);
    return JsonSchema(std::move(compiled));
  } catch (const std::exception& error) {
    return Error{ErrorKind::usage, fmt::format("not a JSON Schema: {}", error.what())};
  }
}

std::vector<JsonSchema::Fault> JsonSchema::faults(const Json& document) const {
  const PlainJson plain = document;
  valijson::ValidationResults results;
  valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(compiled_->schema, NlohmannJsonAdapter(plain), &results);

  std::vector<Fault> faults;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    if (is_about_a_part(error.description)) continue;
    Fault fault{.path = {}, .complaint = std::move(error.description)};
    for (std::size_t i = 1; i < error.context.size(); ++i) {  // "<root>", "[session]", "[0]"
      fault.path.push_back(error.context[i].substr(1, error.context[i].size() - 2));
    }
    faults.push_back(std::move(fault));
  }
  return faults;
}

const Json* schema_at(const Json& schema, const std::vector<std::string>& path) {
  const Json* part = follow_reference(schema, &schema);
  for (const std::string& key : path) {
    const Json* next = member(member(part, "properties"), key.c_str());
    if (next == nullptr) next = member(part, "additionalProperties");
    if (next == nullptr || !next->is_object()) next = member(part, "items");
    part = follow_reference(schema, next);
  }
  return part;
}

std::string expectation(const Json& schema) {
  if (!schema.is_object()) return "that the schema allows";
  std::vector<std::string> parts;
  const auto words = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  if (const Json* choices = member(&schema, "enum"); choices != nullptr) {
    std::vector<std::string> each;
    for (const Json& choice : *choices) each.push_back(choice.dump());
    parts.push_back(fmt::format("one of {}", fmt::join(each, ", ")));
  }
  if (const Json* only = member(&schema, "const"); only != nullptr) parts.push_back(only->dump());
  const std::pair<const char*, const char*> limits[] = {{"type", "of type"},
                                                        {"minimum", "at least"},
                                                        {"maximum", "at most"},
                                                        {"minItems", "items: at least"},
                                                        {"maxItems", "items: at most"},
                                                        {"minLength", "characters: at least"},
                                                        {"maxLength", "characters: at most"}};
  for (const auto& [keyword, name] : limits) {
    if (const Json* limit = member(&schema, keyword); limit != nullptr)
      parts.push_back(fmt::format("{} {}", name, words(*limit)));
  }
  const Json* description = member(&schema, "description");
  return fmt::format("{}{}", fmt::join(parts, ", "),
                     description == nullptr ? "" : fmt::format(" ({})", words(*description)));
}

}  // namespace throng
