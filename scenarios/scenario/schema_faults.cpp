// Faults of a document under a JSON Schema, in a person's words.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/json.h"
#include "engine/base/options_reader.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

constexpr std::size_t kMostFaults = 20;

/// A value as it stands in a message.
std::string excerpt_of(const Json& value) {
  constexpr std::size_t most = 200;
  std::string text = value.dump();
  if (text.size() > most) text.replace(most, std::string::npos, "...");
  return text;
}

/// A place in the document, and the part of the schema that describes it.
struct Place {
  std::string path;
  const Json* value;
  const Json* schema;  ///< null if no simple path leads there
};

Place find_place(const std::vector<std::string>& keys, const Json& document, const Json& schema) {
  Place place{.path = "", .value = &document, .schema = schema_at(schema, keys)};
  for (const std::string& key : keys) {
    place.path += "/" + key;
    place.value = place.value->is_array() ? &place.value->at(std::stoul(key)) : &place.value->at(key);
  }
  return place;
}

/// What the schema asks of a value, as an error continues after "expected".
std::string expected(const Json& schema) {
  return (schema.contains("enum") ? "" : "a value ") + expectation(schema);
}

/// The word of the schema's list that was meant, if one is near.
std::string hint(const Json& value, const Json& schema) {
  if (!value.is_string() || !schema.contains("enum")) return "";
  std::vector<std::string> words;
  for (const Json& choice : schema.at("enum"))
    words.push_back(choice.is_string() ? choice.get<std::string>() : "");
  const auto meant = closest_word(value.get<std::string>(), words);
  return meant && !meant->empty() ? fmt::format("did you mean \"{}\"? ", *meant) : "";
}

std::vector<std::string> known_keys(const Json& schema) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : schema.at("properties").items()) keys.push_back(key);
  return keys;
}

std::vector<std::string> unknown_keys(const Place& place) {
  std::vector<std::string> faults;
  const std::vector<std::string> known = known_keys(*place.schema);
  for (const auto& [key, value] : place.value->items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const auto meant = closest_word(key, known);
    if (faults.size() > kMostFaults) break;
    faults.push_back(fmt::format("{}/{}: unknown key; {}", place.path, key.substr(0, 100),
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
    faults.push_back(fmt::format("{}/{}: missing; expected {}", place.path, name,
                                 expected(place.schema->at("properties").at(name))));
  }
  return faults;
}

/// valijson says which constraint failed only in words.
std::vector<std::string> faults_at(const Place& place, const std::string& complaint) {
  const auto mentions = [&](const char* words) { return complaint.find(words) != std::string::npos; };
  if (place.schema == nullptr)
    return {fmt::format("{}: {}: {}", place.path, excerpt_of(written_form(*place.value)), complaint)};
  // A choice of schemas ("anyOf") has neither itself.
  if (mentions("'additionalProperties'") && place.schema->contains("properties")) return unknown_keys(place);
  if (mentions("Missing required property") && place.schema->contains("required")) return missing_keys(place);
  return {fmt::format("{}: {}: {}expected {}", place.path.empty() ? "/" : place.path,
                      excerpt_of(written_form(*place.value)), hint(*place.value, *place.schema),
                      expected(*place.schema))};
}

}  // namespace

std::vector<std::string> schema_faults(const Json& document, const Json& schema) {
  const JsonSchema compiled = JsonSchema::compile(schema).value();
  std::vector<std::string> faults;
  for (const auto& [path, complaint] : compiled.faults(document)) {
    for (std::string& fault : faults_at(find_place(path, document, schema), complaint)) {
      if (faults.size() == kMostFaults) {
        faults.emplace_back("and more");
        return faults;
      }
      if (std::ranges::find(faults, fault) == faults.end()) faults.push_back(std::move(fault));
    }
  }
  return faults;
}

}  // namespace throng
