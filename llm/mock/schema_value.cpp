#include "llm/mock/schema_value.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "llm/json_text.h"
#include "llm/mock/text.h"
#include "llm/reply_json.h"

namespace throng::llm::mock {
namespace {

namespace json = boost::json;

constexpr int kDeepest = 24;
constexpr int kDeepestOptional = 8;  ///< below, only what is required is written
constexpr std::size_t kLongest = std::size_t{1} << 20U;
constexpr std::int64_t kGreatest = std::int64_t{1} << 52U;

std::optional<double> number_at(const json::object& schema, std::string_view key) {
  const json::value* value = member(schema, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::int64_t count_or(const json::object& schema, std::string_view key, std::int64_t otherwise) {
  return count_at(schema, key).value_or(otherwise);
}

bool lists(const json::array* list, std::string_view name) {
  return list != nullptr && std::ranges::any_of(*list, [&](const json::value& each) {
           const json::string* text = each.if_string();
           return text != nullptr && std::string_view(text->data(), text->size()) == name;
         });
}

/// The type that a value of `schema` shall have; "" if any will do.
std::string_view type_of(const json::object& schema) {
  if (const json::array* types = array_at(schema, "type"); types != nullptr) {
    for (const json::value& type : *types) {
      if (type.is_string() && type.get_string() != "null")
        return {type.get_string().data(), type.get_string().size()};
    }
    return types->empty() ? "" : "null";
  }
  const std::string_view type = text_at(schema, "type");
  if (!type.empty()) return type;
  if (member(schema, "properties") != nullptr) return "object";
  return member(schema, "items") != nullptr ? "array" : "";
}

class Writer {
 public:
  Writer(std::string& out, const json::value& root, DrawStream& draws)
      : out_(out), root_(root), draws_(draws), start_(out.size()) {}

  bool value(const json::value& schema, int depth, Fits fits) {
    const json::object* found = resolve(schema);
    if (found == nullptr) {
      out_ += "null";
      return schema.is_object() ? false : schema != json::value(false);
    }
    if (depth > kDeepest || out_.size() - start_ > kLongest) return false;
    if (const auto given = found->find("const"); given != found->end()) return whole(given->value());
    if (const json::array* choices = array_at(*found, "enum"); choices != nullptr && !choices->empty())
      return whole((*choices)[draws_.bits() % choices->size()]);
    const std::string_view type = type_of(*found);
    if (type == "object") return object(*found, depth, fits);
    if (type == "array") return array(*found, depth);
    if (type == "integer") return integer(*found);
    if (type == "number") return number(*found);
    if (type == "boolean") return append(draws_.bits() % 2 == 0 ? "true" : "false");
    if (type == "null") return append("null");
    return string(*found);
  }

  /// Follows references and choices to a schema that says something itself; null if there is none.
  const json::object* resolve(const json::value& schema) const {
    const json::value* at = &schema;
    for (int steps = 0; steps < kDeepest; ++steps) {
      const json::object* found = at->if_object();
      if (found == nullptr) return nullptr;
      if (const std::string_view pointer = text_at(*found, "$ref"); !pointer.empty()) {
        at = target(pointer);
        if (at == nullptr) return nullptr;
        continue;
      }
      if (!type_of(*found).empty()) return found;
      const json::value* part = first_part(*found);
      if (part == nullptr) return found;
      at = part;
    }
    return nullptr;
  }

 private:
  bool append(std::string_view text) {
    out_ += text;
    return true;
  }
  bool whole(const json::value& given) { return append(json::serialize(given)); }

  static const json::value* first_part(const json::object& schema) {
    for (const char* key : {"anyOf", "oneOf", "allOf"}) {
      const json::array* parts = array_at(schema, key);
      if (parts == nullptr) continue;
      for (const json::value& part : *parts) {
        const json::object* each = part.if_object();
        if (each != nullptr && text_at(*each, "type") != "null") return &part;
      }
    }
    return nullptr;
  }

  const json::value* target(std::string_view pointer) const {
    if (!pointer.starts_with('#')) return nullptr;
    pointer.remove_prefix(1);
    json::error_code error;
    return root_.find_pointer({pointer.data(), pointer.size()}, error);
  }

  bool object(const json::object& schema, int depth, Fits fits) {
    const json::array* required = array_at(schema, "required");
    const json::object* properties = object_at(schema, "properties");
    out_ += '{';
    bool first = true;
    bool skip = fits == Fits::lacks_member;
    if (properties != nullptr) {
      for (const auto& [key, property] : *properties) {
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
    }
    out_ += '}';
    return true;
  }

  bool array(const json::object& schema, int depth) {
    const std::int64_t min = count_or(schema, "minItems", 0);
    const std::int64_t most = count_or(schema, "maxItems", std::max<std::int64_t>(min, 1) + 2);
    if (min > most) return false;
    const bool unique = schema.contains("uniqueItems") && schema.at("uniqueItems") == json::value(true);
    const std::int64_t wanted = draws_.between(std::min(most, std::max<std::int64_t>(min, 1)),
                                               std::min(most, std::max<std::int64_t>(min, 1) + 8));
    const json::value* items = member(schema, "items");
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

  bool item(const json::value* items, std::size_t position, int depth) {
    if (items == nullptr) return append("null") && out_.size() - start_ <= kLongest;
    const json::array* tuple = items->if_array();
    if (tuple == nullptr) return value(*items, depth + 1, Fits::yes);
    return position < tuple->size() ? value((*tuple)[position], depth + 1, Fits::yes) : append("null");
  }

  /// The bounds of a number, both ends included.
  static std::pair<double, double> bounds(const json::object& schema, double step, double span) {
    std::optional<double> min = number_at(schema, "minimum");
    std::optional<double> max = number_at(schema, "maximum");
    if (const auto above = number_at(schema, "exclusiveMinimum"))
      min = std::max(min.value_or(*above), *above + step);
    if (const auto below = number_at(schema, "exclusiveMaximum"))
      max = std::min(max.value_or(*below), *below - step);
    if (!min) min = max ? *max - span : 0.0;
    return {*min, max.value_or(*min + span)};
  }

  bool integer(const json::object& schema) {
    const auto step = std::max(1.0, std::floor(number_at(schema, "multipleOf").value_or(1)));
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

  bool number(const json::object& schema) {
    const std::optional<double> step = number_at(schema, "multipleOf");
    const auto [min, max] = bounds(schema, 1e-3, 1);
    if (!(min <= max) || !std::isfinite(max - min)) return false;
    double drawn = min + draws_.uniform() * (max - min);
    drawn = std::clamp(std::round(drawn * 1000) / 1000, min, max);
    if (step && *step > 0) drawn = std::ceil(min / *step) * *step;
    append_json_number(out_, drawn);
    return std::isfinite(drawn);
  }

  bool string(const json::object& schema) {
    const std::int64_t min = count_or(schema, "minLength", 0);
    const std::int64_t max = count_or(schema, "maxLength", std::max<std::int64_t>(min, 40));
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
  const json::value& root_;
  DrawStream& draws_;
  std::size_t start_;
};

}  // namespace

bool append_value(std::string& out, const json::value& schema, DrawStream& draws, Fits fits) {
  return Writer(out, schema, draws).value(schema, 0, fits);
}

bool wants_object(const json::value& schema) {
  std::string unused;
  DrawStream draws(Draws(0), Purpose("mock/none"));
  const json::object* found = Writer(unused, schema, draws).resolve(schema);
  return found != nullptr && type_of(*found) == "object";
}

}  // namespace throng::llm::mock
