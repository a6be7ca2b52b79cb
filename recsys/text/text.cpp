#include "recsys/text/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <utf8.h>

#include "engine/base/text.h"

namespace throng {

std::string western_to_utf8(std::string_view bytes) {
  // 0x80 to 0x9F as the WHATWG's Encoding Standard has them; the five that mean nothing stay controls
  constexpr std::array<char32_t, 32> specials{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                              0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  constexpr unsigned first = 0x80;
  if (is_valid_utf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    const bool is_special = code >= first && code < first + specials.size();
    utf8::append(is_special ? specials[code - first] : char32_t(code), std::back_inserter(text));
  }
  return text;
}

std::string unescape_html(std::string_view text) {
  using Entity = std::pair<std::string_view, char>;
  constexpr std::array<Entity, 7> entities{{{"&amp;", '&'},
                                            {"&lt;", '<'},
                                            {"&gt;", '>'},
                                            {"&quot;", '"'},
                                            {"&apos;", '\''},
                                            {"&#39;", '\''},
                                            {"&nbsp;", ' '}}};
  std::string plain;
  while (!text.empty()) {
    const std::size_t start = std::min(text.find('&'), text.size());
    plain += text.substr(0, start);
    text.remove_prefix(start);
    const auto* const found = std::find_if(entities.begin(), entities.end(), [&](const Entity& entity) {
      return text.starts_with(entity.first);
    });
    if (text.empty()) break;
    plain += found == entities.end() ? '&' : found->second;
    text.remove_prefix(found == entities.end() ? 1 : found->first.size());
  }
  return plain;
}

std::string_view without_bom(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::vector<std::string_view> all_fields(std::string_view line, char delimiter) {
  std::vector<std::string_view> fields;
  for (std::size_t end = line.find(delimiter); end != std::string_view::npos; end = line.find(delimiter)) {
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end + 1);
  }
  fields.push_back(line);
  return fields;
}

std::optional<float> parse_rating(std::string_view text) {
  const auto rating = parse_number<float>(text);
  if (!rating || !(*rating >= 0.5F && *rating <= 5.0F)) return std::nullopt;
  return rating;
}

bool LineReader::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    if (!line_.empty()) return true;
  }
  return false;
}

}  // namespace throng
