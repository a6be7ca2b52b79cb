#include "engine/base/redact.h"

#include <algorithm>
#include <array>

#include "engine/base/printable.h"

namespace throng {
namespace {

constexpr std::string_view kRedacted = "[redacted]";
constexpr std::size_t kShortestKey = 8;
/// Nobody reads further, and redacting costs time.
constexpr std::size_t kMaxScanned = 16384;
constexpr std::array<std::string_view, 9> kKeyPrefixes{"sk-",    "sk_",  "gsk_",  "hf_", "xai-",
                                                       "nvapi-", "AIza", "pplx-", "ghp_"};

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Also what masks a key (`*`, `.`) and base64.
bool in_key(char c) {
  return is_alphanumeric(c) || std::string_view("-_.*+/=~").find(c) != std::string_view::npos;
}

std::size_t key_length(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, in_key) - text.begin());
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a'); });
}

struct Match {
  std::size_t kept = 0;    ///< bytes before the key, such as "Bearer "
  std::size_t length = 0;  ///< of the whole match; 0: none
};

Match match_pattern(std::string_view rest) {
  for (const std::string_view prefix : kKeyPrefixes) {
    if (!rest.starts_with(prefix)) continue;
    const std::size_t length = key_length(rest);
    if (length >= prefix.size() + kShortestKey) return {.kept = 0, .length = length};
  }
  constexpr std::string_view kBearer = "bearer ";
  if (starts_with_ignoring_case(rest, kBearer)) {
    const std::size_t length = key_length(rest.substr(kBearer.size()));
    if (length >= kShortestKey) return {.kept = kBearer.size(), .length = kBearer.size() + length};
  }
  return {};
}

Match match_secret(std::string_view rest, Secrets secrets) {
  std::size_t longest = 0;
  for (const std::string& secret : secrets) {
    const auto common = std::ranges::mismatch(rest, secret).in2 - secret.begin();
    const auto length = static_cast<std::size_t>(common);
    if (length == secret.size() || length >= kShortestKey) longest = std::max(longest, length);
  }
  return {.kept = 0, .length = longest};
}

}  // namespace

std::string redact(std::string_view text, Secrets secrets) {
  std::string redacted;
  redacted.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    Match match = match_secret(rest, secrets);
    const bool word_starts = at == 0 || !is_alphanumeric(text[at - 1]);
    if (match.length == 0 && word_starts) match = match_pattern(rest);
    if (match.length == 0) {
      redacted += text[at++];
      continue;
    }
    redacted.append(rest.substr(0, match.kept)).append(kRedacted);
    at += match.length;
  }
  return redacted;
}

std::string error_text(std::string_view text, Secrets secrets) {
  std::string line = printable(redact(text.substr(0, kMaxScanned), secrets));
  if (line.size() <= kMaxErrorText) return line;
  constexpr std::string_view kCut = "...";
  std::size_t end = kMaxErrorText - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;  // whole characters
  return line.substr(0, end).append(kCut);
}

}  // namespace throng
