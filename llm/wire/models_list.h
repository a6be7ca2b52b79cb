#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llm/wire/api_error.h"

namespace throng::llm {

struct ModelInfo {
  std::string id;  ///< valid UTF-8
  std::string owned_by;
  std::optional<std::int64_t> context_length;  ///< in tokens; vLLM and others tell it
};

/// Reads the body of a reply to `GET /v1/models`, in the server's order. Entries without an id are left out.
Decoded<std::vector<ModelInfo>> decode_models(std::string_view body, const Secrets& secrets);

}  // namespace throng::llm
