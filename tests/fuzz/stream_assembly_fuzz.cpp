// The first byte is a piece's length; whole or in pieces, the reply must be the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "llm/wire/stream.h"

namespace {

struct Outcome {
  std::size_t kind = 0;
  throng::llm::Completion completion;
  int deltas = 0;

  bool operator==(const Outcome&) const = default;
};

Outcome assembled(std::string_view text, std::size_t piece) {
  using namespace throng::llm;
  StreamAssembly assembly({}, 4096);
  Outcome outcome;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    outcome.deltas += assembly.feed(text.substr(at, piece)).deltas;
  }
  Decoded<Completion> decoded = assembly.finish();
  outcome.kind = decoded.index();
  if (auto* completion = std::get_if<Completion>(&decoded)) outcome.completion = *completion;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const Outcome whole = assembled(text, std::max<std::size_t>(text.size(), 1));
  if (whole != assembled(text, 1U + data[0] % 64U)) std::abort();
  return 0;
}
