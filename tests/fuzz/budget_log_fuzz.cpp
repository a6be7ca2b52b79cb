#include <cstdint>
#include <string_view>

#include "llm/budget_log.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using throng::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto history = throng::llm::read_budget_log(text);
  if (!history) return 0;
  require(history->valid_bytes <= size, "the valid part lies within the text");
  require(history->settled.tokens >= 0 && history->settled.money.pico >= 0,
          "what was settled is not negative");
  require(history->unsettled.tokens >= 0 && history->unsettled.money.pico >= 0, "nor is what was not");
  return 0;
}
