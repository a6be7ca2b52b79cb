#include "llm/mock/chat_content.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_set>

#include "llm/mock/chat_call.h"
#include "llm/mock/text.h"
#include "llm/wire/json_text.h"

namespace throng::llm::mock {
namespace {

constexpr int kDeepest = 24;
constexpr int kDeepestOptional = 8;  ///< below, only what is required is written
constexpr std::size_t kLongest = std::size_t{1} << 20U;
constexpr std::int64_t kGreatest = std::int64_t{1} << 52U;

std::int64_t count_or(JsonView count, std::int64_t otherwise) { return count.count().value_or(otherwise); }

bool lists(JsonView list, std::string_view name) {
  for (const JsonView each : list.items()) {
    if (each.is_string() && each.text() == name) return true;
  }
  return false;
}

/// The type that a value of `schema` shall have; "" if any will do.
std::string_view type_of(JsonView schema) {
  const JsonView types = schema["type"];
  for (const JsonView type : types.items()) {
    if (type.is_string() && type.text() != "null") return type.text();
  }
  if (types.is_array()) return types.size() == 0 ? "" : "null";
  if (!types.text().empty()) return types.text();
  if (schema["properties"]) return "object";
  return schema["items"] ? "array" : "";
}

class Writer {
 public:
  Writer(std::string& out, JsonView root, DrawStream& draws)
      : out_(out), root_(root), draws_(draws), start_(out.size()) {}

  bool value(JsonView schema, int depth, Fits fits) {
    const JsonView found = resolve(schema);
    if (!found) {
      out_ += "null";
      return !schema.is_object() && schema.flag() != false;
    }
    if (depth > kDeepest || out_.size() - start_ > kLongest) return false;
    if (const JsonView given = found.find("const")) return append(given.json());
    if (const JsonView choices = found["enum"]; choices.size() > 0)
      return append(choices.at(draws_.bits() % choices.size()).json());
    const std::string_view type = type_of(found);
    if (type == "object") return object(found, depth, fits);
    if (type == "array") return array(found, depth);
    if (type == "integer") return integer(found);
    if (type == "number") return number(found);
    if (type == "boolean") return append(draws_.bits() % 2 == 0 ? "true" : "false");
    if (type == "null") return append("null");
    return string(found);
  }

  /// Follows references and choices to a schema that says something itself; nothing if there is none.
  JsonView resolve(JsonView schema) const {
    for (int steps = 0; steps < kDeepest && schema.is_object(); ++steps) {
      if (const std::string_view pointer = schema["$ref"].text(); !pointer.empty()) {
        schema = target(pointer);
        continue;
      }
      if (!type_of(schema).empty()) return schema;
      const JsonView part = first_part(schema);
      if (!part) return schema;
      schema = part;
    }
    return {};
  }

 private:
  bool append(std::string_view text) {
    out_ += text;
    return true;
  }

  static JsonView first_part(JsonView schema) {
    for (const char* key : {"anyOf", "oneOf", "allOf"}) {
      for (const JsonView part : schema[key].items()) {
        if (part.is_object() && part["type"].text() != "null") return part;
      }
    }
    return {};
  }

  JsonView target(std::string_view pointer) const {
    return pointer.starts_with('#') ? root_.at_pointer(pointer.substr(1)) : JsonView();
  }

  bool object(JsonView schema, int depth, Fits fits) {
    const JsonView required = schema["required"];
    out_ += '{';
    bool first = true;
    bool skip = fits == Fits::lacks_member;
    for (const auto& [key, property] : schema["properties"].members()) {
      const bool needed = lists(required, key);
      if (skip && needed) {
        skip = false;
        continue;
      }
      if (!needed && depth >= kDeepestOptional) continue;
      if (!first) out_ += ',';
      first = false;
      append_json_string(out_, key);
      out_ += ':';
      if (!value(property, depth + 1, Fits::yes)) return false;
    }
    out_ += '}';
    return true;
  }

  bool array(JsonView schema, int depth) {
    const std::int64_t min = count_or(schema["minItems"], 0);
    const std::int64_t most = count_or(schema["maxItems"], std::max<std::int64_t>(min, 1) + 2);
    if (min > most) return false;
    const bool unique = schema["uniqueItems"].flag().value_or(false);
    const std::int64_t wanted = draws_.between(std::min(most, std::max<std::int64_t>(min, 1)),
                                               std::min(most, std::max<std::int64_t>(min, 1) + 8));
    const JsonView items = schema["items"];
    std::unordered_set<std::string> seen;
    std::int64_t count = 0;
    out_ += '[';
    for (int tries = 0; count < wanted && tries < 32; ++tries) {
      const std::size_t before = out_.size();
      if (count > 0) out_ += ',';
      const std::size_t item = out_.size();
      if (!this->item(items, static_cast<std::size_t>(count), depth)) return false;
      if (unique && !seen.insert(out_.substr(item)).second) {
        out_.resize(before);
        continue;
      }
      ++count;
      tries = -1;
    }
    out_ += ']';
    return count >= min;
  }

  bool item(JsonView items, std::size_t position, int depth) {
    if (!items) return append("null") && out_.size() - start_ <= kLongest;
    if (!items.is_array()) return value(items, depth + 1, Fits::yes);
    return position < items.size() ? value(items.at(position), depth + 1, Fits::yes) : append("null");
  }

  /// The bounds of a number, both ends included.
  static std::pair<double, double> bounds(JsonView schema, double step, double span) {
    std::optional<double> min = schema["minimum"].number();
    std::optional<double> max = schema["maximum"].number();
    if (const auto above = schema["exclusiveMinimum"].number())
      min = std::max(min.value_or(*above), *above + step);
    if (const auto below = schema["exclusiveMaximum"].number())
      max = std::min(max.value_or(*below), *below - step);
    if (!min) min = max ? *max - span : 0.0;
    return {*min, max.value_or(*min + span)};
  }

  bool integer(JsonView schema) {
    const auto step = std::max(1.0, std::floor(schema["multipleOf"].number().value_or(1)));
    const auto [min, max] = bounds(schema, 1, 100 * step);
    const double least = std::ceil(min / step);
    const double greatest = std::floor(max / step);
    if (!(least <= greatest) ||
        !(std::abs(least * step) < kGreatest && std::abs(greatest * step) < kGreatest))
      return false;
    append_json_number(out_,
                       draws_.between(static_cast<std::int64_t>(least), static_cast<std::int64_t>(greatest)) *
                           static_cast<std::int64_t>(step));
    return true;
  }

  bool number(JsonView schema) {
    const std::optional<double> step = schema["multipleOf"].number();
    const auto [min, max] = bounds(schema, 1e-3, 1);
    if (!(min <= max) || !std::isfinite(max - min)) return false;
    double drawn = min + draws_.uniform() * (max - min);
    drawn = std::clamp(std::round(drawn * 1000) / 1000, min, max);
    if (step && *step > 0) drawn = std::ceil(min / *step) * *step;
    append_json_number(out_, drawn);
    return std::isfinite(drawn);
  }

  bool string(JsonView schema) {
    const std::int64_t min = count_or(schema["minLength"], 0);
    const std::int64_t max = count_or(schema["maxLength"], std::max<std::int64_t>(min, 40));
    if (min > max || min > static_cast<std::int64_t>(kLongest)) return false;
    const std::int64_t length = draws_.between(std::max(min, std::min<std::int64_t>(max, 12)),
                                               std::max(min, std::min<std::int64_t>(max, 40)));
    std::string text;
    append_filler(text, token_count(static_cast<std::size_t>(length)) + 1, draws_);
    text.resize(static_cast<std::size_t>(length));
    append_json_string(out_, text);
    return true;
  }

  std::string& out_;
  JsonView root_;
  DrawStream& draws_;
  std::size_t start_;
};

constexpr Purpose kText("mock/text");
constexpr Purpose kValue("mock/value");
constexpr Purpose kMisfit("mock/misfit");

std::string filler(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  DrawStream stream(draws, kText);
  std::int64_t tokens = std::max(stream.between(range.min, range.max), call.min_tokens);
  if (call.max_tokens) tokens = std::min(tokens, *call.max_tokens + 1);  // one more shows that it was cut
  std::string text;
  append_filler(text, tokens, stream);
  return text;
}

std::string fitting(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  std::string text;
  DrawStream stream(draws, kValue);
  switch (call.format) {
    case ReplyFormat::text:
      return filler(call, range, draws);
    case ReplyFormat::json_object:
      if (call.schema) break;
      return R"({"text":")" + filler(call, range, draws) + R"("})";
    case ReplyFormat::json_schema:
      break;
  }
  if (!append_value(text, call.schema, stream)) text = "null";
  return text;
}

std::string misfitting(const ChatCall& call, const Range<int>& range, const Draws& draws) {
  if (call.format == ReplyFormat::text) return "";
  const std::string right = fitting(call, range, draws);
  DrawStream stream(draws, kMisfit);
  switch (stream.bits() % 4) {
    case 0:
      return right.substr(0, right.size() / 2);
    case 1:
      return "Of course, with pleasure.";
    case 2:
      break;
    default:
      if (call.schema && wants_object(call.schema)) {
        std::string text;
        DrawStream same(draws, kValue);
        if (append_value(text, call.schema, same, Fits::lacks_member) && text != right) return text;
      }
      break;
  }
  return right.starts_with('{') ? "[]" : "{}";
}

}  // namespace

bool append_value(std::string& out, JsonView schema, DrawStream& draws, Fits fits) {
  return Writer(out, schema, draws).value(schema, 0, fits);
}

bool wants_object(JsonView schema) {
  std::string unused;
  DrawStream draws(Draws(0), Purpose("mock/none"));
  return type_of(Writer(unused, schema, draws).resolve(schema)) == "object";
}

ChatContent chat_content(const ChatCall& call, const Range<int>& tokens, ContentFault fault,
                         const Draws& draws) {
  return cut_content(
      fault == ContentFault::no ? fitting(call, tokens, draws) : misfitting(call, tokens, draws), call);
}

ChatContent cut_content(std::string text, const ChatCall& call) {
  ChatContent content{.text = std::move(text)};
  if (call.max_tokens && token_count(content.text.size()) > *call.max_tokens) {
    content.text.resize(cut_to_tokens(content.text, *call.max_tokens).size());
    content.finish = FinishReason::length;
  }
  return content;
}

}  // namespace throng::llm::mock
