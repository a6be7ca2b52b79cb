#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace throng {

/// Reads numbers off a fuzzer's bytes; 0 once they have run out.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  /// In [0, bound).
  std::int64_t below(std::int64_t bound) {
    std::uint32_t value = 0;
    for (int i = 0; i < 3; ++i) value = value << 8U | byte();
    return static_cast<std::int64_t>(value) % bound;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

/// Ends the process where a fuzzer sees it.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

}  // namespace throng
