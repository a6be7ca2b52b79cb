#include "agents/minds/relevance.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "agents/memory/memory.h"
#include "agents/memory/text_embedder.h"

namespace throng {
namespace {

std::vector<double> local_relevances(const std::string& cue, const std::vector<std::string>& texts) {
  const TextVector asked = text_vector(cue);
  std::vector<double> relevances;
  for (const std::string& text : texts) relevances.push_back(similarity(asked, text_vector(text)));
  return relevances;
}

using Vectors = std::map<std::string, std::vector<float>, std::less<>>;  ///< by text

void check_lengths(const Vectors& vectors, const std::string& model) {
  std::size_t length = 0;
  for (const auto& [text, vector] : vectors) {
    if (vector.empty()) continue;
    if (length == 0) length = vector.size();
    if (vector.size() == length) continue;
    throw Failure(
        ErrorKind::data,
        fmt::format("embeddings of {} have {} numbers and {}: another model has the same name now; what the "
                    "journal holds of the one before cannot be compared with it",
                    model, length, vector.size()));
  }
}

std::string embedded_part(std::string_view text) { return std::string(beginning(text, kEmbeddedBytes)); }

}  // namespace

Task<std::vector<double>> relevances(Actor& self, const std::optional<llm::EmbeddingRequest>& asked,
                                     const std::string& cue, const std::vector<std::string>& texts) {
  if (!asked) co_return local_relevances(cue, texts);
  Vectors vectors;
  vectors[embedded_part(cue)];
  for (const std::string& text : texts) vectors[embedded_part(text)];
  vectors.erase("");  // which servers refuse
  std::vector<ExternalRequest> requests;
  for (const auto& [text, vector] : vectors)
    requests.push_back({.kind = RequestKind::embedding, .parts = llm::logical_parts(*asked, text)});
  const std::vector<std::string> replies = co_await self.external_all(std::move(requests));
  auto reply = replies.begin();
  for (auto& [text, vector] : vectors) vector = llm::vector_from(*reply++);
  check_lengths(vectors, asked->model);
  vectors[""];
  std::vector<double> likeness;
  for (const std::string& text : texts)
    likeness.push_back(cosine(vectors[embedded_part(cue)], vectors[embedded_part(text)]));
  co_return likeness;
}

}  // namespace throng
