#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace throng::llm {

/// A server's reply, parsed for a short look: Boost.JSON, because it is several times as fast as what parses
/// scenario files and needs no heap for a reply of a few KB. Untrusted: no text makes it throw; at most 64
/// levels. Invalid UTF-8 is kept as it is (a character may be split over two deltas).
class ReplyJson {
 public:
  explicit ReplyJson(std::string_view text);
  ReplyJson(const ReplyJson&) = delete;
  ReplyJson& operator=(const ReplyJson&) = delete;

  bool parsed() const { return parsed_; }
  const boost::json::value& root() const { return root_; }
  /// Null if the text is not a JSON object.
  const boost::json::object* object() const { return parsed_ ? root_.if_object() : nullptr; }

 private:
  std::array<unsigned char, 4096> memory_;
  boost::json::monotonic_resource resource_;
  boost::json::value root_;
  bool parsed_ = false;
};

/// Members of an object by key. What is absent, null or of another type is a null pointer, an empty text or
/// nothing; views and pointers live as long as the document.
const boost::json::value* member(const boost::json::object& object, std::string_view key);
const boost::json::object* object_at(const boost::json::object& object, std::string_view key);
const boost::json::array* array_at(const boost::json::object& object, std::string_view key);
std::string_view text_at(const boost::json::object& object, std::string_view key);
/// A whole number from 0 to 10^15. Of any other number: -1, which no count is.
std::optional<std::int64_t> claimed_count_at(const boost::json::object& object, std::string_view key);
/// A whole number from 0 to 10^15; nothing for any other.
std::optional<std::int64_t> count_at(const boost::json::object& object, std::string_view key);

/// What a string says, unquoted; anything else as JSON.
std::string text_of(const boost::json::value& value);

}  // namespace throng::llm
