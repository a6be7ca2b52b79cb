#include "engine/base/text.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include <utf8.h>
#include <utf8proc.h>

namespace throng {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

namespace {

/// By the Unicode Character Database, as utf8proc has it.
bool is_unseen(char32_t c) {
  const utf8proc_property_t& property = *utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  switch (property.category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return property.ignorable;
  }
}

bool is_blank(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ZS;
}

std::string replaced(std::string_view text, bool keeps_line_feeds) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  std::string safe;
  for (auto at = valid.cbegin(); at != valid.cend();) {
    const char32_t c = utf8::unchecked::next(at);
    const bool stays = (c == U'\n' && keeps_line_feeds) || !is_unseen(c);
    utf8::unchecked::append(stays ? c : U' ', std::back_inserter(safe));
  }
  return safe;
}

}  // namespace

std::string printable(std::string_view text) { return replaced(text, false); }

std::string printable_lines(std::string_view text) { return replaced(text, true); }

void say_to_stderr(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

std::string_view without_leading_blanks(std::string_view text) {
  const char* at = text.begin();
  while (at != text.end()) {
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(at), text.end() - at, &c);
    const auto point = static_cast<char32_t>(c);
    if (bytes <= 0 || c == '\t' || c == '\r' || !(is_blank(point) || is_unseen(point))) break;
    at += bytes;
  }
  return {at, static_cast<std::size_t>(text.end() - at)};
}

}  // namespace throng
