#include "recsys/data/record_lines.h"

#include <algorithm>
#include <cmath>
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
  const std::size_t first = line.find_first_not_of(" \t\r\n{");
  return first == std::string_view::npos || line[first] == '"' || line[first] == '}';
}

}  // namespace

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
