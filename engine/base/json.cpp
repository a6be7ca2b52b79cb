#include "engine/base/json.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#define VALIJSON_USE_EXCEPTIONS 1  // it aborts otherwise
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "engine/base/files.h"

namespace throng {
namespace {

struct Position {
  std::size_t line;
  std::size_t column;
};

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t line_start = before.rfind('\n');  // npos + 1 == 0
  return {.line = line, .column = before.size() - (line_start + 1) + 1};
}

/// nlohmann's message without its "[json.exception...]" and "parse error at line...:" prefix, and without the text that it
/// has last read, which may be a secret and whose position is told.
std::string_view reason_of(std::string_view message) {
  message = message.substr(0, message.find("; last read: '\""));
  const std::size_t syntax = message.find("syntax error");
  const std::size_t last_colon = message.find(": ");
  if (syntax != std::string_view::npos) return message.substr(syntax);
  if (last_colon != std::string_view::npos) return message.substr(last_colon + 2);
  const std::size_t bracket = message.find("] ");
  return bracket == std::string_view::npos ? message : message.substr(bracket + 2);
}

/// Refuses what JSON allows but we do not; see parse_json. A pass of its own before the document is built, because
/// nlohmann's callback looks through a whole array at the end of each object in it, and an object of our order-keeping
/// kind through all its keys for each key: both take time quadratic in what a hostile server sends.
class StrictReader : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    std::unordered_set<std::string>& keys = keys_.back();
    if (!keys.insert(name).second)
      refuse(fmt::format("the key {} stands twice in an object", Json(name).dump()));
    if (keys.size() > kMaxKeys) refuse(fmt::format("an object has more than {} keys", kMaxKeys));
    return true;
  }
  /// What does not parse is found anew, with its place, when the document is built.
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxKeys = 10'000;

  [[noreturn]] static void refuse(const std::string& why) { throw std::length_error(why); }

  bool open() {
    if (keys_.size() == kMaxDepth) refuse(fmt::format("more than {} levels", kMaxDepth));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::unordered_set<std::string>> keys_;  ///< of what is open; none in an array
};

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

Result<Json> parse_json(std::string_view text, std::string_view source, ErrorKind kind) {
  try {
    StrictReader strict;
    Json::sax_parse(text, &strict);
    return {boost::system::in_place_value, Json::parse(text)};
  } catch (const Json::parse_error& error) {
    const Position at = position_at(text, error.byte == 0 ? 0 : error.byte - 1);
    return Error{kind, fmt::format("{}:{}:{}: not valid JSON: {}", source, at.line, at.column,
                                   reason_of(error.what()))};
  } catch (const std::length_error& error) {
    return Error{kind, fmt::format("{}: refused: {}", source, error.what())};
  } catch (const Json::exception& error) {  // such as a number that no double can hold
    return Error{kind, fmt::format("{}: not valid JSON: {}", source, reason_of(error.what()))};
  }
}

Json read_json(const std::filesystem::path& path, ErrorKind kind) {
  return parse_json(read_file(path, kind), path.string(), kind).value();
}

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
  if (const Json* any = member(&schema, "anyOf"); any != nullptr) {
    std::vector<std::string> each;
    for (const Json& choice : *any) each.push_back(expectation(choice));
    parts.push_back(fmt::format("{}", fmt::join(each, ", or ")));
  }
  const Json* description = member(&schema, "description");
  return fmt::format("{}{}", fmt::join(parts, ", "),
                     description == nullptr ? "" : fmt::format(" ({})", words(*description)));
}

}  // namespace throng
