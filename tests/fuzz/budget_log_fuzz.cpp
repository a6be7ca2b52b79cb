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
  const throng::llm::BudgetBooks& books = history->books;
  require(books.counted().tokens >= 0 && books.counted().money.pico >= 0, "what was counted is not negative");
  require(books.uncounted().calls >= 0 && books.uncounted().most.tokens >= 0, "nor is what was not");
  require(books.open().calls == 0, "all processes are over");
  return 0;
}
