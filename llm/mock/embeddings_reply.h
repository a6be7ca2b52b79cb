#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "llm/mock/dialect.h"
#include "llm/wire/embeddings.h"
#include "llm/wire/json_view.h"

namespace throng::llm::mock {

struct EmbeddingsCall {
  std::string_view model;
  std::vector<std::uint64_t> inputs;  ///< a hash of each
  std::int64_t prompt_tokens = 0;
  int dimensions = 0;
  EmbeddingEncoding encoding = EmbeddingEncoding::numbers;
};

/// Reads a request that has been parsed; views live as long as it. Inputs are a text, a list of texts, or tokens.
std::variant<EmbeddingsCall, ErrorReply> read_embeddings_call(JsonView request, std::string_view deployment,
                                                              int dimensions);

/// The body of the reply. Vectors have length 1 and follow from the seed and their own input alone.
std::string embeddings_body(const EmbeddingsCall& call, std::uint64_t seed);

}  // namespace throng::llm::mock
