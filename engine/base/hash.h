#pragma once

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

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

/// A digest of a sequence, 16 bytes small: each link of the chain is the hash of the link before it and of
/// what is added. An agent has one for its own events in a window; a window's is the chain of its agents'
/// digests in agent order; the run's that of its windows' digests.
class DigestChain {
 public:
  /// Adds numbers with their exact values; (1, 2) is not (1) and then (2).
  template <class... Numbers>
  requires((std::integral<Numbers> || std::floating_point<Numbers> ||
            std::is_enum_v<Numbers>)&&...) void add(Numbers... numbers) {
    const std::array<std::uint64_t, sizeof...(numbers) + 2> words{value_.high, value_.low, word(numbers)...};
    value_ = hash128(std::as_bytes(std::span(words)));
  }
  void add(const Hash128& digest) { add(digest.high, digest.low); }
  void add(std::string_view text) { add(hash128(text)); }

  const Hash128& value() const { return value_; }

 private:
  template <class Number>
  static std::uint64_t word(Number number) {
    if constexpr (std::floating_point<Number>) {
      return std::bit_cast<std::uint64_t>(static_cast<double>(number));
    } else {
      return static_cast<std::uint64_t>(number);
    }
  }

  Hash128 value_;
};

}  // namespace throng
