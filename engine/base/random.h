#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace throng {

/// What a random number is for: the hash of a name such as "session/start". Numbers drawn for different
/// purposes are independent.
class Purpose {
 public:
  constexpr explicit Purpose(std::string_view name) : code_(2166136261U) {
    for (const char c : name) code_ = (code_ ^ static_cast<unsigned char>(c)) * 16777619U;  // FNV-1a, 32 bits
  }
  constexpr std::uint32_t code() const { return code_; }

 private:
  std::uint32_t code_;
};

/// Where a random number lives. Numbers are addressed, not consumed: the same address always holds the same
/// number, whatever else was drawn. What does not apply stays 0. Outside a session the fields are free
/// coordinates (fitting uses agent = sample, round = epoch ...), told apart by the purpose.
struct DrawAddress {
  std::uint32_t agent = 0;
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  std::uint32_t item = 0;
};

/// Philox4x32-10 (Salmon et al., SC 2011), by Random123. Pure.
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

/// Random numbers by address: Philox with counter {agent, round << 16 | page, item, purpose} and the seed
/// as key. Stateless and thread-safe; the distributions are our own and use IEEE arithmetic and libm's log.
class Draws {
 public:
  explicit constexpr Draws(std::uint64_t seed) : seed_(seed) {}

  std::array<std::uint32_t, 4> block(Purpose purpose, const DrawAddress& at) const;
  std::uint64_t bits(Purpose purpose, const DrawAddress& at) const;

  /// In [0, 1), a multiple of 2^-53.
  double uniform(Purpose purpose, const DrawAddress& at) const;
  /// In [0, bound); bound > 0. Bias below bound / 2^64.
  std::uint64_t below(std::uint64_t bound, Purpose purpose, const DrawAddress& at) const;
  /// Mean 0, variance 1: the inverse normal distribution of one uniform number.
  double normal(Purpose purpose, const DrawAddress& at) const;
  /// A uniformly random order of 0 .. order.size()-1, written to `order` (Fisher-Yates; uses the item field).
  void permutation(std::span<std::uint32_t> order, Purpose purpose, DrawAddress at) const;

  constexpr std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
};

/// The inverse of the standard normal distribution function: Wichura's AS 241 (PPND16), relative accuracy
/// about 1e-16. `p` in (0, 1).
double inverse_normal(double p);

}  // namespace throng
