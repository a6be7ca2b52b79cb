#include "engine/sim/external.h"

#include "engine/base/hash.h"

namespace throng {

Hash128 request_hash(std::span<const std::string> parts) {
  DigestChain chain;
  for (const std::string& part : parts) chain.add(part);
  return chain.value();
}

}  // namespace throng
