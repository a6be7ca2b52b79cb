#include "recsys/data/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <utf8.h>

#include "engine/base/printable.h"

namespace throng {

bool is_valid_utf8(std::string_view bytes) { return utf8::is_valid(bytes.begin(), bytes.end()); }

std::string to_valid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  utf8::replace_invalid(bytes.begin(), bytes.end(), std::back_inserter(text));
  return text;
}

std::string latin1_to_utf8(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char byte : bytes) utf8::append(static_cast<unsigned char>(byte), std::back_inserter(text));
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

std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 60;
  const std::string shown = printable(text.substr(0, longest));
  return '"' + shown + (text.size() > longest ? "\"..." : "\"");
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
