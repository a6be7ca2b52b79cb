#include "recsys/import/record_lines.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "recsys/text/python_literal.h"
#include "recsys/text/text.h"

namespace throng {
namespace {

namespace dom = simdjson::dom;

template <class T>
std::optional<T> value_of(simdjson::simdjson_result<T> result) {
  T value;
  if (std::move(result).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

/// JSON's keys are in double quotes; those of Python's literals, which have no quotes in them, never are.
bool is_json(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n{");
  return first == std::string_view::npos || line[first] == '"' || line[first] == '}';
}

/// The value of an object such as {"$oid": "5"}; the element itself if it is none.
dom::element unwrapped(dom::element element) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS || object.size() != 1) return element;
  const auto only = *object.begin();
  return only.key.starts_with('$') ? only.value : element;
}

std::string scalar_text(dom::element wrapped) {
  const dom::element element = unwrapped(wrapped);
  switch (element.type()) {
    case dom::element_type::STRING:
      return std::string(element.get_string().value_unsafe());
    case dom::element_type::INT64:
      return fmt::to_string(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return fmt::to_string(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return fmt::to_string(element.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return element.get_bool().value_unsafe() ? "1" : "0";
    default:
      return {};
  }
}

std::string field_text(dom::element element, std::string_view separator) {
  dom::array list;
  if (element.get(list) != simdjson::SUCCESS) return scalar_text(element);
  std::string text;
  for (const dom::element each : list) {
    const std::string part = scalar_text(each);
    if (!part.empty() && !text.empty()) text += separator;
    text += part;
  }
  return text;
}

void add_paths(dom::object object, const std::string& prefix, std::vector<std::string>& paths) {
  for (const auto [key, value] : object) {
    const std::string path = prefix + std::string(key);
    dom::object inner;
    if (unwrapped(value).get(inner) == simdjson::SUCCESS) {
      add_paths(inner, path + ".", paths);
    } else if (std::ranges::find(paths, path) == paths.end()) {
      paths.push_back(path);
    }
  }
}

}  // namespace

std::string Record::field(std::string_view path, std::string_view separator) const {
  dom::element whole;
  if (object_[path].get(whole) == simdjson::SUCCESS) return field_text(whole, separator);
  dom::object object = object_;
  for (std::size_t point = path.find('.'); point != std::string_view::npos; point = path.find('.')) {
    dom::object inner;
    if (object[path.substr(0, point)].get(inner) != simdjson::SUCCESS) return {};
    object = inner;
    path.remove_prefix(point + 1);
  }
  dom::element element;
  return object[path].get(element) == simdjson::SUCCESS ? field_text(element, separator) : std::string();
}

void Record::add_keys(std::vector<std::string>& paths) const { add_paths(object_, "", paths); }

void for_each_object_text(const SourceFile& file,
                          const std::function<bool(std::string_view text, std::size_t line)>& visit) {
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  const bool over_lines = has_objects_over_lines(file);
  ObjectCutter cutter;
  std::size_t first_line = 1;
  for (bool more = true; more && blocks.next();) {
    if (over_lines) {
      cutter.take(blocks.text(),
                  [&](std::string_view text, std::size_t line) { more = more && visit(text, line); });
      continue;
    }
    LineReader lines(blocks.text(), first_line);
    while (more && lines.next()) more = visit(lines.line(), lines.number());
    first_line = lines.number() + 1;
  }
}

std::optional<std::string_view> Record::text(std::string_view key) const {
  return value_of(object_[key].get_string());
}

std::optional<std::string> Record::id(std::string_view key) const {
  if (const auto number = value_of(object_[key].get_int64())) return fmt::to_string(*number);
  if (const auto number = value_of(object_[key].get_double()); number && *number == std::floor(*number)) {
    constexpr double greatest = 9e15;  // beyond it doubles have gaps
    if (std::abs(*number) < greatest) return fmt::to_string(static_cast<std::int64_t>(*number));
  }
  const std::string_view id = trimmed(text(key).value_or(""));
  if (id.empty()) return std::nullopt;
  return std::string(id);
}

std::optional<double> Record::number(std::string_view key) const {
  if (const auto number = value_of(object_[key].get_double())) return number;
  std::string digits(trimmed(text(key).value_or("")));
  std::erase(digits, ',');
  return parse_number<double>(digits);
}

std::optional<bool> Record::truth(std::string_view key) const { return value_of(object_[key].get_bool()); }

std::optional<dom::array> Record::list(std::string_view key) const {
  return value_of(object_[key].get_array());
}

void ObjectCutter::take(std::string_view text, const Visit& visit) {
  std::size_t begin = 0;  // of the object, in this part
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') ++line_;
    if (in_text_) {
      in_text_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_text_ = depth_ > 0;
    } else if (c == '{' && depth_++ == 0) {
      begin = at;
      object_line_ = line_;
    } else if (c == '}' && depth_ > 0 && --depth_ == 0) {
      const std::string_view end = text.substr(begin, at + 1 - begin);
      if (object_.empty()) {
        visit(end, object_line_);
      } else {
        object_ += end;
        visit(object_, object_line_);
        object_.clear();
      }
      begin = at + 1;
    }
  }
  if (depth_ > 0) object_ += text.substr(begin);
}

bool has_objects_over_lines(const SourceFile& file) {
  TextBlocks blocks = file.blocks(BlockEnds::lines);
  if (!blocks.next()) return false;
  const std::string_view text = trimmed(without_bom(blocks.text()));
  const std::string_view first_line = trimmed(text.substr(0, text.find('\n')));
  return text.starts_with('[') || (text.starts_with('{') && !first_line.ends_with('}'));
}

std::optional<Record> RecordReader::read(std::string_view line) {
  reason_.clear();
  if (is_json(line)) {
    json_ = line;
  } else {
    reason_ = python_to_json(line, json_);
  }
  return reason_.empty() ? parse() : std::nullopt;
}

std::optional<Record> RecordReader::parse() {
  json_.reserve(json_.size() + simdjson::SIMDJSON_PADDING);
  dom::object object;
  const simdjson::error_code error =
      parser_.parse(json_.data(), json_.size(), /*realloc_if_needed=*/false).get(object);
  if (error == simdjson::SUCCESS) return Record(object);
  reason_ = error == simdjson::INCORRECT_TYPE ? "the line is no object"
                                              : fmt::format("not JSON: {}", simdjson::error_message(error));
  return std::nullopt;
}

}  // namespace throng
