#include "llm/wire/json_view.h"

#include <cmath>

#include "llm/wire/json_text.h"

namespace throng::llm {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kDeepest = 64;

/// A parser keeps memory of a few times the text. What is larger than this gets one of its own, and gives it back.
constexpr std::size_t kKeptParser = std::size_t{1} << 20U;

dom::element parse(dom::parser& parser, dom::document& document, std::string_view text,
                   simdjson::error_code& error) {
  dom::element root;
  if (text.data() == nullptr) text = "";  // simdjson copies from it
  if (parser.max_depth() != kDeepest || parser.capacity() < text.size())
    error = parser.allocate(std::max<std::size_t>(text.size(), 4096), kDeepest);
  if (!error) error = parser.parse_into_document(document, text.data(), text.size()).get(root);
  return root;
}

}  // namespace

JsonView JsonView::find(std::string_view key) const {
  dom::object object;
  dom::element found;
  if (!element_ || element_->get(object) || object.at_key(key).get(found)) return {};
  return found;
}

JsonView JsonView::operator[](std::string_view key) const {
  const JsonView found = find(key);
  return found && found.element_->is_null() ? JsonView() : found;
}

JsonView JsonView::at_pointer(std::string_view pointer) const {
  dom::element found;
  if (!element_ || element_->at_pointer(pointer).get(found)) return {};
  return found;
}

JsonRange<dom::array::iterator> JsonView::items() const {
  dom::array array;
  if (!element_ || element_->get(array)) return {};
  return {array.begin(), array.end()};
}

JsonRange<dom::object::iterator> JsonView::members() const {
  dom::object object;
  if (!element_ || element_->get(object)) return {};
  return {object.begin(), object.end()};
}

std::size_t JsonView::size() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const JsonView each : items()) ++count;  // simdjson's own count ends at 16 million
  return count;
}

JsonView JsonView::at(std::size_t position) const {
  for (const JsonView each : items()) {
    if (position-- == 0) return each;
  }
  return {};
}

std::string_view JsonView::text() const {
  std::string_view text;
  return element_ && !element_->get(text) ? text : std::string_view();
}

std::optional<bool> JsonView::flag() const {
  bool flag = false;
  return element_ && !element_->get(flag) ? std::optional(flag) : std::nullopt;
}

std::optional<double> JsonView::number() const {
  double number = 0;
  return element_ && !element_->get(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> JsonView::claimed_count() const {
  constexpr double kMost = 1e15;  // within which doubles are exact
  const std::optional<double> claimed = number();
  if (!claimed) return std::nullopt;
  const bool is_count = *claimed >= 0 && *claimed <= kMost && std::floor(*claimed) == *claimed;
  return is_count ? static_cast<std::int64_t>(*claimed) : -1;
}

std::optional<std::int64_t> JsonView::count() const {
  const std::optional<std::int64_t> claimed = claimed_count();
  return claimed && *claimed < 0 ? std::nullopt : claimed;
}

std::string JsonView::json() const { return element_ ? simdjson::minify(*element_) : std::string(); }

std::string JsonView::written() const { return is_string() ? std::string(text()) : json(); }

JsonDocument::JsonDocument(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (parse(text)) return;
  if (const std::string mended = strict_json(text); mended != text) parse(mended);
}

bool JsonDocument::parse(std::string_view text) {
  static thread_local dom::parser kept;
  simdjson::error_code error = simdjson::SUCCESS;
  dom::element root;
  if (text.size() <= kKeptParser) {
    root = llm::parse(kept, document_, text, error);
  } else {
    dom::parser own;
    root = llm::parse(own, document_, text, error);
  }
  if (!error) root_ = root;
  return !error;
}

}  // namespace throng::llm
