#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sim/scheduler.h"
#include "llm/wire/embeddings.h"

namespace throng {

/// So much of a text is embedded, cut between characters: no tokenizer makes more than the 8,191 tokens of it that embedding models
/// of today take.
inline constexpr std::size_t kEmbeddedBytes = 8000;

/// How like each of `texts` is to `cue`: the cosine of their vectors. `asked`: what is asked of endpoints, each text once, all side by
/// side, and none again that this agent has asked before, for the journal knows it; none: the local embedder (text_vector), and nobody
/// is asked. A text that its server declines is like none: 0. Throws Failure(data) if the vectors are of different lengths:
/// then another model goes by the same name now. Everything outlives the task.
Task<std::vector<double>> relevances(Actor& self, const std::optional<llm::EmbeddingRequest>& asked,
                                     const std::string& cue, const std::vector<std::string>& texts);

}  // namespace throng
