#include "recsys/data/record_lines.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "recsys/data/python_literal.h"
#include "recsys/data/text.h"

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
  const std::size_t first = line.find_first_not_of(" \t{");
  return first == std::string_view::npos || line[first] == '"' || line[first] == '}';
}

}  // namespace

std::optional<std::string_view> Record::text(std::string_view key) const {
  return value_of(object_[key].get_string());
}

std::optional<std::string> Record::id(std::string_view key) const {
  if (const auto number = value_of(object_[key].get_int64())) return fmt::to_string(*number);
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
