#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace throng {

/// A 128-bit hash (XXH3). Not cryptographic.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Hash128&) const = default;

  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
  /// The inverse of `hex`; the zero hash if `text` is not 32 hexadecimal digits.
  static Hash128 from_hex(std::string_view text);
};

Hash128 hash128(std::span<const std::byte> bytes);
Hash128 hash128(std::string_view text);

}  // namespace throng
