// The first byte is a piece's length; whole or in pieces, the events must be the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "llm/wire/stream.h"

namespace {

constexpr std::size_t kLimit = 64;

std::vector<throng::llm::SseEvent> events(std::string_view text, std::size_t piece) {
  throng::llm::SseParser parser(kLimit);
  std::vector<throng::llm::SseEvent> all;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.feed(text.substr(at, piece));
    while (auto event = parser.next()) all.push_back(*event);
  }
  if (auto event = parser.finish()) all.push_back(*event);
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const auto whole = events(text, std::max<std::size_t>(text.size(), 1));
  if (whole != events(text, 1U + data[0] % 16U)) std::abort();
  for (const auto& event : whole) {
    if (event.data.size() > kLimit) std::abort();
  }
  return 0;
}
