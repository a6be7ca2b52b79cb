#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/redact.h"

namespace throng::llm {

class JsonView;

/// What a server says in an error reply, whatever its dialect. Every text is redacted, printable and at most
/// kMaxErrorText long; what was not given is "".
struct ApiError {
  std::string message;
  std::string type;   ///< such as "invalid_request_error"
  std::string code;   ///< such as "insufficient_quota"; a number is written out
  std::string param;  ///< the request's member at fault, such as "max_tokens"

  bool operator==(const ApiError&) const = default;
};

enum class Damage {
  broken,   ///< cut short or garbled on the way
  foreign,  ///< whole, and something else: the same comes again
};

/// A reply of status 200 that is not one: cut short, not JSON, without its choices.
struct BrokenEnvelope {
  std::string reason;  ///< for a person; what the server wrote is redacted and printable
  Damage damage = Damage::broken;
};

/// What a body of status 200 turned out to be; some servers and proxies report errors that way.
template <class T>
using Decoded = std::variant<T, ApiError, BrokenEnvelope>;

/// Reads the body of an error reply; any bytes will do. Known: OpenAI's and Azure's `error` object (with
/// `innererror`), llama.cpp's numeric codes, vLLM's flat object, `detail` (a text or a list of faults) as
/// FastAPI writes it, Ollama's plain text in `error`, an array around any of them, HTML and plain text of
/// proxies.
ApiError decode_error(std::string_view body, const Secrets& secrets);

/// The error that a reply, an object, reports, if it does.
std::optional<ApiError> error_in(JsonView reply, const Secrets& secrets);

/// Whether a body is HTML.
bool is_web_page(std::string_view body);

/// What an error that is an answer (of status 4xx, or told within a reply) is about: only what this request says,
/// such as a content filter's, of a prompt longer than the model's context, of JSON that did not come about; or every
/// request, such as of a key, a model, money or a schema; or neither is known. By the codes and words of the
/// providers; see the tables.
enum class ErrorAbout { text, everything, unclear };
ErrorAbout about(int status, const ApiError& error);
/// Whether it says that a model or a deployment is not there.
bool is_about_a_model(const ApiError& error);
/// Whether it is about this text in words that no passing trouble has: too long for the context, or a filter's code.
/// Some say so with a server error's status.
bool is_surely_about_the_text(const ApiError& error);

/// Says what the body of a reply of status 200 is that lacks its `member` ("choices"): a web page, something
/// compressed, an event stream, JSON of another kind, or nothing at all; with its first characters, redacted.
BrokenEnvelope unreadable_body(std::string_view body, std::string_view member, const Secrets& secrets);

/// Whether a body begins as server-sent events do.
bool is_event_stream(std::string_view body);

}  // namespace throng::llm
