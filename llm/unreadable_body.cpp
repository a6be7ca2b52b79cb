#include "llm/unreadable_body.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "llm/json_view.h"

namespace throng::llm {
namespace {

constexpr std::size_t kExcerpt = 120;
constexpr std::size_t kMostMembers = 8;

/// The first characters. What is cut is cut after redaction.
std::string excerpt(std::string_view body, const Secrets& secrets) {
  std::string text = error_text(body.substr(0, 16 * kExcerpt), secrets);
  if (text.size() <= kExcerpt) return text;
  std::size_t end = kExcerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

/// By the numbers that their formats begin with; brotli has none.
std::optional<std::string_view> compression_of(std::string_view body) {
  constexpr std::pair<std::string_view, std::string_view> kBeginnings[] = {{"\x1F\x8B", "gzip"},
                                                                           {"\x28\xB5\x2F\xFD", "zstd"},
                                                                           {"\x78\x9C", "deflate"},
                                                                           {"\x78\x01", "deflate"},
                                                                           {"\x78\xDA", "deflate"}};
  for (const auto& [beginning, name] : kBeginnings) {
    if (body.starts_with(beginning)) return name;
  }
  return std::nullopt;
}

/// Without a byte order mark.
std::string_view without_mark(std::string_view body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  return body;
}

std::string members_of(JsonView object) {
  std::string names;
  std::size_t count = 0;
  for (const auto& each : object.members()) {
    if (++count > kMostMembers) return names + ", ...";
    names += (names.empty() ? "" : ", ") + std::string(each.key);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

bool is_event_stream(std::string_view body) {
  body = trimmed(without_mark(body));
  return std::ranges::any_of(std::initializer_list<std::string_view>{"data:", "event:", ":", "id:", "retry:"},
                             [&](std::string_view field) { return body.starts_with(field); });
}

BrokenEnvelope unreadable_body(std::string_view body, std::string_view member, const Secrets& secrets) {
  const std::string_view text = trimmed(without_mark(body));
  const auto foreign = [](std::string reason) { return BrokenEnvelope{std::move(reason), Damage::foreign}; };
  if (text.empty()) return BrokenEnvelope{"nothing came: the body is empty"};
  if (const auto compression = compression_of(text))
    return foreign(fmt::format("it came compressed ({}), which was not asked for", *compression));
  if (is_web_page(text)) return foreign(decode_error(text, secrets).message + ": " + excerpt(text, secrets));
  if (is_event_stream(text))
    return foreign("an event stream came, which was not asked for: " + excerpt(text, secrets));
  const JsonDocument reply(text);
  if (!reply.parsed()) return BrokenEnvelope{"it is not JSON: " + excerpt(text, secrets)};
  if (!reply.object()) return foreign("it is JSON, but not an object: " + excerpt(text, secrets));
  return foreign(fmt::format("JSON without \"{}\" (its members: {}): {}", member,
                             error_text(members_of(reply.object()), secrets), excerpt(text, secrets)));
}

}  // namespace throng::llm
