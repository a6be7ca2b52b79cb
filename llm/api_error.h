#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "engine/base/redact.h"

namespace throng::llm {

/// What a server says in an error reply, whatever its dialect. Every text is redacted, printable and at most
/// kMaxErrorText long; what was not given is "".
struct ApiError {
  std::string message;
  std::string type;   ///< such as "invalid_request_error"
  std::string code;   ///< such as "insufficient_quota"; a number is written out
  std::string param;  ///< the request's member at fault, such as "max_tokens"

  bool operator==(const ApiError&) const = default;
};

/// A reply of status 200 that is not one: cut short, not JSON, without its choices. Worth a retry.
struct BrokenEnvelope {
  std::string reason;  ///< holds nothing that the server wrote
};

/// What a body of status 200 turned out to be; some servers and proxies report errors that way.
template <class T>
using Decoded = std::variant<T, ApiError, BrokenEnvelope>;

/// Reads the body of an error reply; any bytes will do. Known: OpenAI's and Azure's `error` object (with
/// `innererror`), llama.cpp's numeric codes, vLLM's flat object, `detail` (a text or a list of faults) as
/// FastAPI writes it, Ollama's plain text in `error`, an array around any of them, HTML and plain text of
/// proxies.
ApiError decode_error(std::string_view body, const Secrets& secrets);

/// Whether the error is about what the request says, and will be the same next time: a content filter's, or of a prompt
/// longer than the model's context. Known: OpenAI's, Azure's, llama.cpp's and vLLM's ways to say so.
bool declines_text(const ApiError& error);

}  // namespace throng::llm
