#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/polite/server_hints.h"
#include "tests/fuzz/fuzz_input.h"

namespace throng {
namespace {

void check(std::optional<Delay> delay) {
  require(!delay || (*delay >= Delay(0) && *delay <= kLongestDelay), "a delay lies in [0, longest]");
}

}  // namespace
}  // namespace throng

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throng;
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  for (const std::int64_t now : {0L, 784'111'777L, 4'000'000'000L}) {
    const WallTime wall{std::chrono::seconds(now)};
    check(parse_retry_after(value, wall));
    check(parse_rate_limit_reset(value, wall));
  }
  check(parse_retry_after_ms(value));
  return 0;
}
