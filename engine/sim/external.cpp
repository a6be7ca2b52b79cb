#include "engine/sim/external.h"

#include "engine/base/hash.h"

namespace throng {

const char* to_string(RequestKind kind) {
  switch (kind) {
    case RequestKind::completion:
      return "completion";
    case RequestKind::embedding:
      return "embedding";
    case RequestKind::ranking:
      return "ranking";
  }
  return "";
}

Hash128 request_hash(std::span<const std::string> parts) {
  DigestChain chain;
  for (const std::string& part : parts) chain.add(part);
  return chain.value();
}

}  // namespace throng
