#include "engine/base/printable.h"

#include <iterator>

#include <utf8.h>

namespace throng {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool turns_direction(char32_t c) {
  return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string replaced(std::string_view text, bool keeps_line_feeds) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  std::string safe;
  for (auto at = valid.cbegin(); at != valid.cend();) {
    const char32_t c = utf8::unchecked::next(at);
    const bool stays = (c == U'\n' && keeps_line_feeds) || !(is_control(c) || turns_direction(c));
    utf8::unchecked::append(stays ? c : U' ', std::back_inserter(safe));
  }
  return safe;
}

}  // namespace

std::string printable(std::string_view text) { return replaced(text, false); }

std::string printable_lines(std::string_view text) { return replaced(text, true); }

}  // namespace throng
