#include "llm/wire/structured_output.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "llm/wire/json_text.h"
#include "llm/wire/messages.h"

namespace throng::llm {
namespace {

using Kind = OutputMismatch::Kind;

constexpr std::size_t kMaxExcerpt = 80;

/// Whether a schema uses the keyword: a member of an object that is not a list of properties.
bool uses(const Json& schema, const char* keyword, bool names_properties = false) {
  if (!schema.is_structured()) return false;
  if (schema.is_object() && !names_properties && schema.contains(keyword)) return true;
  if (schema.is_array()) {
    return std::ranges::any_of(schema, [&](const Json& each) { return uses(each, keyword); });
  }
  for (const auto& [key, value] : schema.items()) {
    const bool names = !names_properties && (key == "properties" || key == "definitions" || key == "$defs");
    const bool is_data = !names_properties && (key == "enum" || key == "const");
    if (!is_data && uses(value, keyword, names)) return true;
  }
  return false;
}

bool fit_for_a_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

std::string excerpt(std::string_view text) {
  const std::string shown = printable(text.substr(0, kMaxExcerpt));
  return text.size() > kMaxExcerpt ? shown + "..." : shown;
}

/// Why `content`, which did not parse, did not.
Kind kind_of_failure(std::string_view content) {
  if (content.empty()) return Kind::empty;
  if (content.find("```") != std::string_view::npos && content.front() != '{' && content.front() != '[')
    return Kind::fenced;
  const std::size_t opens = content.find_first_of("{[");
  if (opens == std::string_view::npos) return Kind::not_json;
  if (opens > 0) return Kind::surrounded;

  const JsonExtent extent = extent_of_json(content, 0);
  if (extent.mismatched) return Kind::malformed;
  if (extent.end == std::string_view::npos) return Kind::incomplete;
  const bool is_all = extent.end == content.size();
  return !is_all && Json::accept(content.substr(0, extent.end)) ? Kind::surrounded : Kind::malformed;
}

std::string pointer_of(const std::vector<std::string>& path) {
  Json::json_pointer pointer;
  for (const std::string& key : path) pointer.push_back(key);
  return pointer.to_string();
}

const Json& value_at(const Json& document, const std::vector<std::string>& path) {
  const Json* value = &document;
  for (const std::string& key : path) {
    value = value->is_array() ? &value->at(std::stoul(key)) : &value->at(key);
  }
  return *value;
}

/// So many bytes are looked at, all tries together: a text of nothing but brackets would take the square of its length.
constexpr std::size_t kMostWork = std::size_t{4} << 20U;

std::optional<Json> fitting(std::string_view text, const OutputSchema& schema) {
  auto checked = schema.check(text);
  if (Json* value = std::get_if<Json>(&checked)) return std::move(*value);
  return std::nullopt;
}

/// The value within a string, or within an object or a list that has no other member.
std::optional<Json> inner(const Json& outer, const OutputSchema& schema) {
  if (outer.is_string()) return fitting(outer.get_ref<const std::string&>(), schema);
  if (!outer.is_structured() || outer.size() != 1) return std::nullopt;
  const Json& only = outer.front();
  return only.is_string() ? fitting(only.get_ref<const std::string&>(), schema)
                          : fitting(only.dump(-1, ' ', false, Json::error_handler_t::replace), schema);
}

struct Found {
  Json value;
  std::string_view taken_from;  ///< "" if nothing was done to it
};

/// What a piece of text that looks like JSON holds, if it fits.
std::optional<Found> read_piece(std::string_view piece, const OutputSchema& schema) {
  if (auto value = fitting(piece, schema)) return Found{std::move(*value), ""};
  const Json plain = Json::parse(piece, nullptr, false);
  if (!plain.is_discarded()) {
    if (auto value = inner(plain, schema)) return Found{std::move(*value), "JSON around it"};
    return std::nullopt;
  }
  if (auto value = fitting(mended_json(piece), schema)) return Found{std::move(*value), "loose JSON"};
  return std::nullopt;
}

/// The name of what is around a value: fences by their marks, special tokens and tags if there are no words beside them.
std::string_view name_of_surroundings(std::string_view before, std::string_view after) {
  const auto has = [&](std::string_view mark) {
    return before.find(mark) != std::string_view::npos || after.find(mark) != std::string_view::npos;
  };
  if (has("```") || has("~~~")) return "code fence";
  const auto only_tags = [](std::string_view text) {
    bool in_tag = false;
    for (const char c : trimmed(text)) {
      if (c == '<') in_tag = true;
      if (!in_tag) return false;
      if (c == '>') in_tag = false;
    }
    return !in_tag;
  };
  return only_tags(before) && only_tags(after) ? "special tokens" : "text around it";
}

/// The one value in `text` that fits, if all that fit are the same.
std::optional<Found> find_output(std::string_view text, const OutputSchema& schema) {
  std::optional<Found> found;
  std::size_t first = 0;
  std::size_t end_of_last = 0;
  int times = 0;
  std::size_t work = 0;
  for (std::size_t at = text.find_first_of("{["); at != std::string_view::npos && work < kMostWork;) {
    const std::size_t end = extent_of_json(text, at).end;
    work += std::min(end, text.size()) - at;
    auto piece = end == std::string_view::npos ? std::nullopt : read_piece(text.substr(at, end - at), schema);
    if (!piece) {
      at = text.find_first_of("{[", at + 1);
      continue;
    }
    if (found && !(found->value == piece->value)) return std::nullopt;
    if (!found) {
      found = std::move(piece);
      first = at;
    }
    ++times;
    end_of_last = end;
    at = text.find_first_of("{[", end);
  }
  if (!found || !found->taken_from.empty()) return found;
  found->taken_from = times > 1 ? "said several times"
                                : name_of_surroundings(text.substr(0, first), text.substr(end_of_last));
  return found;
}

std::optional<Found> find_anywhere(const Completion& completion, const OutputMismatch& mismatch,
                                   const OutputSchema& schema) {
  if (mismatch.kind == OutputMismatch::Kind::schema) {
    auto found = read_piece(trimmed(completion.text), schema);  // JSON in a text has its quotes escaped
    if (!found) found = find_output(completion.text, schema);
    if (found) found->taken_from = "JSON around it";
    return found;
  }
  if (mismatch.kind != OutputMismatch::Kind::empty) return find_output(completion.text, schema);
  for (const auto& [text, name] :
       {std::pair<const std::string&, std::string_view>{completion.tool_call, "tool call"},
        {completion.reasoning, "reasoning"}}) {
    if (auto found = find_output(text, schema)) return Found{std::move(found->value), name};
  }
  return std::nullopt;
}

}  // namespace

std::string OutputMismatch::message() const {
  switch (kind) {
    case Kind::empty:
      return "the reply is empty";
    case Kind::not_json:
      return fmt::format("the reply is not JSON: {}", found);
    case Kind::incomplete:
      return fmt::format("the reply's JSON is incomplete: {}", found);
    case Kind::fenced:
      return fmt::format("the reply has its JSON in a code fence: {}", found);
    case Kind::surrounded:
      return fmt::format("the reply has text around its JSON: {}", found);
    case Kind::malformed:
      return fmt::format("{}: {}", expected, found);
    case Kind::schema:
      break;
  }
  return fmt::format("{}: got {}, expected {}", path.empty() ? "/" : path, found, expected);
}

OutputSchema::OutputSchema(std::string name, const Json& schema, JsonSchema compiled)
    : name_(std::move(name)), json_(schema.dump()), schema_(schema), compiled_(std::move(compiled)) {}

Result<std::shared_ptr<const OutputSchema>> OutputSchema::compile(std::string name, const Json& schema) {
  if (!fit_for_a_name(name))
    return Error{ErrorKind::usage, "a schema's name has 1 to 64 letters, digits, _ and -"};
  if (!schema.is_object()) return Error{ErrorKind::usage, fmt::format("{}: a schema is an object", name)};
  for (const char* keyword : {"pattern", "patternProperties"}) {
    if (uses(schema, keyword))
      return Error{ErrorKind::usage, fmt::format("{}: \"{}\" is not supported in replies", name, keyword)};
  }
  Result<JsonSchema> compiled = JsonSchema::compile(schema);
  if (!compiled) return Error{ErrorKind::usage, fmt::format("{}: {}", name, compiled.error().message)};
  return std::shared_ptr<const OutputSchema>(new OutputSchema(std::move(name), schema, std::move(*compiled)));
}

std::variant<Json, OutputMismatch> OutputSchema::check(std::string_view content) const {
  content = trimmed(content);
  Result<Json> parsed = parse_json(content, "reply", ErrorKind::data);
  if (!parsed) {
    return OutputMismatch{.kind = kind_of_failure(content),
                          .path = "",
                          .expected = printable(parsed.error().message.substr(0, 4 * kMaxExcerpt)),
                          .found = excerpt(content)};
  }
  const std::vector<JsonSchema::Fault> faults = compiled_.faults(*parsed);
  if (faults.empty()) return std::move(*parsed);

  const JsonSchema::Fault& first = faults.front();
  const Json* part = schema_at(schema_, first.path);
  std::string expected = printable(first.complaint);
  if (part != nullptr && !expectation(*part).empty())
    expected = fmt::format("{}; {}", expectation(*part), expected);
  const Json& value = value_at(*parsed, first.path);
  return OutputMismatch{.kind = Kind::schema,
                        .path = printable(pointer_of(first.path)),
                        .expected = std::move(expected),
                        .found = excerpt(value.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

std::variant<Output, OutputMismatch> read_output(const Completion& completion, const OutputSchema& schema) {
  auto checked = schema.check(completion.text);
  if (Json* value = std::get_if<Json>(&checked)) return Output{std::move(*value), ""};
  auto& mismatch = std::get<OutputMismatch>(checked);
  if (auto found = find_anywhere(completion, mismatch, schema))
    return Output{std::move(found->value), found->taken_from};
  return std::move(mismatch);
}

}  // namespace throng::llm
