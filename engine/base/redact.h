#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace throng {

/// Keys that must appear in no text; the caller owns them.
using Secrets = std::span<const std::string>;

/// `text` without keys: the secrets themselves, what is left of one that was cut short (its first eight
/// characters or more), and whatever looks like a key (`sk-...` and its like, `Bearer ...`), because servers
/// echo keys half masked.
std::string redact(std::string_view text, Secrets secrets);

/// The longest error text, in bytes.
inline constexpr std::size_t kMaxErrorText = 500;

/// What a server said, fit for a log: redacted, on one line, printable and at most kMaxErrorText long.
std::string error_text(std::string_view text, Secrets secrets);

}  // namespace throng
