#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace throng::llm {

/// The values of a list, or the members of an object ({key, value}), in their order.
template <class Iterator>
struct JsonRange {
  Iterator first{};
  Iterator last{};
  Iterator begin() const { return first; }
  Iterator end() const { return last; }
};

/// A value within a JsonDocument, or nothing: what was asked of a value of another type is nothing too, an empty text or an
/// empty range, so that a path into a reply needs no checks on its way. Lives as long as the document.
class JsonView {
 public:
  JsonView() = default;
  JsonView(simdjson::dom::element element) : element_(element) {}  // NOLINT: a view of it

  explicit operator bool() const { return element_.has_value(); }
  bool is_object() const { return element_ && element_->is_object(); }
  bool is_array() const { return element_ && element_->is_array(); }
  bool is_string() const { return element_ && element_->is_string(); }
  bool is_number() const { return number().has_value(); }

  /// The member of this name, which may be null: the first one, if there are several. Takes time linear in the members.
  JsonView find(std::string_view key) const;
  /// The same; a member that is null counts as absent.
  JsonView operator[](std::string_view key) const;
  JsonView at_pointer(std::string_view pointer) const;
  JsonRange<simdjson::dom::array::iterator> items() const;
  JsonRange<simdjson::dom::object::iterator> members() const;
  /// Of a list, counted one by one; and its value at `position`.
  std::size_t size() const;
  JsonView at(std::size_t position) const;

  std::string_view text() const;
  std::optional<bool> flag() const;
  std::optional<double> number() const;
  /// A whole number from 0 to 10^15; nothing for any other.
  std::optional<std::int64_t> count() const;
  /// The same; of any other number: -1, which no count is.
  std::optional<std::int64_t> claimed_count() const;
  /// As JSON, without blanks.
  std::string json() const;
  /// What a string says, unquoted; anything else as JSON. "" for nothing.
  std::string written() const;

 private:
  std::optional<simdjson::dom::element> element_;
};

/// JSON that somebody else wrote, parsed for a look (simdjson). Untrusted: no text makes it throw, and none takes more than
/// linear time; at most 64 levels. What servers write and strict parsers refuse is mended: a byte order mark, halves of
/// surrogate pairs and bytes that are not UTF-8 (as U+FFFD), whole numbers of more digits than 64 bits hold.
class JsonDocument {
 public:
  explicit JsonDocument(std::string_view text);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  bool parsed() const { return static_cast<bool>(root_); }
  JsonView root() const { return root_; }
  /// Nothing if the text is not a JSON object.
  JsonView object() const { return root_.is_object() ? root_ : JsonView(); }

 private:
  bool parse(std::string_view text);

  simdjson::dom::document document_;
  JsonView root_;
};

}  // namespace throng::llm
