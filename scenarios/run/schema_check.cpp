#include "scenarios/run/schema_check.h"

#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "engine/base/options_reader.h"

namespace throng {
namespace {

using valijson::adapters::NlohmannJsonAdapter;
using PlainJson = nlohmann::json;  ///< what valijson's adapter takes

/// A place in the document, and the part of the schema that describes it.
struct Place {
  std::string path;
  const Json* value;
  const Json* schema;
};

/// valijson's context: "<root>", "[session]", "[max_pages]".
Place find_place(const std::vector<std::string>& context, const Json& document, const Json& schema) {
  Place place{.path = "", .value = &document, .schema = &schema};
  for (std::size_t i = 1; i < context.size(); ++i) {
    const std::string key = context[i].substr(1, context[i].size() - 2);
    place.path += "/" + key;
    place.value = &place.value->at(key);
    place.schema = &place.schema->at("properties").at(key);
  }
  return place;
}

std::vector<std::string> known_keys(const Json& schema) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : schema.at("properties").items()) keys.push_back(key);
  return keys;
}

std::string expectation(const Json& schema) {
  std::vector<std::string> parts;
  if (schema.contains("enum")) {
    std::vector<std::string> choices;
    for (const Json& choice : schema["enum"]) choices.push_back(choice.dump());
    parts.push_back(fmt::format("one of {}", fmt::join(choices, ", ")));
  }
  if (schema.contains("type")) parts.push_back("of type " + schema["type"].get<std::string>());
  if (schema.contains("minimum")) parts.push_back("at least " + schema["minimum"].dump());
  if (schema.contains("maximum")) parts.push_back("at most " + schema["maximum"].dump());
  const std::string description =
      schema.contains("description") ? fmt::format(" ({})", schema["description"].get<std::string>()) : "";
  return fmt::format("{}{}", fmt::join(parts, ", "), description);
}

std::vector<std::string> unknown_keys(const Place& place) {
  std::vector<std::string> faults;
  const std::vector<std::string> known = known_keys(*place.schema);
  for (const auto& [key, value] : place.value->items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const auto meant = closest_word(key, known);
    faults.push_back(fmt::format("{}/{}: unknown key; {}", place.path, key,
                                 meant ? fmt::format("did you mean \"{}\"?", *meant)
                                       : fmt::format("known here: {}", fmt::join(known, ", "))));
  }
  return faults;
}

std::vector<std::string> missing_keys(const Place& place) {
  std::vector<std::string> faults;
  for (const Json& key : place.schema->at("required")) {
    const auto name = key.get<std::string>();
    if (place.value->contains(name)) continue;
    faults.push_back(fmt::format("{}/{}: missing; expected a value {}", place.path, name,
                                 expectation(place.schema->at("properties").at(name))));
  }
  return faults;
}

/// valijson says which constraint failed only in words.
std::vector<std::string> faults_at(const Place& place, const std::string& complaint) {
  const auto mentions = [&](const char* words) { return complaint.find(words) != std::string::npos; };
  if (mentions("Failed to validate against schema associated with property"))
    return {};  // its own line follows
  if (mentions("'additionalProperties'")) return unknown_keys(place);
  if (mentions("Missing required property")) return missing_keys(place);
  return {fmt::format("{}: {}: expected a value {}", place.path.empty() ? "/" : place.path,
                      place.value->dump(), expectation(*place.schema))};
}

}  // namespace

std::vector<std::string> schema_faults(const Json& document, const Json& schema) {
  const PlainJson plain_schema = PlainJson::parse(schema.dump());
  const PlainJson plain_document = PlainJson::parse(document.dump());
  valijson::Schema compiled;
  valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(plain_schema), compiled);
  valijson::ValidationResults results;
  valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(compiled, NlohmannJsonAdapter(plain_document), &results);

  std::vector<std::string> faults;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (std::string& fault : faults_at(find_place(error.context, document, schema), error.description)) {
      if (std::ranges::find(faults, fault) == faults.end()) faults.push_back(std::move(fault));
    }
  }
  return faults;
}

}  // namespace throng
