#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llm/wire/api_error.h"
#include "llm/wire/messages.h"

namespace throng::llm {

/// How vectors travel: base64 is a quarter of the bytes, but not every server knows it.
enum class EmbeddingEncoding { numbers, base64 };

struct EmbeddingRequest {
  std::string model;
  std::optional<int> dimensions;
  EmbeddingEncoding encoding = EmbeddingEncoding::numbers;
};

/// One vector per input, in the order of the inputs.
struct EmbeddingBatch {
  std::size_t dimensions = 0;
  std::vector<float> values;  ///< row after row; all finite
  Usage usage;                ///< of the whole batch
  std::string model;          ///< as the server names it

  std::size_t rows() const { return dimensions == 0 ? 0 : values.size() / dimensions; }
  std::span<const float> row(std::size_t i) const {
    return std::span(values).subspan(i * dimensions, dimensions);
  }
};

/// The logical request for the vector of one text, as that of a chat (messages.h): the settings as JSON, then the text. How vectors
/// travel, and with which other texts, is no part of it.
std::vector<std::string> logical_parts(const EmbeddingRequest& request, std::string text);
/// Reads the settings of a logical request again. Throws Failure(data) for anything else.
EmbeddingRequest embedding_request_from(const std::string& settings);

/// A vector as text, as in `EmbeddingEncoding::base64` (without padding), for a journal; and read again (throws Failure(data) if it
/// is none).
std::string vector_text(std::span<const float> vector);
std::vector<float> vector_from(std::string_view text);

/// Appends the JSON body that asks for the embeddings of all `inputs`.
void encode_embeddings(const EmbeddingRequest& request, std::span<const std::string> inputs,
                       std::string& out);

/// Reads the body of a reply of status 200 to a request of `inputs` inputs. Vectors may come in any order and
/// either encoding. Broken unless there is one for each input, all of one length.
Decoded<EmbeddingBatch> decode_embeddings(std::string_view body, std::size_t inputs, const Secrets& secrets);

}  // namespace throng::llm
