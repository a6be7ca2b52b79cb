#include "llm/reply_json.h"

#include <cmath>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>  // Boost.JSON itself is compiled here

namespace throng::llm {

namespace json = boost::json;

ReplyJson::ReplyJson(std::string_view text) : resource_(memory_.data(), memory_.size()), root_(&resource_) {
  json::parse_options options;
  options.max_depth = 64;
  options.allow_invalid_utf8 = true;
  json::error_code error;
  // Scratch memory beside the document's, so that both stay off the heap.
  std::array<unsigned char, 4096> scratch;
  json::parser parser({}, options, scratch.data(), scratch.size());
  parser.reset(&resource_);
  parser.write({text.data(), text.size()}, error);
  if (error) return;
  root_ = parser.release();
  parsed_ = true;
}

const json::value* member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains({key.data(), key.size()});
  return found == nullptr || found->is_null() ? nullptr : found;
}

const json::object* object_at(const json::object& object, std::string_view key) {
  const json::value* found = member(object, key);
  return found == nullptr ? nullptr : found->if_object();
}

const json::array* array_at(const json::object& object, std::string_view key) {
  const json::value* found = member(object, key);
  return found == nullptr ? nullptr : found->if_array();
}

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* found = member(object, key);
  const json::string* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

std::optional<std::int64_t> claimed_count_at(const json::object& object, std::string_view key) {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  constexpr std::int64_t kNoCount = -1;
  const json::value* found = member(object, key);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  if (const double* number = found->if_double(); number != nullptr) {
    const bool whole =
        *number >= 0 && *number <= static_cast<double>(kMost) && std::floor(*number) == *number;
    return whole ? static_cast<std::int64_t>(*number) : kNoCount;
  }
  const std::int64_t* number = found->if_int64();
  return number != nullptr && *number >= 0 && *number <= kMost ? *number : kNoCount;
}

std::optional<std::int64_t> count_at(const json::object& object, std::string_view key) {
  const std::optional<std::int64_t> claimed = claimed_count_at(object, key);
  return claimed && *claimed < 0 ? std::nullopt : claimed;
}

std::string text_of(const json::value& value) {
  if (const json::string* text = value.if_string(); text != nullptr) return {text->data(), text->size()};
  return json::serialize(value);
}

}  // namespace throng::llm
