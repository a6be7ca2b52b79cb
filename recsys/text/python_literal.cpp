#include "recsys/text/python_literal.h"

#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <utf8.h>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr int kDeepest = 64;

/// One pass over the literal; after an error it goes to the end at once.
class Transcoder {
 public:
  Transcoder(std::string_view literal, std::string& json) : text_(literal), json_(json) {}

  std::string run() {
    value(0);
    space();
    if (reason_.empty() && at_ < text_.size()) fail("something follows the value");
    return reason_;
  }

 private:
  // --- reading ---

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool fail(std::string_view reason) {
    if (reason_.empty()) reason_ = fmt::format("{} at byte {}", reason, at_ + 1);
    at_ = text_.size();
    return false;
  }

  // --- values ---

  bool value(int depth) {
    if (depth > kDeepest) return fail("the value is nested too deeply");
    space();
    switch (peek()) {
      case '{':
        return dict(depth);
      case '[':
        return list(depth);
      case '(':
        return tuple(depth);
      default:
        return scalar();
    }
  }

  bool scalar() {
    if (starts_text()) return text();
    if (take("None") || take("nan") || take("inf") || take("-inf")) return put("null");
    if (take("True")) return put("true");
    if (take("False")) return put("false");
    return number();
  }

  bool put(std::string_view json) {
    json_ += json;
    return true;
  }

  /// Elements up to `close`, which is taken; their number, and whether a comma ended them.
  template <class Element>
  bool elements(char close, Element element, std::size_t& count, bool& comma) {
    comma = true;
    for (count = 0;; ++count) {
      space();
      if (take(close)) return true;
      if (!comma) return fail("a comma is missing");
      if (count > 0) json_ += ',';
      if (!element()) return false;
      space();
      comma = take(',');
    }
  }

  bool list(int depth) {
    std::size_t count = 0;
    bool comma = false;
    take('[');
    json_ += '[';
    return elements(
               ']', [&] { return value(depth + 1); }, count, comma) &&
           put("]");
  }

  /// One value in parentheses without a comma is that value.
  bool tuple(int depth) {
    const std::size_t start = json_.size();
    std::size_t count = 0;
    bool comma = false;
    take('(');
    json_ += '[';
    if (!elements(
            ')', [&] { return value(depth + 1); }, count, comma))
      return false;
    if (count != 1 || comma) return put("]");
    json_.erase(start, 1);
    return true;
  }

  bool dict(int depth) {
    std::size_t count = 0;
    bool comma = false;
    const auto entry = [&] {
      if (!starts_text()) return fail("a key must be a text");
      if (!text()) return false;
      space();
      if (!take(':')) return fail("a colon is missing");
      json_ += ':';
      return value(depth + 1);
    };
    take('{');
    json_ += '{';
    return elements('}', entry, count, comma) && put("}");
  }

  // --- numbers ---

  void digits() {
    while (is_digit(peek())) json_ += text_[at_++];
  }

  bool number() {
    if (take('-')) json_ += '-';
    take('+');
    const std::size_t start = json_.size();
    digits();
    const std::size_t whole = json_.size() - start;
    const bool leading_zero = whole > 1 && json_[start] == '0';
    bool real = false;
    std::size_t fraction = 0;
    if (whole == 0) json_ += '0';
    if (take('.')) {
      real = true;
      json_ += '.';
      const std::size_t point = json_.size();
      digits();
      fraction = json_.size() - point;
      if (fraction == 0) json_ += '0';
    }
    if (whole + fraction == 0) return fail("not a value");
    if (take('e') || take('E')) {
      real = true;
      json_ += 'e';
      if (peek() == '-' || peek() == '+') json_ += text_[at_++];
      if (!is_digit(peek())) return fail("an exponent has no digits");
      digits();
    }
    if (leading_zero) return fail("a number begins with 0");
    if (!real) take('L');  // Python 2
    return true;
  }

  // --- texts ---

  bool starts_text() const {
    const std::string_view rest = text_.substr(at_, 2);
    const auto is_quote = [](char c) { return c == '\'' || c == '"'; };
    if (rest.empty()) return false;
    if (is_quote(rest[0])) return true;
    return rest.size() == 2 && is_quote(rest[1]) &&
           std::string_view("uUbB").find(rest[0]) != std::string::npos;
  }

  bool text() {
    if (peek() != '\'' && peek() != '"') ++at_;
    const char quote = text_[at_++];
    json_ += '"';
    for (;;) {
      const std::size_t start = at_;
      while (at_ < text_.size() && is_plain(text_[at_], quote)) ++at_;
      json_ += text_.substr(start, at_ - start);
      if (at_ == text_.size()) return fail("a text is not closed");
      const char c = text_[at_++];
      if (c == quote) return put("\"");
      if (c == '\\') {
        if (!escape()) return false;
      } else {
        put_code_point(static_cast<unsigned char>(c));
      }
    }
  }

  static bool is_plain(char c, char quote) {
    return c != quote && c != '\\' && c != '"' && static_cast<unsigned char>(c) >= 0x20;
  }

  bool escape() {
    constexpr std::string_view letters = "abfnrtv'\"\\";
    constexpr std::string_view meant = "\a\b\f\n\r\t\v'\"\\";
    const char c = peek();
    if (const std::size_t found = letters.find(c); at_ < text_.size() && found != std::string_view::npos) {
      ++at_;
      put_code_point(static_cast<unsigned char>(meant[found]));
      return true;
    }
    if (c >= '0' && c <= '7') return octal();
    if (take('x')) return coded(2);
    if (take('u')) return coded(4);
    if (take('U')) return coded(8);
    json_ += "\\\\";  // Python keeps a backslash that escapes nothing
    return true;
  }

  bool octal() {
    std::uint32_t code = 0;
    for (int n = 0; n < 3 && peek() >= '0' && peek() <= '7'; ++n) {
      code = code * 8 + static_cast<std::uint32_t>(text_[at_++] - '0');
    }
    put_code_point(code);
    return true;
  }

  std::optional<std::uint32_t> hexadecimal(std::size_t count) {
    const std::string_view field = text_.substr(at_, count);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), code, 16);
    if (field.size() < count || error != std::errc() || end != field.data() + count) return std::nullopt;
    at_ += count;
    return code;
  }

  bool coded(std::size_t count) {
    const auto code = hexadecimal(count);
    if (!code || *code > 0x10FFFF) return fail("an escape is no character");
    put_code_point(*code >= 0xD800 && *code < 0xDC00 ? with_low_surrogate(*code) : *code);
    return true;
  }

  /// Python 2 prints characters beyond U+FFFF as two surrogates.
  std::uint32_t with_low_surrogate(std::uint32_t high) {
    const std::size_t before = at_;
    if (take("\\u")) {
      const auto low = hexadecimal(4);
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        return 0x10000 + ((high - 0xD800) << 10U) + (*low - 0xDC00);
      }
    }
    at_ = before;
    return high;
  }

  void put_code_point(std::uint32_t code) {
    if (code < 0x20 || code == '"' || code == '\\') {
      fmt::format_to(std::back_inserter(json_), "\\u{:04x}", code);
    } else if (code >= 0xD800 && code < 0xE000) {
      json_ += "\xEF\xBF\xBD";  // a lone surrogate
    } else {
      utf8::append(code, std::back_inserter(json_));
    }
  }

  std::string_view text_;
  std::string& json_;
  std::size_t at_ = 0;
  std::string reason_;
};

}  // namespace

std::string python_to_json(std::string_view literal, std::string& json) {
  json.clear();
  return Transcoder(literal, json).run();
}

Result<Json> parse_python_literal(std::string_view literal) {
  std::string json;
  if (std::string reason = python_to_json(literal, json); !reason.empty()) {
    return Error{ErrorKind::data, std::move(reason)};
  }
  return parse_json(json, "Python literal", ErrorKind::data);
}

}  // namespace throng
