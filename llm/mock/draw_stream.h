#pragma once

#include <cstdint>

#include "engine/base/hash.h"
#include "engine/base/random.h"

namespace throng::llm::mock {

/// The random numbers that belong to a request body: equal seeds and bodies have equal ones.
Draws draws_of(std::uint64_t seed, const Hash128& body);

/// One number after the other, of one purpose.
class DrawStream {
 public:
  DrawStream(const Draws& draws, Purpose purpose, std::uint32_t agent = 0)
      : draws_(draws), purpose_(purpose), at_{.agent = agent} {}

  std::uint32_t bits();
  /// In [0, 1).
  double uniform() { return static_cast<double>(bits()) * 0x1p-32; }
  /// In [min, max]; min <= max.
  std::int64_t between(std::int64_t min, std::int64_t max);

 private:
  Draws draws_;
  Purpose purpose_;
  DrawAddress at_;
  std::array<std::uint32_t, 4> block_{};
  unsigned left_ = 0;
};

}  // namespace throng::llm::mock
