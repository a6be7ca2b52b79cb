#include "llm/wire/json_text.h"

#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <utf8.h>
#include <utf8/unchecked.h>

#include "engine/base/text.h"

namespace throng::llm {
namespace {

constexpr std::uint32_t kStandIns = 0x10FF00;

constexpr bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

/// The first byte from `at` on that needs an escape; the text's size if there is none. Whole blocks without any, as most
/// are, cost a few vector instructions.
std::size_t next_escape(std::string_view text, std::size_t at) {
  constexpr std::size_t kBlock = 32;
  for (; at + kBlock <= text.size(); at += kBlock) {
    const char* const block = text.data() + at;
    unsigned char any = 0;
    for (std::size_t i = 0; i < kBlock; ++i) any |= static_cast<unsigned char>(needs_escape(block[i]));
    if (any != 0) break;
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(c) >> 4U];
  out += kHex[static_cast<unsigned char>(c) & 0x0FU];
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t start = 0;
  for (std::size_t at = next_escape(text, 0); at < text.size(); at = next_escape(text, start)) {
    out.append(text.substr(start, at - start));
    append_escape(out, text[at]);
    start = at + 1;
  }
  out.append(text.substr(start));
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

/// The code unit of the escape (`\u` and four digits) that `text` begins with.
std::optional<unsigned> code_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc() && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

/// Copies the escape that `text` begins with, mended; its length in `text`.
std::size_t copy_escape(std::string_view text, std::string& out) {
  if (const auto unit = code_unit(text)) {
    if (is_high(*unit)) {
      const auto second = code_unit(text.substr(6));
      if (second && is_low(*second)) {
        out += text.substr(0, 12);
        return 12;
      }
    }
    out += is_high(*unit) || is_low(*unit) ? "\\ufffd" : text.substr(0, 6);
    return 6;
  }
  out += text.substr(0, 2);
  return std::min<std::size_t>(2, text.size());
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Copies mended JSON, part by part.
class Mender {
 public:
  explicit Mender(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string mend() {
    while (at_ < text_.size()) in_string_ ? take_within_string() : take_between();
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  void take_within_string() {
    const char c = text_[at_];
    if (c == '\\') {
      if (rest().starts_with("\\'")) {
        out_ += '\'';
        at_ += 2;
      } else {
        at_ += copy_escape(rest(), out_);
      }
      return;
    }
    ++at_;
    if (static_cast<unsigned char>(c) < 0x20) {
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      return;
    }
    in_string_ = c != '"';
    out_ += c;
  }

  void take_between() {
    const char c = text_[at_];
    if (rest().starts_with("//") || rest().starts_with("/*")) return skip_comment();
    if (is_letter(c)) return take_word();
    ++at_;
    in_string_ = c == '"';
    if (c == ']' || c == '}') drop_comma();
    out_ += c;
  }

  void skip_comment() {
    const bool line = text_[at_ + 1] == '/';
    const std::size_t end = text_.find(line ? "\n" : "*/", at_ + 2);
    at_ = end == std::string_view::npos ? text_.size() : end + (line ? 1 : 2);
  }

  void take_word() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPython{
        {{"True", "true"}, {"False", "false"}, {"None", "null"}}};
    const std::size_t start = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    std::string_view word = text_.substr(start, at_ - start);
    for (const auto& [python, json] : kPython) {
      if (word == python) word = json;
    }
    out_ += word;
  }

  void drop_comma() {
    std::size_t end = out_.size();
    while (end > 0 && is_blank(out_[end - 1])) --end;
    if (end > 1 && out_[end - 1] == ',' && out_[end - 2] != '[' && out_[end - 2] != '{')
      out_.erase(end - 1, 1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_string_ = false;
  std::string out_;
};

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  if (is_valid_utf8(text)) return append_escaped(out, text);
  append_escaped(out, to_valid_utf8(text));
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_text(out, text);
  out += '"';
}

void append_json_number(std::string& out, std::int64_t number) { append_number(out, number); }

void append_json_number(std::string& out, double number) { append_number(out, number); }

std::string with_stand_ins(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto valid =
        static_cast<std::size_t>(utf8::find_invalid(bytes.begin(), bytes.end()) - bytes.begin());
    text += bytes.substr(0, valid);
    if (valid == bytes.size()) break;
    utf8::append(static_cast<char32_t>(kStandIns + static_cast<unsigned char>(bytes[valid])),
                 std::back_inserter(text));
    bytes.remove_prefix(valid + 1);
  }
  return text;
}

std::string without_stand_ins(std::string_view text) {
  constexpr std::string_view kStart = "\xF4\x8F";  // of characters from U+10F000 on
  std::string bytes;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kStart), text.size());
    bytes += text.substr(0, at);
    text.remove_prefix(at);
    if (text.empty()) break;
    const std::string_view character = text.substr(0, 4);
    const std::uint32_t point = character.size() == 4 && utf8::is_valid(character.begin(), character.end())
                                    ? utf8::unchecked::peek_next(character.begin())
                                    : 0;
    if (point >= kStandIns) {
      bytes += static_cast<char>(point - kStandIns);
    } else {
      bytes += character;
    }
    text.remove_prefix(character.size());
  }
  return bytes;
}

JsonExtent extent_of_json(std::string_view text, std::size_t start) {
  std::vector<char> closers;
  bool in_string = false;
  for (std::size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      closers.push_back(c == '{' ? '}' : ']');
    } else if (c == '}' || c == ']') {
      if (closers.empty() || closers.back() != c) return {.mismatched = true};
      closers.pop_back();
      if (closers.empty()) return {.end = at + 1};
    }
  }
  return {};
}

std::string mended_json(std::string_view text) { return Mender(text).mend(); }

std::string strict_json(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;
  const std::string valid = to_valid_utf8(text);
  text = valid;
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  while (!text.empty()) {
    const char c = text.front();
    std::size_t taken = 1;
    if (in_string && c == '\\') {
      taken = copy_escape(text, out);
    } else if (!in_string && is_digit(c)) {
      const bool is_exponent = out.ends_with('e') || out.ends_with('E');
      taken = std::min(text.find_first_not_of("0123456789"), text.size());
      out += text.substr(0, taken);
      const std::string_view rest = text.substr(taken);
      const bool goes_on = rest.starts_with('.') || rest.starts_with('e') || rest.starts_with('E');
      if (taken > kMostDigits && !is_exponent && !goes_on) out += "e0";
    } else {
      in_string = in_string != (c == '"');
      out += c;
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace throng::llm
