#include "llm/mock/prompt_text.h"

#include <algorithm>
#include <charconv>

#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

namespace throng::llm::mock {

std::optional<std::string> take_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::size_t end = 1;
  bool escapes = false;
  for (; end < text.size() && text[end] != '"'; ++end) {
    if (text[end] != '\\') continue;
    escapes = true;
    ++end;
  }
  if (end >= text.size()) return std::nullopt;
  const std::string_view literal = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  std::string plain(literal.substr(1, literal.size() - 2));
  if (!escapes) return plain;
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse({literal.data(), literal.size()}, error);
  if (error) return plain;
  return std::string(value.get_string().data(), value.get_string().size());
}

std::optional<double> first_number(std::string_view text) {
  constexpr double kMost = 1e6;
  const std::size_t at = text.find_first_of("0123456789");
  if (at == std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto read =
      std::from_chars(text.data() + at, text.data() + text.size(), number, std::chars_format::fixed);
  return read.ec == std::errc() && number <= kMost ? std::optional(number) : std::nullopt;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }, ' ');
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  line.erase(line.find_last_not_of(' ') + 1);
  line.erase(0, first);
  return line;
}

}  // namespace throng::llm::mock
