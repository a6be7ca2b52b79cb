// The first byte is the number of inputs, the rest the reply.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "llm/wire/embeddings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throng::llm;
  if (size == 0) return 0;
  const std::size_t inputs = data[0] % 8U;
  const auto decoded = decode_embeddings(std::string(data + 1, data + size), inputs, {});
  const auto* batch = std::get_if<EmbeddingBatch>(&decoded);
  if (batch == nullptr) return 0;
  if (batch->rows() != inputs || batch->values.size() != inputs * batch->dimensions) std::abort();
  for (const float value : batch->values) {
    if (!std::isfinite(value)) std::abort();
  }
  return 0;
}
