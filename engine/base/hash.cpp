#include "engine/base/hash.h"

#include <charconv>

#include <fmt/format.h>
#include <xxhash.h>

namespace throng {

Hash128 hash128(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {.high = hash.high64, .low = hash.low64};
}

Hash128 hash128(std::string_view text) { return hash128(std::as_bytes(std::span(text))); }

std::string Hash128::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

Hash128 Hash128::from_hex(std::string_view text) {
  Hash128 hash;
  if (text.size() != 32) return {};
  const auto parse = [](std::string_view digits, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into, 16);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!parse(text.substr(0, 16), hash.high) || !parse(text.substr(16), hash.low)) return {};
  return hash;
}

}  // namespace throng
