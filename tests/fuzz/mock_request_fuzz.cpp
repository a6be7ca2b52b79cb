// The body of a request to the mock server; the first byte chooses the endpoint. Whatever comes is answered with an
// error or with a reply that clients can read.
#include <cstdint>
#include <cstdlib>

#include "llm/mock/delivery.h"
#include "llm/mock/mock_core.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throng::llm;
  using namespace throng::llm::mock;
  if (size == 0) return 0;
  MockCore core({.embedding_dimensions = 4}, {});
  throng::net::HttpRequest request;
  const bool chat = data[0] % 4 != 0;
  request.target = chat ? "/v1/chat/completions" : "/v1/embeddings";
  request.body.assign(data + 1, data + size);
  Plan plan = core.take(request, {});
  if (plan.status != 200 && plan.status != 400) std::abort();
  if (plan.status != 200 || !chat) return 0;
  const bool streamed = plan.stream.has_value();
  std::string bytes;
  Delivery delivery(std::move(plan));
  for (Step step; !step.last; bytes += step.bytes) step = delivery.next();
  StreamAssembly assembly({});
  if (streamed) assembly.feed(bytes);
  const auto decoded = streamed ? assembly.finish() : decode_chat(bytes, {});
  if (!std::holds_alternative<Completion>(decoded)) std::abort();
  return 0;
}
